"""How far people have come, by when they registered, and who has stood still for long: a fixed number of queries."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session

from courses.models import Lecture, Viewing
from courses.rules import required_surveys
from lms.kernel.clock import TOKYO, tokyo_day
from lms.kernel.identity import Role, SupporterId
from lms.memoranda.models import POSTED, Memorandum, Posting
from lms.memoranda.rules import State
from lms.qualification import queries as qualification
from lms.qualification.models import Qualification
from lms.secretariat.funnel.rules import STILL_FOR, Cohort, Gap, Stage, came_to, years_between
from lms.supporters.models import Supporter
from lms.supporters.rules import Wish
from surveys.models import Response
from surveys.rules import ResponseState

NAMED = 5
SENT = (ResponseState.SUBMITTED, ResponseState.ACCEPTED)


@dataclass(frozen=True)
class Still:
    """Somebody who stands still, and since when."""

    id: SupporterId
    name: str
    since: datetime | date


@dataclass(frozen=True)
class StuckPeople:
    """Those who have stood longest at one gap, and how many stand there in all."""

    gap: Gap
    count: int
    longest: Sequence[Still]


def years(session: Session, *, on: date) -> list[int]:
    """Every 年度 in which somebody may have registered, today's first."""
    found = session.scalar(sa.select(sa.func.min(Supporter.registered_at)).where(Supporter.role == Role.SUPPORTER))
    return years_between(min(tokyo_day(found), on) if found else on, on=on)


def registrations(session: Session, *, starts: Sequence[date]) -> list[tuple[date, int]]:
    """How many people registered, for whatever, from each of these days to the next. One query."""
    moments = _moments(starts)
    row = session.execute(
        sa.select(
            *(
                sa.func.count().filter(Supporter.registered_at >= begin, Supporter.registered_at < end)
                for begin, end in pairwise(moments)
            )
        ).where(
            Supporter.role == Role.SUPPORTER,
            Supporter.registered_at >= moments[0],
            Supporter.registered_at < moments[-1],
        )
    ).one()
    return list(zip(starts, row, strict=False))


def cohorts(session: Session, *, starts: Sequence[date]) -> list[Cohort]:
    """Those who wish to accompany people, by the span between two neighbours of `starts` in which they registered.

    How many of each came at least to each stage, by whatever route: whoever qualified by experience counts as having
    watched and answered, so that no number is larger than the one before it. One query.
    """
    moments = _moments(starts)
    span = sa.case(*((Supporter.registered_at < end, place) for place, end in enumerate(moments[1:])))
    reached = sa.case(
        (_has_paper(Memorandum.state == State.COMPLETE), Stage.COMPLETE.value),
        (_has_paper(Memorandum.state.in_(POSTED)), Stage.POSTED.value),
        (_qualified(), Stage.QUALIFIED.value),
        (_has_sent(), Stage.ANSWERED.value),
        (_has_watched(), Stage.WATCHING.value),
        else_=Stage.REGISTERED.value,
    )
    each = (
        sa.select(span.label("span"), reached.label("reached"))
        .where(_on_the_way(), Supporter.registered_at >= moments[0], Supporter.registered_at < moments[-1])
        .subquery()
    )
    rows = session.execute(
        sa.select(each.c.span, each.c.reached, sa.func.count()).group_by(each.c.span, each.c.reached)
    ).all()
    found: dict[int, dict[Stage, int]] = {}
    for place, stage, count in rows:
        found.setdefault(place, {})[Stage(stage)] = count
    return [
        Cohort(first, after - timedelta(days=1), came_to(found.get(place, {})))
        for place, (first, after) in enumerate(pairwise(starts))
    ]


def stuck(session: Session, *, now: datetime) -> list[StuckPeople]:
    """Who has stood still for long, gap by gap; gaps at which nobody does are left out. A fixed number of queries."""
    before = {gap: now - timedelta(days=days) for gap, days in STILL_FOR.items()}
    found = {
        **_before_qualifying(session, before, required=_required(session, on=tokyo_day(now))),
        **_without_address(session, before[Gap.NO_ADDRESS]),
        **_not_returned(session, tokyo_day(before[Gap.NOT_RETURNED])),
    }
    return [found[gap] for gap in Gap if gap in found]


def _before_qualifying(
    session: Session, before: Mapping[Gap, datetime], *, required: Collection[str]
) -> dict[Gap, StuckPeople]:
    """The gaps of the course. While somebody's experience or an answer is looked at, it is not their turn."""
    sent = sa.select(sa.func.max(Response.submitted_at)).where(Response.supporter_id == Supporter.id)
    watched = sa.select(sa.func.max(Viewing.position_at)).where(
        Viewing.supporter_id == Supporter.id, Viewing.covered_ms > 0
    )
    counted = (
        sa.select(sa.func.count())
        .select_from(Response)
        .join(Lecture, Response.lecture_id == Lecture.id)
        .where(Response.supporter_id == Supporter.id, Response.state.in_(SENT), Lecture.code.in_(required))
    )
    # Materialized: otherwise SQLite asks each of these questions anew wherever its answer is used.
    each = (
        sa.select(
            Supporter.id,
            Supporter.display_name,
            Supporter.registered_at,
            sent.scalar_subquery().label("sent"),
            watched.scalar_subquery().label("watched"),
            counted.scalar_subquery().label("counted"),
            _is_being_read().label("is_being_read"),
        )
        .where(_on_the_way(), sa.not_(Supporter.experience_declared), sa.not_(_qualified()))
        .cte("undecided")
        .prefix_with("MATERIALIZED")
    )
    gap = sa.case(
        (sa.and_(each.c.sent.is_(None), each.c.watched.is_(None)), Gap.NOT_WATCHING.value),
        (each.c.sent.is_(None), Gap.NOT_ANSWERING.value),
        (each.c.counted == len(required) - 1, Gap.ONE_SHORT.value),
        (sa.not_(each.c.is_being_read), Gap.NOT_FINISHING.value),
    )
    since = sa.func.coalesce(each.c.sent, each.c.watched, each.c.registered_at)
    stands = sa.select(each.c.id, each.c.display_name, since.label("since"), gap.label("gap")).subquery()
    late = sa.or_(*(sa.and_(stands.c.gap == each.value, stands.c.since < moment) for each, moment in before.items()))
    place = sa.func.row_number().over(partition_by=stands.c.gap, order_by=(stands.c.since, stands.c.id))
    count = sa.func.count().over(partition_by=stands.c.gap)
    lined_up = sa.select(stands, place.label("place"), count.label("how_many")).where(late).subquery()
    rows = session.execute(sa.select(lined_up).where(lined_up.c.place <= NAMED).order_by(lined_up.c.place)).all()
    return {
        gap: StuckPeople(gap, theirs[0].how_many, [Still(row.id, row.display_name, row.since) for row in theirs])
        for gap in before
        if (theirs := [row for row in rows if row.gap == gap.value])
    }


def _without_address(session: Session, before: datetime) -> dict[Gap, StuckPeople]:
    due = sa.select(*_named(Memorandum.due_at)).join(Supporter, Memorandum.supporter_id == Supporter.id)
    waits = due.where(Memorandum.state == State.DUE, Supporter.postal_code.is_(None), Memorandum.due_at < before)
    return _longest(session, Gap.NO_ADDRESS, waits.order_by(Memorandum.due_at, Supporter.id))


def _not_returned(session: Session, before: date) -> dict[Gap, StuckPeople]:
    out = (
        sa.select(*_named(Posting.posted_on))
        .join(Memorandum, Memorandum.posting_id == Posting.id)
        .join(Supporter, Memorandum.supporter_id == Supporter.id)
        .where(Memorandum.state == State.POSTED, Posting.posted_on < before)
    )
    return _longest(session, Gap.NOT_RETURNED, out.order_by(Posting.posted_on, Supporter.id))


def _named(since: Mapped[Any]) -> tuple[Any, ...]:
    return (Supporter.id, Supporter.display_name, since, sa.func.count().over())


def _longest(session: Session, gap: Gap, wanted: sa.Select[Any]) -> dict[Gap, StuckPeople]:
    rows = session.execute(wanted.limit(NAMED)).all()
    return {gap: StuckPeople(gap, rows[0][3], [Still(*row[:3]) for row in rows])} if rows else {}


def _moments(days: Iterable[date]) -> list[datetime]:
    return [datetime(day.year, day.month, day.day, tzinfo=TOKYO) for day in days]


def _on_the_way() -> sa.ColumnElement[bool]:
    return sa.and_(Supporter.role == Role.SUPPORTER, Supporter.wish == Wish.ACCOMPANY)


def _qualified() -> sa.Exists:
    return sa.exists().where(Qualification.supporter_id == Supporter.id)


def _has_paper(where: sa.ColumnElement[bool]) -> sa.Exists:
    return sa.exists().where(Memorandum.supporter_id == Supporter.id, where)


def _has_sent() -> sa.Exists:
    return sa.exists().where(Response.supporter_id == Supporter.id, Response.state != ResponseState.DRAFT)


def _is_being_read() -> sa.Exists:
    return sa.exists().where(Response.supporter_id == Supporter.id, Response.state == ResponseState.SUBMITTED)


def _has_watched() -> sa.Exists:
    return sa.exists().where(Viewing.supporter_id == Supporter.id, Viewing.covered_ms > 0)


def _required(session: Session, *, on: date) -> frozenset[str]:
    """The codes of the lectures of which the survey is required today."""
    found = qualification.programme_on(session, on=on)
    return frozenset(required_surveys(found[1], on=on)) if found else frozenset()
