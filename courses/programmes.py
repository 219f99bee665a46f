"""The versions of what programmes say: kept for good, the newest unfolded into the tables that everything reads."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from courses.models import ExemptionRow, Lecture, NotViewableRow, ProgrammeRow, ProgrammeVersion
from courses.programme_file import Exemption, NotViewable, ProgrammeEntry
from lms.kernel.db import insert_once
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.identity import SupporterId


def programme_of(session: Session, code: str) -> ProgrammeRow:
    """A programme. Raises NotFound."""
    found = session.scalar(sa.select(ProgrammeRow).where(ProgrammeRow.code == code))
    if found is None:
        raise NotFound("There is no such programme.")
    return found


def all_programmes(session: Session) -> Sequence[ProgrammeRow]:
    """Every programme, the one that began last first."""
    return session.scalars(sa.select(ProgrammeRow).order_by(ProgrammeRow.first_day.desc(), ProgrammeRow.id)).all()


def versions(session: Session, programme_id: int) -> Sequence[ProgrammeVersion]:
    """All versions of a programme, the newest first."""
    wanted = sa.select(ProgrammeVersion).where(ProgrammeVersion.programme_id == programme_id)
    return session.scalars(wanted.order_by(ProgrammeVersion.number.desc())).all()


def newest(session: Session, programme_id: int) -> ProgrammeVersion:
    """The version whose rules hold now."""
    wanted = sa.select(ProgrammeVersion).where(ProgrammeVersion.programme_id == programme_id)
    return session.scalars(wanted.order_by(ProgrammeVersion.number.desc()).limit(1)).one()


def entry_of(programme: ProgrammeRow, version: ProgrammeVersion) -> ProgrammeEntry:
    """What a version says."""
    return ProgrammeEntry.from_json(programme.code, version.rules)


def save(
    session: Session, *, entry: ProgrammeEntry, seen: int, note: str, by: SupporterId | None, now: datetime
) -> ProgrammeVersion:
    """A new version of a programme, or the first of a new one, unfolded.

    `seen` is the number of the version that was changed, 0 for a new programme. Raises Conflict when somebody else has
    saved one since.
    """
    said = _columns(entry)
    insert_once(session, ProgrammeRow, code=entry.code, **said)
    row = programme_of(session, entry.code)
    version = {"rules": entry.to_json(), "note": note, "saved_at": now, "saved_by_id": by}
    # The number is what two people meet at: the second is refused before anything of theirs is unfolded.
    if not insert_once(session, ProgrammeVersion, programme_id=row.id, number=seen + 1, **version):
        raise Conflict("Somebody else has changed this programme meanwhile. Look at their version first.")
    for name, value in said.items():
        setattr(row, name, value)
    _unfold_dates(session, row.id, entry)
    session.info.pop("programmes", None)
    return newest(session, row.id)


def load(session: Session, entry: ProgrammeEntry, *, now: datetime) -> None:
    """What a file says becomes a version, unless it says so already or people have edited the programme."""
    row = session.scalar(sa.select(ProgrammeRow).where(ProgrammeRow.code == entry.code))
    kept = newest(session, row.id) if row else None
    if kept is None:
        save(session, entry=entry, seen=0, note="", by=None, now=now)
    elif kept.saved_by_id is None and kept.rules != entry.to_json():
        save(session, entry=entry, seen=kept.number, note="", by=None, now=now)


def unread_files(session: Session, entries: Iterable[ProgrammeEntry]) -> list[str]:
    """Codes of programmes whose file has changed since people began to edit them: what it says now is not read."""
    found = []
    for entry in entries:
        row = session.scalar(sa.select(ProgrammeRow).where(ProgrammeRow.code == entry.code))
        if row is None:
            continue
        kept = versions(session, row.id)
        of_file = next((version for version in kept if version.saved_by_id is None), None)
        if kept[0].saved_by_id is not None and of_file is not None and of_file.rules != entry.to_json():
            found.append(entry.code)
    return found


def _columns(entry: ProgrammeEntry) -> dict[str, Any]:
    return {
        "titles": dict(entry.title),
        "first_day": entry.first_day,
        "last_day": entry.last_day,
        "required": list(entry.required),
        "confirmation": entry.confirmation,
        "require_watched": dict(entry.require_watched),
        "honorarium": [[rate.minutes_from, rate.yen] for rate in entry.honorarium],
        "claim_within_months": entry.claim_within_months,
        "earlier": entry.earlier,
    }


def _unfold_dates(session: Session, programme_id: int, entry: ProgrammeEntry) -> None:
    lecture_ids = {row.code: row.id for row in session.execute(sa.select(Lecture.code, Lecture.id))}
    kinds: tuple[tuple[type[ExemptionRow | NotViewableRow], Sequence[Exemption | NotViewable]], ...] = (
        (ExemptionRow, entry.exemptions),
        (NotViewableRow, entry.not_viewable),
    )
    for kind, dated in kinds:
        session.execute(sa.delete(kind).where(kind.programme_id == programme_id))
        for one in dated:
            place = {"programme_id": programme_id, "lecture_id": lecture_ids[one.lecture]}
            session.add(kind(**place, first=one.first, last=one.last, reasons=dict(one.reason)))
    session.flush()
