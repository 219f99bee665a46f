"""What the desk shows: what waits and since when, people with where they stand."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session

from courses.models import Recording
from courses.rules import RecordingState
from lms.kernel.work import OwedWork
from lms.memoranda.models import Batch, BatchItem, Memorandum, PaperReturn, Posting
from lms.memoranda.returns.queries import overdue
from lms.memoranda.rules import BatchState, PostingKind, State
from lms.supporters.models import Mail, Supporter
from lms.supporters.rules import Wish
from lms.wording.models import WrongSentence
from surveys.models import Response
from surveys.rules import ResponseState


@dataclass(frozen=True)
class Waiting:
    """How many things wait for the secretariat, as its navigation says on every page."""

    to_read: int
    experience: int
    papers: int
    recordings: int


class Task(StrEnum):
    """What the secretariat does by hand, in the order of the day."""

    READ = "read"
    CONFIRM = "confirm"
    PROVE = "prove"
    PRINT = "print"
    POST = "post"
    CHECK = "check"
    FILE = "file"
    ANSWER_FAULTS = "answer-faults"
    ADDRESS = "address"
    OVERDUE = "overdue"
    MAIL = "mail"
    WORK = "work"
    REWORD = "reword"


PAPER_TASKS = {
    State.DUE: Task.PRINT,
    State.PRINTED: Task.POST,
    State.RETURNED: Task.CHECK,
    State.CHECKED: Task.FILE,
    State.INCOMPLETE: Task.ANSWER_FAULTS,
    State.UNDELIVERABLE: Task.ADDRESS,
}


@dataclass(frozen=True)
class Work:
    """A task with how many things wait for it, since when the oldest of them, and the id of that one.

    The id is a response's for READ, a supporter's for CONFIRM, a batch's for PROVE, a mail's, an owed work's or a
    report's for MAIL, WORK and REWORD, otherwise a memorandum's; `batch` is the one in which that memorandum lies.
    """

    task: Task
    count: int
    since: datetime | date
    oldest: int
    batch: int | None = None


def waiting(session: Session) -> Waiting:
    """What waits, counted in one query."""

    def count(*where: sa.ColumnExpressionArgument[bool]) -> sa.ScalarSelect[int]:
        return sa.select(sa.func.count()).where(*where).scalar_subquery()

    row = session.execute(
        sa.select(
            count(Response.state == ResponseState.SUBMITTED),
            count(_experience_waits()),
            count(_paper_waits()),
            count(Recording.state == RecordingState.PREPARING),
        )
    ).one()
    return Waiting(*row)


def work(session: Session, *, on: date) -> list[Work]:
    """Today's work, task by task, with the oldest thing of each; tasks for which nothing waits are left out.

    Eight queries, however much there is.
    """
    queues: tuple[tuple[Task, sa.ColumnElement[bool], Mapped[Any], Mapped[Any]], ...] = (
        (Task.READ, Response.state == ResponseState.SUBMITTED, Response.submitted_at, Response.id),
        (Task.CONFIRM, _experience_waits(), Supporter.registered_at, Supporter.id),
        (Task.PROVE, Batch.state == BatchState.CHOSEN, Batch.made_at, Batch.id),
        (Task.MAIL, failed_mail(), Mail.failed_at, Mail.id),
        (Task.WORK, OwedWork.gave_up_at.is_not(None), OwedWork.gave_up_at, OwedWork.id),
        (Task.REWORD, WrongSentence.settled_at.is_(None), WrongSentence.reported_at, WrongSentence.id),
    )
    found = [*_papers(session), *_overdue(session, on=on)]
    for task, waits, since, subject in queues:
        oldest = sa.select(sa.func.count().over(), since, subject).where(waits).order_by(since, subject).limit(1)
        found += [Work(task, *row) for row in session.execute(oldest)]
    return sorted(found, key=lambda each: list(Task).index(each.task))


def failed_mail() -> sa.ColumnElement[bool]:
    """Mails that did not reach their receiver and to which nobody has seen yet."""
    return sa.and_(Mail.failed_at.is_not(None), Mail.settled_at.is_(None))


def _papers(session: Session) -> list[Work]:
    # Of these dates a memorandum has those up to its last step: the first one that is there is since when it waits.
    incomplete = sa.case((Memorandum.state == State.INCOMPLETE, _newest_return()))
    age = (
        Posting.came_back_on,
        incomplete.label("incomplete_at"),
        Memorandum.checked_at,
        Memorandum.returned_on,
        Memorandum.printed_at,
        Memorandum.due_at,
    )
    place = sa.func.row_number().over(partition_by=Memorandum.state, order_by=[*age, Memorandum.id])
    lined_up = (
        sa.select(
            Memorandum.state,
            Memorandum.id,
            sa.func.count().over(partition_by=Memorandum.state).label("how_many"),
            *age,
            place.label("place"),
        )
        .outerjoin(Posting, Memorandum.posting_id == Posting.id)
        .where(_paper_waits())
        .subquery()
    )
    in_open_batch = sa.and_(BatchItem.memorandum_id == lined_up.c.id, BatchItem.closed_at.is_(None))
    wanted = sa.select(lined_up, BatchItem.batch_id).outerjoin(BatchItem, in_open_batch).where(lined_up.c.place == 1)
    return [
        Work(
            PAPER_TASKS[row.state],
            row.how_many,
            row.came_back_on or row.incomplete_at or row.checked_at or row.returned_on or row.printed_at or row.due_at,
            row.id,
            row.batch_id,
        )
        for row in session.execute(wanted)
    ]


def _overdue(session: Session, *, on: date) -> list[Work]:
    found = sorted(overdue(session, on=on), key=lambda each: each.waiting_since)
    return [Work(Task.OVERDUE, len(found), found[0].waiting_since, found[0].memorandum_id)] if found else []


def _paper_waits() -> sa.ColumnElement[bool]:
    """Papers with which the secretariat has something to do now.

    Those that are due wait once they have been made, and not while their batch is being looked through; those of which
    something is missing, until the letter that says so is on its way.
    """
    chosen = (
        sa.exists()
        .where(BatchItem.memorandum_id == Memorandum.id, BatchItem.closed_at.is_(None))
        .where(Batch.id == BatchItem.batch_id, Batch.state == BatchState.CHOSEN)
    )
    told = (
        sa.exists()
        .where(Posting.memorandum_id == Memorandum.id, Posting.kind == PostingKind.FOLLOW_UP)
        .where(Posting.recorded_at >= _newest_return())
        .correlate(Memorandum)
    )
    return sa.or_(
        Memorandum.state.in_({State.PRINTED, State.RETURNED, State.CHECKED, State.UNDELIVERABLE}),
        sa.and_(Memorandum.state == State.DUE, Memorandum.pack_key.is_not(None), sa.not_(chosen)),
        sa.and_(Memorandum.state == State.INCOMPLETE, sa.not_(told)),
    )


def _newest_return() -> sa.ScalarSelect[datetime]:
    found = sa.select(sa.func.max(PaperReturn.recorded_at)).where(PaperReturn.memorandum_id == Memorandum.id)
    return found.correlate(Memorandum).scalar_subquery()


def _experience_waits() -> sa.ColumnElement[bool]:
    return sa.and_(
        Supporter.experience_declared, Supporter.experience_confirmed_at.is_(None), Supporter.wish == Wish.ACCOMPANY
    )
