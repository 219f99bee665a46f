"""Background work of what comes back: reminding those who have had their papers for long."""

from lms.kernel import clock
from lms.kernel.work import Job
from lms.memoranda.returns import services

REMIND = "memoranda.remind_overdue"


def remind(job: Job) -> None:
    """Once a day."""
    with job.transaction() as session:
        services.remind_overdue(session, now=clock.now())
