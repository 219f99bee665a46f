"""Looking at a changed programme, and saving it: nothing is saved by looking, and nothing granted is taken away."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from courses import programmes
from courses import queries as courses
from courses.models import ProgrammeVersion
from courses.programme_file import ProgrammeEntry
from lms.kernel.clock import tokyo_day
from lms.kernel.history import HistoryEntry, record
from lms.kernel.identity import SupporterId
from lms.kernel.work import owe
from lms.qualification import queries
from lms.qualification.programmes import rules
from lms.qualification.programmes.rules import WhatIf
from lms.qualification.services import settle

SETTLE = "qualification.settle_portion"
STEPS = ("supporter", "response", "qualification", "memorandum", "programme")
PORTION = 100
"""How many people are given what they gain in the transaction that saves; more are given it by owed work."""


@dataclass(frozen=True)
class Looked:
    """What a change would do, and the newest step of the history on which that rests."""

    what_if: WhatIf
    as_of: int


@dataclass(frozen=True)
class Saved:
    """What saving came to: the version, or none if people's standing was no longer what had been looked at."""

    what_if: WhatIf
    version: ProgrammeVersion | None


def look(session: Session, *, entry: ProgrammeEntry, on: date) -> Looked:
    """What saving this would do to everybody. Ten queries, however many people there are; writes nothing."""
    as_of = _newest_step(session)
    old = tuple(courses.programmes(session).values())
    changed = entry.as_rules()
    # In its place, a new one last: of two that begin on the same day the later row counts, here as after saving.
    new = tuple(({programme.code: programme for programme in old} | {entry.code: changed}).values())
    watched = {code for programme in (*old, changed) for code in programme.require_watched}
    found = rules.what_if(
        ((one.supporter, one.person, one.answered) for one in queries.known_of(session, watched=watched)),
        old=old,
        new=new,
        without_papers=queries.qualified_without_memorandum(session),
        on=on,
        said=json.dumps(entry.to_json(), sort_keys=True),
    )
    return Looked(found, as_of)


def _newest_step(session: Session) -> int:
    """The newest step by which somebody's standing may have become another.

    A draft that is begun, or a film that is watched on, changes only why something is missing, not what.
    """
    newest = select(func.max(HistoryEntry.id)).where(HistoryEntry.subject_kind.in_(STEPS))
    return session.scalar(newest) or 0


def save(
    session: Session,
    *,
    entry: ProgrammeEntry,
    seen: int,
    note: str,
    agreed: str,
    looked: Looked,
    by: SupporterId,
    now: datetime,
) -> Saved:
    """A new version, if looking again finds what was `agreed` to (a fingerprint); who gains by it qualifies at once.

    `looked` was found just before this transaction, so that everybody need not be looked at while others wait to write;
    it is done again here only if something has happened since. `seen` is the version that was edited, 0 for a new
    programme. Raises Conflict when it is no longer the newest.
    """
    today = tokyo_day(now)
    is_fresh = _newest_step(session) == looked.as_of
    found = looked.what_if if is_fresh else look(session, entry=entry, on=today).what_if
    if found.fingerprint != agreed:
        return Saved(found, None)
    version = programmes.save(session, entry=entry, seen=seen, note=note, by=by, now=now)
    gain = found.gain_on(today)
    step = "programme.changed" if seen else "programme.begun"
    record(session, step, by=by, subject=version.programme_id, now=now, version=version.number, gain=len(gain))
    if len(gain) <= PORTION:
        settle_portion(session, supporters=gain, by=by, now=now)
    else:
        for begin in range(0, len(gain), PORTION):
            portion = [int(one) for one in gain[begin : begin + PORTION]]
            owe(session, SETTLE, key=f"settle:{version.id}:{begin}", now=now, supporters=portion, by=by)
    return Saved(found, version)


def settle_portion(
    session: Session, *, supporters: Sequence[SupporterId], by: SupporterId | None, now: datetime
) -> None:
    """Give these people what they have earned; again changes nothing."""
    for supporter in supporters:
        settle(session, supporter=supporter, by=by, now=now)


def free_code(session: Session, *, first_day: date) -> str:
    """A code for a new programme that no other has."""
    taken = {row.code for row in programmes.all_programmes(session)}
    wanted = f"programme-{first_day.year}"
    return next(code for n in range(1, len(taken) + 2) if (code := f"{wanted}-{n}" if n > 1 else wanted) not in taken)
