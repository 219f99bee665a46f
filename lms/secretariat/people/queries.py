"""The list of people: who is meant by the filters, a page of them, all of them for a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from lms.kernel import keyset
from lms.kernel.clock import begin_of, day_after
from lms.kernel.identity import Role, SupporterId
from lms.kernel.keyset import MOST_INT, Order, Slice
from lms.memoranda.models import Memorandum
from lms.memoranda.rules import Route, State, number_of
from lms.qualification import queries as qualification
from lms.qualification.models import Qualification
from lms.qualification.rules import Assessment
from lms.secretariat.people.filters import Filters, Group, Sort
from lms.supporters.finding import matches
from lms.supporters.models import Standing, Supporter
from lms.supporters.rules import StandingKind, Wish

PAGE = 50
PORTION = 1000

ORDERS = {
    Sort.NEWEST: Order((Supporter.registered_at, Supporter.id), descending=True),
    Sort.NAME: Order((Supporter.sort_name, Supporter.id), secret=True),
    Sort.NETWORK_ID: Order((Supporter.network_id,), secret=True),
}
# Not whole rows: addresses and phone numbers would be decrypted for every one of them.
SHOWN: tuple[Any, ...] = (
    Supporter.id,
    Supporter.network_id,
    Supporter.email,
    Supporter.display_name,
    Supporter.name_kana,
    Supporter.locale,
    Supporter.registered_at,
    Qualification.decided_at,
    Qualification.rule_year,
    Qualification.route,
    Memorandum.id.label("memorandum_id"),
    Memorandum.year,
    Memorandum.state,
)


@dataclass(frozen=True)
class PersonRow:
    """Somebody as the list shows them; `assessment` is there if a column needs it, `phone` likewise."""

    id: SupporterId
    name: str
    name_kana: str
    network_id: str
    email: str
    phone: str | None
    locale: str
    registered_at: datetime
    qualified_at: datetime | None
    rule_year: int | None
    route: Route | None
    memorandum: State | None
    number: str | None
    assessment: Assessment | None


@dataclass(frozen=True)
class Needs:
    """What the columns that are seen ask for beyond the row itself."""

    assessment: bool = True
    phone: bool = False


@dataclass(frozen=True)
class PeoplePage:
    """A page of people, and where it lies in the list."""

    rows: list[PersonRow]
    slice: Slice


def people(session: Session, wanted: Filters, *, at: str | None, needs: Needs, on: date) -> PeoplePage:
    """The page of the list that begins at a place. The same number of queries for one row and for many."""
    found = keyset.page_of(
        session, ids(session, wanted, on=on), order=ORDERS[wanted.sort], at=at, size=PAGE, count=True
    )
    return PeoplePage(_rows(session, [row.id for row in found.rows], needs=needs, on=on), found)


def everybody(session: Session, wanted: Filters, *, needs: Needs, on: date) -> Iterator[PersonRow]:
    """The whole list, in portions, for a file."""
    found = ids(session, wanted, on=on)
    for portion in keyset.portions(session, found, order=ORDERS[wanted.sort], size=PORTION):
        yield from _rows(session, [row.id for row in portion], needs=needs, on=on)


def ids(session: Session, wanted: Filters, *, on: date) -> sa.Select[SupporterId]:
    """The ids of all who are meant."""
    return sa.select(Supporter.id).where(Supporter.role == Role.SUPPORTER, *_narrowing(session, wanted, on=on))


def supporters_of(session: Session, numbers: Sequence[int]) -> Sequence[SupporterId]:
    """Those of these numbers that are somebody's on the list."""
    possible = [number for number in numbers if 0 < number <= MOST_INT]
    wanted = sa.select(Supporter.id).where(Supporter.id.in_(possible), Supporter.role == Role.SUPPORTER)
    return session.scalars(wanted.order_by(Supporter.id)).all()


def _narrowing(session: Session, wanted: Filters, *, on: date) -> Iterator[sa.ColumnElement[bool]]:
    if wanted.text:
        yield from matches(wanted.text)
    if wanted.group is not None:
        yield _in_group(wanted.group)
    if wanted.papers is not None:
        yield Supporter.id.in_(_whose_papers_are(wanted.papers))
    if wanted.why is not None:
        yield qualification.missing_filter(session, wanted.why, wanted.lecture, only=wanted.only, on=on)
    if wanted.year is not None:
        yield _has(Qualification, Qualification.rule_year == wanted.year)
    if wanted.language is not None:
        yield Supporter.locale == wanted.language
    if wanted.since is not None:
        yield Supporter.registered_at >= begin_of(wanted.since)
    if wanted.until is not None:
        yield Supporter.registered_at < begin_of(day_after(wanted.until))


def _has(model: type[Qualification | Standing], *where: sa.ColumnExpressionArgument[bool]) -> sa.Exists:
    return sa.exists().where(model.supporter_id == Supporter.id, *where)


def _whose_papers_are(state: State) -> sa.Select[SupporterId]:
    """Of whom the newest memorandum is in a state; found from the memoranda, which are few in most states."""
    newer = aliased(Memorandum)
    is_old = sa.exists().where(newer.supporter_id == Memorandum.supporter_id, newer.year > Memorandum.year)
    return sa.select(Memorandum.supporter_id).where(Memorandum.state == state, ~is_old)


def _in_group(group: Group) -> sa.ColumnElement[bool]:
    qualified, in_training = _has(Qualification), _has(Standing, Standing.until.is_(None))
    match group:
        case Group.QUALIFIED:
            return qualified
        case Group.TRAINEES:
            trainee = _has(Standing, Standing.until.is_(None), Standing.kind == StandingKind.TRAINEE)
            return sa.and_(trainee, ~qualified)
        case Group.LEARNERS:
            return sa.and_(Supporter.wish == Wish.LEARN, ~in_training, ~qualified)
        case Group.ON_THE_WAY:
            return sa.and_(Supporter.wish == Wish.ACCOMPANY, ~in_training, ~qualified)
        case Group.EXPERIENCE:
            return sa.and_(
                Supporter.experience_declared,
                Supporter.experience_confirmed_at.is_(None),
                Supporter.wish == Wish.ACCOMPANY,
            )


def _rows(session: Session, chosen: Sequence[SupporterId], *, needs: Needs, on: date) -> list[PersonRow]:
    """These people as the list shows them, in this order."""
    theirs = sa.select(sa.func.max(Memorandum.year)).where(Memorandum.supporter_id == Supporter.id)
    newest = theirs.correlate(Supporter).scalar_subquery()
    wanted = (
        sa.select(*SHOWN, Supporter.phone if needs.phone else sa.null().label("phone"))
        .outerjoin(Qualification, Qualification.supporter_id == Supporter.id)
        .outerjoin(Memorandum, sa.and_(Memorandum.supporter_id == Supporter.id, Memorandum.year == newest))
        .where(Supporter.id.in_(chosen))
    )
    found = {row.id: row for row in session.execute(wanted)}
    assessments = qualification.assessments(session, supporters=chosen, on=on) if needs.assessment else {}
    return [_row(found[one], assessments.get(one)) for one in chosen if one in found]


def _row(found: Any, assessment: Assessment | None) -> PersonRow:
    return PersonRow(
        id=found.id,
        name=found.display_name,
        name_kana=found.name_kana,
        network_id=found.network_id,
        email=found.email,
        phone=found.phone,
        locale=found.locale,
        registered_at=found.registered_at,
        qualified_at=found.decided_at,
        rule_year=found.rule_year,
        route=found.route,
        memorandum=found.state,
        number=number_of(found.year, found.memorandum_id) if found.state else None,
        assessment=assessment,
    )


def years(session: Session) -> Sequence[int]:
    """The 年度 by whose rules people have qualified, the newest first."""
    return session.scalars(sa.select(Qualification.rule_year).distinct().order_by(Qualification.rule_year.desc())).all()
