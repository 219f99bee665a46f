"""What the desk shows: counts of what waits, people with where they stand."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from courses import queries as courses
from courses.models import Recording
from courses.rules import RecordingState
from lms.kernel.identity import Role, SupporterId, parse_network_id
from lms.kernel.work import OwedWork
from lms.memoranda.models import Memorandum
from lms.memoranda.rules import State
from lms.qualification import queries as qualification
from lms.qualification.models import Qualification
from lms.qualification.rules import Assessment
from lms.supporters.models import Standing, Supporter
from lms.supporters.rules import Wish
from surveys import queries as surveys
from surveys.models import Response
from surveys.rules import ResponseState

PAGE = 50


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
            count(
                Supporter.experience_declared,
                Supporter.experience_confirmed_at.is_(None),
                Supporter.wish == Wish.ACCOMPANY,
            ),
            count(Memorandum.state == State.DUE, Memorandum.pack_key.is_not(None)),
            count(Memorandum.state == State.PRINTED),
            count(Memorandum.state == State.RETURNED),
            count(Memorandum.state == State.CHECKED),
            count(Recording.state == RecordingState.PREPARING),
            count(OwedWork.gave_up_at.is_not(None)),
        )
    ).one()
    return Waiting(*row)


def people(session: Session, *, search: str, on: date, page: int) -> tuple[list[PersonRow], int]:
    """A page of supporters, newest first, and how many there are.

    The same number of queries for one row and for many.
    """
    found = sa.select(Supporter).where(Supporter.role == Role.SUPPORTER)
    if search:
        part = search.lower()
        found = found.where(
            sa.or_(
                sa.func.lower(Supporter.display_name).contains(part, autoescape=True),
                sa.func.lower(Supporter.name_kana).contains(part, autoescape=True),
                Supporter.network_id.contains(parse_network_id(search) or part, autoescape=True),
                Supporter.email.contains(part, autoescape=True),
            )
        )
    total = session.scalar(sa.select(sa.func.count()).select_from(found.subquery())) or 0
    theirs = sa.select(sa.func.max(Memorandum.year)).where(Memorandum.supporter_id == Supporter.id)
    newest = theirs.correlate(Supporter).scalar_subquery()
    papers = sa.and_(Memorandum.supporter_id == Supporter.id, Memorandum.year == newest)
    open_standing = sa.and_(Standing.supporter_id == Supporter.id, Standing.until.is_(None))
    rows = session.execute(
        found.add_columns(Qualification.decided_at, Memorandum.state, Standing.kind)
        .outerjoin(Qualification, Qualification.supporter_id == Supporter.id)
        .outerjoin(Memorandum, papers)
        .outerjoin(Standing, open_standing)
        .order_by(Supporter.registered_at.desc(), Supporter.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
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
