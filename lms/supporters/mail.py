"""Mails to supporters: owed as rows with their cause, written and sent by the worker in the receiver's language."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import formataddr, formatdate
from smtplib import SMTPException
from urllib.parse import urlsplit

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel import clock
from lms.kernel.db import insert_ignoring
from lms.kernel.furigana import with_readings_in_brackets, without_readings
from lms.kernel.i18n import reading_in
from lms.kernel.identity import SupporterId
from lms.kernel.settings import Settings
from lms.kernel.work import Job, owe, owe_again
from lms.supporters.models import Mail, Supporter
from lms.web.context import house

SEND = "supporters.send_mail"
SWEEP = "supporters.sweep_mails"
TRIED_FOR = timedelta(days=14)


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
    with job.transaction() as session:
        for mail in session.scalars(select(Mail).where(Mail.sent_at.is_(None), Mail.owed_since > now - TRIED_FOR)):
            owe_again(session, key=f"mail:{mail.id}", now=now)


def compose(mail: Mail, *, to: Supporter, settings: Settings) -> EmailMessage:
    """The finished mail in the receiver's language; one Message-ID a mail, so that a receiver can tell a repeat."""
    with reading_in(to.locale):
        values = {"supporter": to, "site_url": settings.url, **mail.params}
        subject = render_template(f"mail/{mail.message}/subject.txt", **values).strip()
        body = render_template(f"mail/{mail.message}/body.txt", **values).strip() + "\n"
    message = EmailMessage()
    message["From"] = formataddr((settings.site_name, settings.mail_from))
    message["To"] = formataddr((to.display_name, to.email))
    message["Subject"] = without_readings(subject)
    message["Date"] = formatdate(mail.owed_since.timestamp(), localtime=False)
    message["Message-ID"] = f"<mail-{mail.id:06d}@{urlsplit(settings.url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(with_readings_in_brackets(body))
    return message


def send_mail(job: Job) -> None:
    """Send one owed mail. It may run twice: a mail already marked sent is left alone."""
    parts = house()
    with job.database.read() as session:
        mail = session.get_one(Mail, job.arguments["mail_id"])
        receiver = session.get_one(Supporter, mail.supporter_id)
    if mail.sent_at is not None:
        return
    try:
        parts.transport.send(compose(mail, to=receiver, settings=parts.settings))
    except SMTPException as error:  # its text names the receiver, and would be logged
        raise ConnectionError(f"the mail server refused: {type(error).__name__}") from None
    with job.transaction() as session:
        session.get_one(Mail, mail.id).sent_at = clock.now()
