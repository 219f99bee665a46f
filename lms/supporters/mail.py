"""Mails to supporters: owed as rows with their cause, written and sent by the worker in the receiver's language."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import formataddr, formatdate
from smtplib import SMTPException
from urllib.parse import urlsplit

import structlog
from flask import current_app, render_template
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.kernel import clock
from lms.kernel.db import insert_ignoring
from lms.kernel.errors import Conflict
from lms.kernel.furigana import with_readings_in_brackets, without_readings
from lms.kernel.i18n import reading_in
from lms.kernel.identity import SupporterId
from lms.kernel.mail import UnsureError, is_for_good
from lms.kernel.settings import Settings
from lms.kernel.work import Job, owe, owe_again
from lms.supporters.models import Mail, MailFailure, Supporter
from lms.web.context import house

log = structlog.get_logger()

SEND = "supporters.send_mail"
SWEEP = "supporters.sweep_mails"
TRIED_FOR = timedelta(days=14)
# SMTP can lose the answer to a mail that has arrived. These are not sent again for that: somebody who reads twice that
# an envelope is on its way waits for two.
AT_MOST_ONCE = frozenset({"memorandum-posted"})
# Whoever was slow finds out after all: then somebody else may have found it unsure, and a person settled that.
NOT_FAILED = {"failed_at": None, "failure": None, "settled_at": None}


def owe_mail(
    session: Session, *, to: SupporterId, message: str, now: datetime, key: str | None = None, **params: object
) -> Mail | None:
    """Write down that `templates/mail/<message>/` is owed to somebody; sent once this transaction is committed.

    None if a mail of the same `key` was owed before: what it tells is told once.
    """
    session.flush()
    values = {"supporter_id": to, "message": message, "key": key, "params": params, "owed_since": now}
    mail_id = session.scalar(insert_ignoring(session, Mail, **values).returning(Mail.id))
    if mail_id is None:
        return None
    owe(session, SEND, key=f"mail:{mail_id}", now=now, mail_id=mail_id)
    return session.get_one(Mail, mail_id)


def sweep_mails(job: Job) -> None:
    """Once a day: mails that were given up are tried again for two weeks; a long outage must not cost a network ID."""
    now = clock.now()
    still_owed = (Mail.sent_at.is_(None), Mail.failed_at.is_(None), Mail.called_off_at.is_(None))
    wanted = select(Mail).where(*still_owed, Mail.owed_since > now - TRIED_FOR)
    with job.transaction() as session:
        for mail in session.scalars(wanted):
            owe_again(session, key=f"mail:{mail.id}", now=now)


def compose(mail: Mail, *, to: Supporter, settings: Settings) -> EmailMessage:
    """The finished mail in the receiver's language; one Message-ID a mail, so that a receiver can tell a repeat."""
    with reading_in(to.locale):
        subject = subject_of(mail, to=to, settings=settings)
        body = render_template(f"mail/{mail.message}/body.txt", **_values(mail, to, settings)).strip() + "\n"
    message = EmailMessage()
    message["From"] = formataddr((settings.site_name, settings.mail_from))
    message["To"] = formataddr((to.display_name, to.email))
    message["Subject"] = without_readings(subject)
    message["Date"] = formatdate(mail.owed_since.timestamp(), localtime=False)
    message["Message-ID"] = f"<mail-{mail.id:06d}@{urlsplit(settings.url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(with_readings_in_brackets(body))
    return message


def subject_of(mail: Mail, *, to: Supporter, settings: Settings) -> str:
    """What a mail is called, in the language that is being read."""
    # Not by render_template: a page that names many mails would ask what every page asks once for each of them.
    subject = current_app.jinja_env.get_template(f"mail/{mail.message}/subject.txt")
    return subject.render(_values(mail, to, settings)).strip()


def _values(mail: Mail, to: Supporter, settings: Settings) -> dict[str, object]:
    return {"supporter": to, "site_url": settings.url, **mail.params}


def send_mail(job: Job) -> None:
    """Send one owed mail. It may run twice: a mail already marked sent or failed is left alone.

    One that is told at most once is marked before the server is spoken to. Whoever finds the mark cannot know whether
    the other got as far as sending it, and leaves it to a person.
    """
    parts = house()
    with job.database.read() as session:
        mail = session.get_one(Mail, job.arguments["mail_id"])
        receiver = session.get_one(Supporter, mail.supporter_id)
    if mail.sent_at is not None or mail.failed_at is not None or mail.called_off_at is not None:
        return
    message = compose(mail, to=receiver, settings=parts.settings)
    once = mail.message in AT_MOST_ONCE
    if once and not _begin(job, mail):
        return
    try:
        parts.transport.send(message)
    except UnsureError:
        if not once:
            raise
        _end(job, mail, failed_at=clock.now(), failure=MailFailure.UNSURE)
        log.warning("nobody knows whether a mail was sent", mail=mail.id)
        return
    except Exception as error:
        if isinstance(error, SMTPException) and is_for_good(error):
            _end(job, mail, begun_at=None, failed_at=clock.now(), failure=MailFailure.REFUSED)
            log.warning("the mail server refused a mail for good", mail=mail.id)
            return
        if once:  # whatever it was, the server has not taken it
            _end(job, mail, begun_at=None, **NOT_FAILED)
        if isinstance(error, SMTPException):  # its text names the receiver, and would be logged
            raise ConnectionError(f"the mail server refused: {type(error).__name__}") from None
        raise
    _end(job, mail, sent_at=clock.now(), **NOT_FAILED)


def _begin(job: Job, mail: Mail) -> bool:
    """Mark that a mail is being sent; False if somebody had begun: then nobody knows whether it was sent."""
    with job.transaction() as session:
        free = update(Mail).where(Mail.id == mail.id, Mail.begun_at.is_(None)).values(begun_at=clock.now())
        if session.scalar(free.returning(Mail.id)) is not None:
            return True
        left = update(Mail).where(Mail.id == mail.id, Mail.sent_at.is_(None))
        session.execute(left.values(failed_at=clock.now(), failure=MailFailure.UNSURE))
    log.warning("nobody knows whether a mail was sent", mail=mail.id)
    return False


def _end(job: Job, mail: Mail, **found: datetime | MailFailure | None) -> None:
    with job.transaction() as session:
        session.execute(update(Mail).where(Mail.id == mail.id).values(**found))


def send_again(session: Session, *, mail_id: int, now: datetime) -> None:
    """Somebody has decided that a failed mail is tried again. Raises Conflict when it has not failed."""
    failed = update(Mail).where(Mail.id == mail_id, Mail.failed_at.is_not(None))
    anew = {"begun_at": None, "sent_at": None, **NOT_FAILED}
    if session.scalar(failed.values(anew).returning(Mail.id)) is None:
        raise Conflict("This mail has been sent meanwhile, or is being tried again already.")
    owe_again(session, key=f"mail:{mail_id}", now=now)
