"""Background work of qualification: the nightly look for people who earned what they were not given."""

from lms.kernel import clock
from lms.kernel.work import Job
from lms.qualification import services

SWEEP = "qualification.sweep"


def sweep(job: Job) -> None:
    """Once a day; finding nobody is the normal case."""
    with job.transaction() as session:
        services.sweep(session, now=clock.now())
