"""Who could get this year's papers."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.kernel.clock import fiscal_year
from lms.kernel.identity import Role, SupporterId
from lms.memoranda.models import Memorandum
from lms.memoranda.rules import Route
from lms.qualification.models import Qualification
from lms.qualification.renewal.rules import Before, WhyNot, why_not
from lms.supporters.models import Standing, Supporter
from lms.supporters.rules import StandingKind, Wish


@dataclass(frozen=True)
class Candidate:
    """Somebody who qualified in an earlier year and has no papers of this one.

    `last_year` is the 年度 of the newest papers, `why_not` None for whoever is proposed.
    """

    supporter: SupporterId
    name: str
    network_id: str
    has_address: bool
    route: Route
    last_year: int
    memorandum_id: int
    returned_on: date | None
    why_not: WhyNot | None


def candidates(session: Session, *, on: date) -> list[Candidate]:
    """Everybody who could get the papers of the 年度 of this day, those who are proposed first. One query."""
    year = fiscal_year(on)
    wanted = (
        sa.select(Supporter, Qualification.route, Standing.kind, Memorandum)
        .join(Qualification, Qualification.supporter_id == Supporter.id)
        .join(Memorandum, Memorandum.supporter_id == Supporter.id)
        .outerjoin(Standing, sa.and_(Standing.supporter_id == Supporter.id, Standing.until.is_(None)))
        .where(Supporter.role == Role.SUPPORTER)
        .order_by(Supporter.name_kana, Supporter.id, Memorandum.year.desc())
    )
    found = []
    for _, rows in groupby(session.execute(wanted), key=lambda row: row[0].id):
        person, route, standing, newest = next(rows)
        if newest.year < year:
            found.append(_candidate(person, route, standing, newest, on=on))
    return sorted(found, key=lambda one: one.why_not is not None)


def _candidate(
    person: Supporter, route: Route, standing: StandingKind | None, newest: Memorandum, *, on: date
) -> Candidate:
    before = Before(
        wishes_to_accompany=person.wish is Wish.ACCOMPANY,
        is_trainee=standing is StandingKind.TRAINEE,
        papers=newest.state,
        returned_on=newest.returned_on,
    )
    return Candidate(
        supporter=person.id,
        name=person.display_name,
        network_id=person.network_id,
        has_address=person.postal_address is not None,
        route=route,
        last_year=newest.year,
        memorandum_id=newest.id,
        returned_on=newest.returned_on,
        why_not=why_not(before, on=on),
    )
