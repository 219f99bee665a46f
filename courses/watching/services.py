"""What can be done with a watch record: take a player's report, attest that somebody saw a lecture elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from courses import queries
from courses.models import Attestation
from courses.watching import rules, store
from courses.watching.rules import Interval, Report, Segment
from courses.watching.store import SittingRow, ViewingRow
from lms.kernel.db import insert_once
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.history import record
from lms.kernel.identity import SupporterId
from lms.supporters import queries as supporters


@dataclass(frozen=True)
class Recorded:
    """What of a recording somebody has seen by now; times in milliseconds.

    `is_covered` also holds for a lecture that was watched in another version or attested.
    """

    intervals: list[list[int]]
    unverified: list[list[int]]
    covered_ms: int
    duration_ms: int
    is_covered: bool


def record_watched(
    session: Session, *, supporter: SupporterId, lecture: str, report: Report, opened_at: datetime, now: datetime
) -> Recorded:
    """Add played intervals to what somebody has seen of a recording, also of one that was replaced while it played.

    `opened_at` is what the report's ticket says. Raises NotFound for another lecture's recording, Invalid for what
    cannot have been played. The same report again changes nothing; reports may come late and in any order, and those of
    one person wait for one another. What cannot be afforded is kept as unverified.
    """
    connection = session.connection()
    film = store.film_for(connection, supporter=supporter, lecture=lecture, recording=report.recording)
    if film is None:
        raise NotFound("There is no such recording.")
    played = rules.checked_intervals(report.intervals, duration=film.duration_ms)
    position = rules.checked_position(report.position, duration=film.duration_ms)
    opened_at = min(opened_at, now)
    happened_at = max(opened_at, now - timedelta(milliseconds=report.late_ms))
    viewing = store.viewing_of(connection, supporter=supporter, film=film.id) or _new_viewing(
        supporter, film.id, report, at=opened_at
    )
    sitting = store.sitting_of(connection, supporter=supporter, play_session=report.play_session) or _new_sitting(
        supporter, film.id, report, opened_at=opened_at, at=happened_at
    )
    if sitting.recording_id != film.id:
        raise Invalid(rules.UNREADABLE)
    if rules.subtract([(report.sequence, report.sequence + 1)], _pairs(sitting.reports)):
        affordable_ms = min(_budget(connection, sitting, now=now), rules.playable(report.wall_ms))
        credited = rules.credit(_pairs(viewing.intervals), played, affordable_ms=affordable_ms)
        _note_in_sitting(sitting, report, rules.subtract(played, credited.beyond), at=happened_at)
        sitting.credited_ms += credited.credited_ms
        _note_in_viewing(viewing, credited)
        _note_position(viewing, report, position, at=happened_at)
        is_new = viewing.covered_at is None and rules.is_watched(viewing.covered_ms, film.duration_ms)
        if is_new:
            viewing.covered_at = now
        number = store.write(connection, viewing, sitting)
        if is_new:
            record(session, "viewing.covered", by=supporter, subject=number, now=now, lecture=lecture)
    return Recorded(
        viewing.intervals,
        viewing.unverified,
        viewing.covered_ms,
        film.duration_ms,
        is_covered=film.was_covered or viewing.covered_at is not None,
    )


def _new_viewing(supporter: SupporterId, film: int, report: Report, *, at: datetime) -> ViewingRow:
    return ViewingRow(
        id=None,
        supporter_id=supporter,
        recording_id=film,
        intervals=[],
        unverified=[],
        covered_ms=0,
        position_ms=0,
        position_at=at,
        play_session=report.play_session,
        sequence=-1,
        covered_at=None,
    )


def _new_sitting(supporter: SupporterId, film: int, report: Report, *, opened_at: datetime, at: datetime) -> SittingRow:
    return SittingRow(
        id=None,
        supporter_id=supporter,
        recording_id=film,
        play_session=report.play_session,
        opened_at=opened_at,
        first_at=at,
        last_at=at,
        segments=[],
        reports=[],
        credited_ms=0,
        rate=report.rate,
    )


def _budget(connection: sa.Connection, sitting: SittingRow, *, now: datetime) -> int:
    """How much new film can be credited to a sitting now, in milliseconds.

    Raises Invalid when more pages were opened than anybody opens.
    """
    since = min(sitting.opened_at, now - rules.BUDGET_WINDOW)
    openings = store.openings_since(connection, supporter=sitting.supporter_id, since=since)
    if len(openings) == rules.MOST_OPENINGS:
        raise Invalid(rules.UNREADABLE)
    return rules.affordable(openings, opened_at=sitting.opened_at, now=now)


def _note_in_sitting(sitting: SittingRow, report: Report, played: list[Interval], *, at: datetime) -> None:
    number = (report.sequence, report.sequence + 1)
    sitting.reports = _kept(rules.merge([*_pairs(sitting.reports), number]))
    segments = rules.arranged([Segment(*s) for s in sitting.segments], played, sequence=report.sequence)
    sitting.segments = _kept(segments)
    begun_at = max(sitting.opened_at, at - timedelta(milliseconds=report.wall_ms))
    sitting.first_at, sitting.last_at = min(sitting.first_at, begun_at), max(sitting.last_at, at)
    sitting.rate = report.rate


def _note_in_viewing(viewing: ViewingRow, credited: rules.Credit) -> None:
    unverified = rules.subtract([*_pairs(viewing.unverified), *credited.beyond], credited.seen)
    viewing.intervals, viewing.unverified = _kept(credited.seen), _kept(unverified)
    viewing.covered_ms += credited.credited_ms


def _note_position(viewing: ViewingRow, report: Report, position: int, *, at: datetime) -> None:
    """Go on next time where they stood last, which is not always what was reported last."""
    if viewing.play_session == report.play_session:
        is_newer = report.sequence > viewing.sequence
    else:
        is_newer = at >= viewing.position_at
    if is_newer:
        viewing.position_ms, viewing.position_at = position, at
        viewing.play_session, viewing.sequence = report.play_session, report.sequence


def _pairs(intervals: Sequence[Sequence[int]]) -> list[Interval]:
    return [(start, end) for start, end in intervals]


def _kept(pieces: Iterable[tuple[int, ...]]) -> list[list[int]]:
    """Pieces as a row keeps them. Raises Invalid when there are more than anybody leaves behind."""
    found = [list(piece) for piece in pieces]
    if len(found) > rules.MOST_PIECES:
        raise Invalid(rules.UNREADABLE)
    return found


def attest(
    session: Session, *, supporter: SupporterId, lecture: str, reason: str, by: SupporterId, now: datetime
) -> None:
    """Confirm that somebody saw a lecture elsewhere; from then on it counts as watched.

    Raises Conflict the second time.
    """
    is_first = insert_once(
        session,
        Attestation,
        supporter_id=supporters.supporter(session, supporter).id,
        lecture_id=queries.lecture(session, lecture).id,
        reason=reason,
        by_id=by,
        attested_at=now,
    )
    if not is_first:
        raise Conflict("It has been confirmed already that this person saw the lecture.")
    record(session, "supporter.lecture_attested", by=by, subject=supporter, now=now, lecture=lecture)
