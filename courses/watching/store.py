"""The rows behind a report, read and written without objects in between.

A report comes every ten seconds from everybody who watches. Making a query costs more than asking it, so these are made
once, and the two rows that change are plain values here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from courses.models import Attestation, Lecture, Recording, Sitting, Viewing
from courses.watching.rules import MOST_OPENINGS, Opening
from lms.kernel.identity import SupporterId
from lms.supporters.models import Supporter

Pieces = list[list[int]]


class Film(NamedTuple):
    """A recording: its id, its length in milliseconds, and whether its lecture counts as watched already."""

    id: int
    duration_ms: int
    was_covered: bool


@dataclass
class ViewingRow:
    """What `courses.models.Viewing` keeps; `id` is None until it is written for the first time."""

    id: int | None
    supporter_id: SupporterId
    recording_id: int
    intervals: Pieces
    unverified: Pieces
    covered_ms: int
    position_ms: int
    position_at: datetime
    play_session: str
    sequence: int
    covered_at: datetime | None


@dataclass
class SittingRow:
    """What `courses.models.Sitting` keeps; `id` is None until it is written for the first time."""

    id: int | None
    supporter_id: SupporterId
    recording_id: int
    play_session: str
    opened_at: datetime
    first_at: datetime
    last_at: datetime
    segments: Pieces
    reports: Pieces
    credited_ms: int
    rate: float


def _film() -> sa.Select[int, int, bool]:
    version = aliased(Recording)
    covered = sa.exists().where(
        Viewing.supporter_id == Supporter.id,
        Viewing.covered_at.is_not(None),
        Viewing.recording_id == version.id,
        version.lecture_id == Lecture.id,
    )
    attested = sa.exists().where(Attestation.supporter_id == Supporter.id, Attestation.lecture_id == Lecture.id)
    return (
        sa.select(Recording.id, Recording.duration_ms, sa.or_(covered, attested))
        .join(Lecture, Recording.lecture_id == Lecture.id)
        .join(Supporter, Supporter.id == sa.bindparam("supporter"))
        .where(
            Recording.key == sa.bindparam("recording"),
            Lecture.code == sa.bindparam("lecture"),
            Recording.published_at.is_not(None),
        )
        .with_for_update(of=Supporter, key_share=True)
    )


VIEWINGS, SITTINGS = cast("sa.Table", Viewing.__table__), cast("sa.Table", Sitting.__table__)
FILM = _film()
VIEWING = sa.select(VIEWINGS).where(
    VIEWINGS.c.supporter_id == sa.bindparam("supporter"), VIEWINGS.c.recording_id == sa.bindparam("film")
)
SITTING = sa.select(SITTINGS).where(
    SITTINGS.c.supporter_id == sa.bindparam("supporter"), SITTINGS.c.play_session == sa.bindparam("play_session")
)
OPENINGS = (
    sa.select(SITTINGS.c.opened_at, SITTINGS.c.credited_ms)
    .where(SITTINGS.c.supporter_id == sa.bindparam("supporter"), SITTINGS.c.opened_at >= sa.bindparam("since"))
    .limit(MOST_OPENINGS)
)
WRITE_VIEWING = sa.update(VIEWINGS).where(VIEWINGS.c.id == sa.bindparam("row"))
WRITE_SITTING = sa.update(SITTINGS).where(SITTINGS.c.id == sa.bindparam("row"))


def film_for(connection: sa.Connection, *, supporter: SupporterId, lecture: str, recording: str) -> Film | None:
    """A recording of this lecture that is or was shown. Locks the person until the end of the transaction.

    What they may be credited depends on all their sittings, also on those that another request is about to add.
    """
    wanted = {"supporter": supporter, "lecture": lecture, "recording": recording}
    row = connection.execute(FILM, wanted).one_or_none()
    return Film(row[0], row[1], bool(row[2])) if row else None


def viewing_of(connection: sa.Connection, *, supporter: SupporterId, film: int) -> ViewingRow | None:
    """The person's viewing of a recording."""
    row = connection.execute(VIEWING, {"supporter": supporter, "film": film}).one_or_none()
    return ViewingRow(**row._mapping) if row else None  # noqa: SLF001 – SQLAlchemy's public name for it


def sitting_of(connection: sa.Connection, *, supporter: SupporterId, play_session: str) -> SittingRow | None:
    """The person's sitting of this name."""
    row = connection.execute(SITTING, {"supporter": supporter, "play_session": play_session}).one_or_none()
    return SittingRow(**row._mapping) if row else None  # noqa: SLF001 – SQLAlchemy's public name for it


def openings_since(connection: sa.Connection, *, supporter: SupporterId, since: datetime) -> list[Opening]:
    """The person's sittings on pages opened since then, MOST_OPENINGS of them at most."""
    return [Opening(*row) for row in connection.execute(OPENINGS, {"supporter": supporter, "since": since})]


def write(connection: sa.Connection, viewing: ViewingRow, sitting: SittingRow) -> int:
    """Both rows as they are now. Returns the viewing's id."""
    _write(connection, SITTINGS, WRITE_SITTING, sitting)
    return _write(connection, VIEWINGS, WRITE_VIEWING, viewing)


def _write(connection: sa.Connection, table: sa.Table, update: sa.Update, row: ViewingRow | SittingRow) -> int:
    values = dict(vars(row))
    number = values.pop("id")
    if number is None:
        return int(connection.execute(sa.insert(table).returning(table.c.id), values).scalar_one())
    connection.execute(update, values | {"row": number})
    return int(number)
