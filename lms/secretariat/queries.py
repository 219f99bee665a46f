"""What the desk shows: what waits and since when, how far people have come, people with where they stand."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session

from courses import queries as courses
from courses.models import Recording, Viewing
from courses.rules import RecordingState
from lms.kernel.clock import TOKYO
from lms.kernel.identity import Role, SupporterId, parse_network_id
from lms.kernel.work import OwedWork
from lms.memoranda.models import Memorandum
from lms.memoranda.rules import ORDER, State
from lms.qualification import queries as qualification
from lms.qualification.models import Qualification
from lms.qualification.rules import Assessment
from lms.supporters.models import Standing, Supporter
from lms.supporters.rules import StandingKind, Wish
from lms.wording.models import WrongSentence
from surveys import queries as surveys
from surveys.models import Response
from surveys.rules import ResponseState

PAGE = 50
MONTHS = 12
POSTED_OR_LATER = ORDER[ORDER.index(State.POSTED) :]


@dataclass(frozen=True)
class Waiting:
    """How many things wait for the secretariat, by kind of work."""

    to_read: int
    experience: int
    to_print: int
    to_post: int
    to_check: int
    to_file: int
    recordings: int
    failed_work: int


class Task(StrEnum):
    """What the secretariat does by hand, in the order of the day."""

    READ = "read"
    CONFIRM = "confirm"
    PRINT = "print"
    POST = "post"
    CHECK = "check"
    FILE = "file"
    REWORD = "reword"


PAPER_TASKS = {
    State.DUE: Task.PRINT,
    State.PRINTED: Task.POST,
    State.RETURNED: Task.CHECK,
    State.CHECKED: Task.FILE,
}


@dataclass(frozen=True)
class Work:
    """A task with how many things wait for it, since when the oldest of them, and the id of that one.

    The id is a response's for READ, a supporter's for CONFIRM, a report's for REWORD, otherwise a memorandum's.
    """

    task: Task
    count: int
    since: datetime | date
    oldest: int


class Stage(StrEnum):
    """How far somebody who wishes to accompany people has come."""

    REGISTERED = "registered"
    WATCHING = "watching"
    ANSWERED = "answered"
    QUALIFIED = "qualified"
    POSTED = "posted"
    COMPLETE = "complete"


class Group(StrEnum):
    """People the list can be narrowed to, by where they stand."""

    ON_THE_WAY = "on-the-way"
    EXPERIENCE = "experience"
    QUALIFIED = "qualified"
    TRAINEES = "trainees"
    LEARNERS = "learners"


@dataclass(frozen=True)
class PersonRow:
    """Somebody as the list shows them."""

    id: SupporterId
    name: str
    network_id: str
    registered_at: datetime
    qualified_at: datetime | None
    memorandum: State | None
    assessment: Assessment


def waiting(session: Session) -> Waiting:
    """Today's work in one query."""

    def count(*where: sa.ColumnExpressionArgument[bool]) -> sa.ScalarSelect[int]:
        return sa.select(sa.func.count()).where(*where).scalar_subquery()

    row = session.execute(
        sa.select(
            count(Response.state == ResponseState.SUBMITTED),
            count(_experience_waits()),
            count(Memorandum.state == State.DUE, Memorandum.pack_key.is_not(None)),
            count(Memorandum.state == State.PRINTED),
            count(Memorandum.state == State.RETURNED),
            count(Memorandum.state == State.CHECKED),
            count(Recording.state == RecordingState.PREPARING),
            count(OwedWork.gave_up_at.is_not(None)),
        )
    ).one()
    return Waiting(*row)


def work(session: Session) -> list[Work]:
    """Today's work, task by task, with the oldest thing of each; tasks for which nothing waits are left out.

    Four queries, however much there is.
    """
    to_read = Response.state == ResponseState.SUBMITTED
    return [
        *_queue(session, Task.READ, to_read, since=Response.submitted_at, subject=Response.id),
        *_queue(session, Task.CONFIRM, _experience_waits(), since=Supporter.registered_at, subject=Supporter.id),
        *_papers(session),
        *_queue(
            session,
            Task.REWORD,
            WrongSentence.settled_at.is_(None),
            since=WrongSentence.reported_at,
            subject=WrongSentence.id,
        ),
    ]


def _queue(
    session: Session, task: Task, waits: sa.ColumnElement[bool], *, since: Mapped[Any], subject: Mapped[Any]
) -> list[Work]:
    wanted = sa.select(sa.func.count().over(), since, subject).where(waits).order_by(since, subject).limit(1)
    return [Work(task, *row) for row in session.execute(wanted)]


def _papers(session: Session) -> list[Work]:
    # Of these dates a memorandum has those up to its last step: the first one that is there is since when it waits.
    age = (Memorandum.checked_at, Memorandum.returned_on, Memorandum.printed_at, Memorandum.due_at)
    place = sa.func.row_number().over(partition_by=Memorandum.state, order_by=[*age, Memorandum.id])
    can_print = sa.or_(Memorandum.state != State.DUE, Memorandum.pack_key.is_not(None))
    lined_up = (
        sa.select(
            Memorandum.state,
            Memorandum.id,
            sa.func.count().over(partition_by=Memorandum.state).label("how_many"),
            *age,
            place.label("place"),
        )
        .where(Memorandum.state.in_(PAPER_TASKS), can_print)
        .subquery()
    )
    rows = session.execute(sa.select(lined_up).where(lined_up.c.place == 1)).all()
    found = [
        Work(
            PAPER_TASKS[row.state],
            row.how_many,
            row.checked_at or row.returned_on or row.printed_at or row.due_at,
            row.id,
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: list(Task).index(each.task))


def funnel(session: Session) -> dict[Stage, int]:
    """How many of those who wish to accompany people came at least to each stage, by whatever route. One query.

    Whoever qualified by experience counts as having watched and answered, so that no number is larger than the one
    before it.
    """

    def has(
        model: type[Viewing | Response | Qualification | Memorandum], *where: sa.ColumnExpressionArgument[bool]
    ) -> sa.Exists:
        return sa.exists().where(model.supporter_id == Supporter.id, *where)

    def count(*where: sa.ColumnExpressionArgument[bool]) -> sa.FunctionFilter[int]:
        return sa.func.count().filter(*where)

    qualified = has(Qualification)
    answered = sa.or_(qualified, has(Response, Response.state != ResponseState.DRAFT))
    watching = sa.or_(answered, has(Viewing, Viewing.covered_ms > 0))
    row = session.execute(
        sa.select(
            sa.func.count(),
            count(watching),
            count(answered),
            count(qualified),
            count(has(Memorandum, Memorandum.state.in_(POSTED_OR_LATER))),
            count(has(Memorandum, Memorandum.state == State.COMPLETE)),
        )
        .select_from(Supporter)
        .where(Supporter.role == Role.SUPPORTER, Supporter.wish == Wish.ACCOMPANY)
    ).one()
    return dict(zip(Stage, row, strict=True))


def registrations(session: Session, *, on: date) -> list[tuple[date, int]]:
    """How many people registered in each of the last twelve months of Tokyo's calendar, oldest first. One query."""
    last = on.year * 12 + on.month - 1
    starts = [date(month // 12, month % 12 + 1, 1) for month in range(last - MONTHS + 1, last + 2)]
    moments = [datetime(day.year, day.month, 1, tzinfo=TOKYO) for day in starts]
    row = session.execute(
        sa.select(
            *(
                sa.func.count().filter(Supporter.registered_at >= begin, Supporter.registered_at < end)
                for begin, end in pairwise(moments)
            )
        ).where(Supporter.role == Role.SUPPORTER)
    ).one()
    return list(zip(starts, row, strict=False))


def _experience_waits() -> sa.ColumnElement[bool]:
    return sa.and_(
        Supporter.experience_declared, Supporter.experience_confirmed_at.is_(None), Supporter.wish == Wish.ACCOMPANY
    )


def people(
    session: Session, *, search: str, group: Group | None, papers: State | None, on: date, page: int
) -> tuple[list[PersonRow], int]:
    """A page of supporters, newest first, and how many there are; `papers` is the state of their newest memorandum.

    The same number of queries for one row and for many.
    """
    theirs = sa.select(sa.func.max(Memorandum.year)).where(Memorandum.supporter_id == Supporter.id)
    newest = theirs.correlate(Supporter).scalar_subquery()
    found = (
        sa.select(Supporter, Qualification.decided_at, Memorandum.state, Standing.kind)
        .outerjoin(Qualification, Qualification.supporter_id == Supporter.id)
        .outerjoin(Memorandum, sa.and_(Memorandum.supporter_id == Supporter.id, Memorandum.year == newest))
        .outerjoin(Standing, sa.and_(Standing.supporter_id == Supporter.id, Standing.until.is_(None)))
        .where(Supporter.role == Role.SUPPORTER)
    )
    if search:
        found = found.where(_named(search))
    if group is not None:
        found = found.where(_in_group(group))
    if papers is not None:
        found = found.where(Memorandum.state == papers)
    total = session.scalar(found.with_only_columns(sa.func.count())) or 0
    rows = session.execute(
        found.order_by(Supporter.registered_at.desc(), Supporter.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    ).all()
    programmes = courses.programmes(session).values()
    held = surveys.held_by(session, supporters=[person.id for person, *_ in rows])
    return [
        PersonRow(
            id=person.id,
            name=person.display_name,
            network_id=person.network_id,
            registered_at=person.registered_at,
            qualified_at=decided_at,
            memorandum=state,
            assessment=qualification.assessment_from(
                person, standing, held.get(person.id, ()), programmes=programmes, on=on
            ),
        )
        for person, decided_at, state, standing in rows
    ], total


def _named(search: str) -> sa.ColumnElement[bool]:
    part = search.lower()
    return sa.or_(
        sa.func.lower(Supporter.display_name).contains(part, autoescape=True),
        sa.func.lower(Supporter.name_kana).contains(part, autoescape=True),
        Supporter.network_id.contains(parse_network_id(search) or part, autoescape=True),
        Supporter.email.contains(part, autoescape=True),
    )


def _in_group(group: Group) -> sa.ColumnElement[bool]:
    undecided = Qualification.id.is_(None)
    match group:
        case Group.QUALIFIED:
            return sa.not_(undecided)
        case Group.TRAINEES:
            return sa.and_(undecided, Standing.kind == StandingKind.TRAINEE)
        case Group.LEARNERS:
            return sa.and_(undecided, Standing.kind.is_(None), Supporter.wish == Wish.LEARN)
        case Group.ON_THE_WAY:
            return sa.and_(undecided, Standing.kind.is_(None), Supporter.wish == Wish.ACCOMPANY)
        case Group.EXPERIENCE:
            return _experience_waits()
