"""Background work of the list of people: the rest of what was confirmed for many, and what was not."""

from lms.kernel import clock
from lms.kernel.work import Job
from lms.secretariat.people import services


def carry_on(job: Job) -> None:
    """Portion by portion, each in a transaction of its own, so that nobody else has to wait."""
    more = True
    while more:
        with job.transaction() as session:
            more = services.carry_on(session, action_id=job.arguments["action_id"], now=clock.now())


def forget_plans(job: Job) -> None:
    """Once a day: plans that nobody confirmed."""
    with job.transaction() as session:
        services.forget_plans(session, now=clock.now())
