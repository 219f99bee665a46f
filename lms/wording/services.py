"""Reporting a wrong sentence, and settling the report."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.kernel.errors import NotFound, Refused
from lms.kernel.history import record
from lms.kernel.i18n import messages
from lms.kernel.identity import SupporterId
from lms.wording.models import WrongSentence
from lms.wording.rules import message_of

MOST_AN_HOUR = 60
"""From one account, and from all visitors together: a machine that reports without end is stopped here."""


def report(
    session: Session, *, page: str, locale: str, sentence: str, better: str, by: SupporterId | None, now: datetime
) -> WrongSentence:
    """Keep a report, with the message of the catalogue that it is about. Raises Refused when there are too many."""
    message = message_of(sentence, messages=messages(locale))  # before the first query: nobody waits for it
    theirs = WrongSentence.reported_by_id.is_(None) if by is None else WrongSentence.reported_by_id == by
    lately = sa.select(sa.func.count()).where(WrongSentence.reported_at > now - timedelta(hours=1), theirs)
    if (session.scalar(lately) or 0) >= MOST_AN_HOUR:
        raise Refused("Many reports have come in just now. Please try again in an hour.")
    row = WrongSentence(
        page=page,
        locale=locale,
        sentence=sentence,
        better=better,
        message=message,
        reported_by_id=by,
        reported_at=now,
    )
    session.add(row)
    session.flush()
    record(session, "wrong_sentence.reported", by=by, subject=row.id, now=now)
    return row


def settle(session: Session, *, report_id: int, by: SupporterId, now: datetime) -> None:
    """Somebody has seen to it; again changes nothing."""
    row = session.get(WrongSentence, report_id)
    if row is None:
        raise NotFound("There is no such report.")
    if row.settled_at is None:
        row.settled_at, row.settled_by_id = now, by
        record(session, "wrong_sentence.settled", by=by, subject=row.id, now=now)
