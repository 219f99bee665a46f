"""Background work of qualification: what was earned and not given, reminders, portions of a changed rule."""

from lms.kernel import clock
from lms.kernel.work import Job
from lms.qualification import services
from lms.qualification.programmes import services as changed
from lms.supporters.mail import send_mail

SWEEP = "qualification.sweep"


def sweep(job: Job) -> None:
    """Once a day; finding nobody is the normal case."""
    with job.transaction() as session:
        services.sweep(session, now=clock.now())


def remind(job: Job) -> None:
    """Write a reminder as things stand now and send it, unless nothing is missing any more. It may run twice."""
    with job.transaction() as session:
        is_needed = services.write_reminder(session, mail_id=job.arguments["mail_id"], now=clock.now())
    if is_needed:
        send_mail(job)


def settle_portion(job: Job) -> None:
    """Some of those who gain by a changed programme. It may run twice: nobody qualifies twice."""
    with job.transaction() as session:
        changed.settle_portion(session, supporters=job.arguments["supporters"], by=job.arguments["by"], now=clock.now())
