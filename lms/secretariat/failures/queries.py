"""Questions about what did not come about: mails that failed, and work that was given up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from courses.models import Lecture, Recording
from lms.kernel.errors import NotFound
from lms.kernel.identity import SupporterId
from lms.kernel.work import OwedWork
from lms.memoranda.models import Memorandum
from lms.supporters.models import Mail, Supporter

MOST = 100


@dataclass(frozen=True)
class FailedWork:
    """Work that was given up: what it was, since when it is owed, how often it was tried.

    `error` is the kind of fault without its text, which may name people. Of what it was about, one is there at most:
    a supporter, a memorandum or a lecture.
    """

    id: int
    task: str
    owed_since: datetime
    gave_up_at: datetime
    attempts: int
    error: str
    supporter: tuple[SupporterId, str] | None
    memorandum: tuple[int, str] | None
    lecture: str | None


def failed_mails(session: Session) -> list[tuple[Mail, Supporter]]:
    """Mails that did not reach their receiver and to which nobody has seen yet, the oldest first. One query."""
    wanted = sa.select(Mail, Supporter).join(Supporter, Mail.supporter_id == Supporter.id)
    waits = wanted.where(Mail.failed_at.is_not(None), Mail.settled_at.is_(None))
    return [(mail, person) for mail, person in session.execute(waits.order_by(Mail.failed_at, Mail.id).limit(MOST))]


def mail_of(session: Session, *, supporter: SupporterId, mail_id: int) -> Mail:
    """A mail to this person. Raises NotFound."""
    found = session.get(Mail, mail_id)
    if found is None or found.supporter_id != supporter:
        raise NotFound("There is no such mail.")
    return found


def failed_work(session: Session) -> list[FailedWork]:
    """Work that was given up, the oldest first, with what it was about. Four queries, however much there is."""
    wanted = sa.select(OwedWork).where(OwedWork.gave_up_at.is_not(None))
    rows = session.scalars(wanted.order_by(OwedWork.gave_up_at, OwedWork.id).limit(MOST)).all()
    receivers = {
        mail_id: (person_id, name)
        for mail_id, person_id, name in session.execute(
            sa.select(Mail.id, Supporter.id, Supporter.display_name)
            .join(Supporter, Mail.supporter_id == Supporter.id)
            .where(Mail.id.in_(_named(rows, "mail_id")))
        )
    }
    papers = session.scalars(sa.select(Memorandum).where(Memorandum.id.in_(_named(rows, "memorandum_id"))))
    numbers = {memo.id: (memo.id, memo.number) for memo in papers}
    films = sa.select(Recording.id, Lecture.code).join(Lecture, Recording.lecture_id == Lecture.id)
    lectures = dict(session.execute(films.where(Recording.id.in_(_named(rows, "recording_id")))).all())
    return [
        FailedWork(
            id=row.id,
            task=row.task,
            owed_since=row.owed_since,
            gave_up_at=gave_up_at,
            attempts=row.attempts,
            error=(row.last_error or "").partition(":")[0],
            supporter=receivers.get(row.arguments.get("mail_id", 0)),
            memorandum=numbers.get(row.arguments.get("memorandum_id", 0)),
            lecture=lectures.get(row.arguments.get("recording_id", 0)),
        )
        for row in rows
        if (gave_up_at := row.gave_up_at) is not None
    ]


def _named(rows: Sequence[OwedWork], argument: str) -> list[int]:
    return [row.arguments[argument] for row in rows if argument in row.arguments]
