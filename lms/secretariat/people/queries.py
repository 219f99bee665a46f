"""The list of people: who is meant by the filters, a page of them, all of them for a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, load_only

from lms.kernel import keyset
from lms.kernel.clock import TOKYO
from lms.kernel.identity import Role, SupporterId
from lms.kernel.keyset import Order, Slice
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
# Not the secrets: each would be decrypted for every row.
SHOWN = (
    Supporter.id,
    Supporter.network_id,
    Supporter.email,
    Supporter.display_name,
    Supporter.name_kana,
    Supporter.locale,
    Supporter.wish,
    Supporter.experience_declared,
    Supporter.experience_confirmed_at,
    Supporter.postal_code,
    Supporter.registered_at,
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
    """A page of people, and how many there are, at most one more than are counted."""

    rows: list[PersonRow]
    slice: Slice
    total: int


def people(session: Session, wanted: Filters, *, at: str | None, needs: Needs, on: date) -> PeoplePage:
    """The page of the list that begins at a place. The same number of queries for one row and for many."""
    found = _found(session, wanted, on=on)
    page = keyset.page_of(session, _whole(found, needs), order=ORDERS[wanted.sort], at=at, size=PAGE)
    rows = _rows(session, page.rows, needs=needs, on=on)
    return PeoplePage(rows, page, keyset.count_up_to(session, found))


def everybody(session: Session, wanted: Filters, *, needs: Needs, on: date) -> Iterator[PersonRow]:
    """The whole list, in portions, for a file."""
    found, at = _whole(_found(session, wanted, on=on), needs), None
    while True:
        page = keyset.page_of(session, found, order=ORDERS[wanted.sort], at=at, size=PORTION)
        yield from _rows(session, page.rows, needs=needs, on=on)
        at = page.following
        if at is None:
            return


def ids(session: Session, wanted: Filters, *, on: date) -> sa.Select[tuple[SupporterId]]:
    """The ids of all who are meant."""
    return _found(session, wanted, on=on).with_only_columns(Supporter.id)


def _found(session: Session, wanted: Filters, *, on: date) -> sa.Select[Any]:
    theirs = sa.select(sa.func.max(Memorandum.year)).where(Memorandum.supporter_id == Supporter.id)
    newest = theirs.correlate(Supporter).scalar_subquery()
    return (
        sa.select(Supporter.id)
        .outerjoin(Qualification, Qualification.supporter_id == Supporter.id)
        .outerjoin(Memorandum, sa.and_(Memorandum.supporter_id == Supporter.id, Memorandum.year == newest))
        .outerjoin(Standing, sa.and_(Standing.supporter_id == Supporter.id, Standing.until.is_(None)))
        .where(Supporter.role == Role.SUPPORTER, *_narrowing(session, wanted, on=on))
    )


def _whole(found: sa.Select[Any], needs: Needs) -> sa.Select[Any]:
    shown = load_only(*SHOWN, *([Supporter.phone] if needs.phone else []), raiseload=True)
    columns: tuple[Any, ...] = (Supporter, Qualification, Memorandum.id, Memorandum.year, Memorandum.state)
    return found.with_only_columns(*columns).options(shown)


def _narrowing(session: Session, wanted: Filters, *, on: date) -> Iterator[sa.ColumnElement[bool]]:
    if wanted.text:
        yield from matches(wanted.text)
    if wanted.group is not None:
        yield _in_group(wanted.group)
    if wanted.papers is not None:
        yield Memorandum.state == wanted.papers
    if wanted.why is not None:
        yield qualification.missing_filter(session, wanted.why, wanted.lecture, only=wanted.only, on=on)
    if wanted.year is not None:
        yield Qualification.rule_year == wanted.year
    if wanted.language is not None:
        yield Supporter.locale == wanted.language
    if wanted.since is not None:
        yield Supporter.registered_at >= _begin_of(wanted.since)
    if wanted.until is not None:
        yield Supporter.registered_at < _begin_of(wanted.until + timedelta(days=1))


def _begin_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=TOKYO)


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
            return sa.and_(
                Supporter.experience_declared,
                Supporter.experience_confirmed_at.is_(None),
                Supporter.wish == Wish.ACCOMPANY,
            )


def _rows(session: Session, found: Sequence[Any], *, needs: Needs, on: date) -> list[PersonRow]:
    supporters = [row[0].id for row in found]
    assessments = qualification.assessments(session, supporters=supporters, on=on) if needs.assessment else {}
    return [
        PersonRow(
            id=person.id,
            name=person.display_name,
            name_kana=person.name_kana,
            network_id=person.network_id,
            email=person.email,
            phone=person.phone if needs.phone else None,
            locale=person.locale,
            registered_at=person.registered_at,
            qualified_at=decision.decided_at if decision else None,
            rule_year=decision.rule_year if decision else None,
            route=decision.route if decision else None,
            memorandum=state,
            number=number_of(year, memorandum_id) if state else None,
            assessment=assessments.get(person.id),
        )
        for person, decision, memorandum_id, year, state, *_ in found
    ]


def years(session: Session) -> Sequence[int]:
    """The 年度 by whose rules people have qualified, the newest first."""
    return session.scalars(sa.select(Qualification.rule_year).distinct().order_by(Qualification.rule_year.desc())).all()
