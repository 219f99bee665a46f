"""How far people have come, by when they registered, and who has stood still for long: a fixed number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

import sqlalchemy as sa
from sqlalchemy.orm import Session

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
    row = session.execute(
        sa.select(
            *(
                sa.func.count().filter(Supporter.registered_at >= begin, Supporter.registered_at < end)
                for begin, end in pairwise(_moments(starts))
            )
        ).where(Supporter.role == Role.SUPPORTER)
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
    """Who has stood still for long, gap by gap; gaps at which nobody does are left out. One query a gap."""
    undecided = sa.and_(_on_the_way(), sa.not_(_qualified()), sa.not_(Supporter.experience_declared))
    last_watched = (
        sa.select(sa.func.max(Viewing.position_at)).where(Viewing.supporter_id == Supporter.id).scalar_subquery()
    )
    last_sent = (
        sa.select(sa.func.max(Response.submitted_at)).where(Response.supporter_id == Supporter.id).scalar_subquery()
    )
    one_short = _one_short(session, on=tokyo_day(now))
    posted_on = (
        sa.select(Posting.posted_on)
        .join(Memorandum, Memorandum.posting_id == Posting.id)
        .where(Memorandum.supporter_id == Supporter.id, Memorandum.state == State.POSTED)
    )
    became_due = sa.select(Memorandum.due_at).where(
        Memorandum.supporter_id == Supporter.id, Memorandum.state == State.DUE
    )
    where: dict[Gap, tuple[sa.ColumnElement[datetime] | sa.ColumnElement[date], sa.ColumnElement[bool]]] = {
        Gap.NOT_WATCHING: (
            Supporter.registered_at.expression,
            sa.and_(undecided, sa.not_(_has_sent()), sa.not_(_has_watched())),
        ),
        Gap.NOT_ANSWERING: (last_watched, sa.and_(undecided, sa.not_(_has_sent()), _has_watched())),
        Gap.NOT_FINISHING: (last_sent, sa.and_(undecided, _has_sent(), sa.not_(one_short), sa.not_(_is_being_read()))),
        Gap.ONE_SHORT: (last_sent, sa.and_(undecided, one_short)),
        Gap.NO_ADDRESS: (
            became_due.limit(1).scalar_subquery(),
            sa.and_(_on_the_way(), Supporter.postal_code.is_(None)),
        ),
        Gap.NOT_RETURNED: (posted_on.limit(1).scalar_subquery(), _on_the_way()),
    }
    found = []
    for gap, (since, stands_there) in where.items():
        moment = now - timedelta(days=STILL_FOR[gap])
        before = tokyo_day(moment) if gap is Gap.NOT_RETURNED else moment
        rows = session.execute(
            sa.select(Supporter.id, Supporter.display_name, since.label("since"), sa.func.count().over())
            .where(stands_there, since < before)
            .order_by(sa.literal_column("since"), Supporter.id)
            .limit(NAMED)
        ).all()
        if rows:
            found.append(StuckPeople(gap, rows[0][3], [Still(*row[:3]) for row in rows]))
    return found


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


def _one_short(session: Session, *, on: date) -> sa.ColumnElement[bool]:
    """Whether all but one of the surveys that are required today have been sent."""
    found = qualification.programme_on(session, on=on)
    required: Iterable[str] = required_surveys(found[1], on=on) if found else ()
    codes = sorted(required)
    if len(codes) < 2:
        return sa.false()
    sent = (
        sa.select(sa.func.count())
        .select_from(Response)
        .join(Lecture, Response.lecture_id == Lecture.id)
        .where(Response.supporter_id == Supporter.id, Response.state.in_(SENT), Lecture.code.in_(codes))
    )
    return sent.scalar_subquery() == len(codes) - 1
