"""Seeing to what did not come about: sending a mail again, settling it, trying work again."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.kernel.errors import Conflict, NotFound
from lms.kernel.history import record
from lms.kernel.identity import SupporterId
from lms.kernel.work import OwedWork, owe_again
from lms.secretariat.failures import queries
from lms.supporters import mail as mails
from lms.supporters.models import Mail, MailFailure


def send_again(session: Session, *, mail_id: int, by: SupporterId, now: datetime) -> None:
    """A failed mail is tried again. Raises Conflict when it has not failed, or somebody was faster."""
    mails.send_again(session, mail_id=mail_id, now=now)
    record(session, "mail.sent_again", by=by, subject=mail_id, now=now)


def settle(session: Session, *, mail_id: int, by: SupporterId, now: datetime) -> None:
    """A failed mail has been seen to in another way; the second time nothing happens."""
    waits = sa.update(Mail).where(Mail.id == mail_id, Mail.failed_at.is_not(None), Mail.settled_at.is_(None))
    if session.scalar(waits.values(settled_at=now).returning(Mail.id)) is not None:
        record(session, "mail.settled", by=by, subject=mail_id, now=now)


def mark_came_back(session: Session, *, supporter: SupporterId, mail_id: int, by: SupporterId, now: datetime) -> None:
    """A mail that was sent came back to the organisation's letter box.

    Raises NotFound for somebody else's mail, Conflict when it has not been sent or has failed before.
    """
    mail = queries.mail_of(session, supporter=supporter, mail_id=mail_id)
    arrived = sa.update(Mail).where(Mail.id == mail.id, Mail.sent_at.is_not(None), Mail.failed_at.is_(None))
    failed = arrived.values(failed_at=now, failure=MailFailure.CAME_BACK).returning(Mail.id)
    if session.scalar(failed) is None:
        raise Conflict("This mail has not been sent, or it is known already that it did not arrive.")
    record(session, "mail.came_back", by=by, subject=mail.id, now=now)


def try_again(session: Session, *, work_id: int, by: SupporterId, now: datetime) -> None:
    """Work that was given up is tried again; what is under way already is left alone. Raises NotFound."""
    found = session.get(OwedWork, work_id)
    if found is None:
        raise NotFound("There is no such work.")
    if found.gave_up_at is not None:
        owe_again(session, key=found.key, now=now)
        record(session, "work.tried_again", by=by, subject=found.id, now=now, task=found.task)
