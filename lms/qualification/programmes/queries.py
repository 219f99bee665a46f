"""Questions about programmes for the pages on which they are read and edited."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from courses import programmes
from courses.models import ProgrammeRow, ProgrammeVersion
from courses.programme_file import ProgrammeEntry
from lms.kernel.clock import day_after
from lms.kernel.errors import NotFound
from lms.kernel.identity import SupporterId
from lms.qualification.models import Qualification
from lms.supporters.models import Supporter


@dataclass(frozen=True)
class VersionRow:
    """A version as it is listed; `by` is empty for one that was read from a file."""

    number: int
    saved_at: datetime
    by: str | None
    note: str
    decided: int


@dataclass(frozen=True)
class Whole:
    """A programme with the version that is read or edited, and how many versions there are."""

    row: ProgrammeRow
    entry: ProgrammeEntry
    number: int
    newest: int


def whole(session: Session, code: str, *, number: int | None = None) -> Whole:
    """A programme by one of its versions, the newest by default. Raises NotFound."""
    row = programmes.programme_of(session, code)
    kept = programmes.versions(session, row.id)
    version = next((one for one in kept if number in {None, one.number}), None)
    if version is None:
        raise NotFound("There is no such version.")
    return Whole(row, programmes.entry_of(row, version), version.number, kept[0].number)


def version_rows(session: Session, programme_id: int) -> list[VersionRow]:
    """The versions of a programme, the newest first, with how many people qualified by each. One query."""
    decided = sa.select(sa.func.count()).where(Qualification.programme_version_id == ProgrammeVersion.id)
    rows = session.execute(
        sa.select(ProgrammeVersion, Supporter.display_name, decided.scalar_subquery())
        .outerjoin(Supporter, ProgrammeVersion.saved_by_id == Supporter.id)
        .where(ProgrammeVersion.programme_id == programme_id)
        .order_by(ProgrammeVersion.number.desc())
    )
    return [VersionRow(one.number, one.saved_at, name, one.note, count) for one, name, count in rows]


def to_copy(session: Session, *, on: date) -> ProgrammeEntry:
    """What a new programme begins with: the newest one without its dates, to be filled in anew."""
    row = programmes.all_programmes(session)[0]
    kept = programmes.entry_of(row, programmes.newest(session, row.id)).to_json()
    first = max(on, day_after(row.last_day)).isoformat()
    return ProgrammeEntry.from_json(
        "", kept | {"first_day": first, "last_day": first, "exemptions": [], "not_viewable": []}
    )


def names(session: Session, supporters: Iterable[SupporterId]) -> dict[SupporterId, tuple[str, str]]:
    """Name and network ID of some people, or of all if they are many. One query."""
    wanted: Sequence[SupporterId] = list(supporters)
    found = sa.select(Supporter.id, Supporter.display_name, Supporter.network_id)
    if len(wanted) <= 500:  # more would be more parameters than a statement may have
        found = found.where(Supporter.id.in_(wanted))
    return {number: (name, network_id) for number, name, network_id in session.execute(found)}
