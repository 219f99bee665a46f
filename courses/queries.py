"""Questions about programmes, lectures, recordings and viewings: frozen rows out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload

from courses import rules
from courses.models import (
    Attestation,
    ExemptionRow,
    Lecture,
    NotViewableRow,
    ProgrammeRow,
    Recording,
    Series,
    Upload,
    Viewing,
)
from courses.rules import Exemption, NotViewable, Programme, RecordingState
from courses.watching.rules import Interval, covered_ms, share_of
from lms.kernel.errors import NotFound
from lms.kernel.identity import SupporterId

Texts = Mapping[str, str]


@dataclass(frozen=True)
class LectureRow:
    """A lecture as pages list it.

    `not_viewable` holds the reason in every language where it cannot be watched this year. `unverified_ms` was reported
    by a player beyond what time allows, and is not in `intervals`. `covered_at` is when the lecture first counted as
    watched, in whichever version, or was attested to be.
    """

    code: str
    series: str
    series_titles: Texts
    series_labels: Texts
    number: int
    titles: Texts
    summaries: Texts
    not_viewable: Texts | None
    recording: str | None
    duration_ms: int
    intervals: tuple[Interval, ...]
    unverified_ms: int
    position_ms: int
    covered_at: datetime | None
    attested_at: datetime | None

    @property
    def share(self) -> float:
        """How much of the current recording was played, 0 to 1."""
        return share_of(covered_ms(self.intervals), self.duration_ms)


def programmes(session: Session) -> dict[int, Programme]:
    """Every programme by its row id, as values for the rules. Four queries, once a session."""
    if "programmes" not in session.info:
        session.info["programmes"] = _programmes(session)
    return cast("dict[int, Programme]", session.info["programmes"])


def _programmes(session: Session) -> dict[int, Programme]:
    codes = {row.id: row.code for row in session.execute(sa.select(Lecture.id, Lecture.code))}
    exemptions: dict[int, list[Exemption]] = {}
    for e in session.scalars(sa.select(ExemptionRow)):
        exemptions.setdefault(e.programme_id, []).append(Exemption(codes[e.lecture_id], e.first, e.last))
    hidden: dict[int, list[NotViewable]] = {}
    for n in session.scalars(sa.select(NotViewableRow)):
        hidden.setdefault(n.programme_id, []).append(NotViewable(codes[n.lecture_id], n.first, n.last))
    return {
        row.id: Programme(
            code=row.code,
            first_day=row.first_day,
            last_day=row.last_day,
            required=tuple(row.required),
            confirmation=row.confirmation,
            exemptions=tuple(exemptions.get(row.id, ())),
            not_viewable=tuple(hidden.get(row.id, ())),
            require_watched=row.require_watched,
            earlier=row.earlier,
        )
        for row in session.scalars(sa.select(ProgrammeRow).order_by(ProgrammeRow.id))
    }


def programme_row(session: Session, *, on: date) -> ProgrammeRow | None:
    """The row of the programme whose rules hold on a day."""
    found = rules.programme_for(programmes(session).values(), on=on)
    return session.scalar(sa.select(ProgrammeRow).where(ProgrammeRow.code == found.code)) if found else None


def lecture_rows(session: Session, *, supporter: SupporterId, on: date) -> list[LectureRow]:
    """All lectures in order, with what `supporter` has seen. Three queries."""
    hidden = hidden_lectures(session, on=on)
    rows = session.execute(
        sa.select(Lecture, Recording, Viewing, Attestation.attested_at)
        .join(Lecture.series)
        .options(contains_eager(Lecture.series))
        .outerjoin(Recording, sa.and_(Recording.lecture_id == Lecture.id, Recording.state == RecordingState.PUBLISHED))
        .outerjoin(Viewing, sa.and_(Viewing.recording_id == Recording.id, Viewing.supporter_id == supporter))
        .outerjoin(Attestation, sa.and_(Attestation.lecture_id == Lecture.id, Attestation.supporter_id == supporter))
        .order_by(Series.position, Lecture.number)
    )
    covered = _covered_since(session, supporter)
    return [_lecture_row(*row, not_viewable=hidden.get(row[0].id), covered_at=covered.get(row[0].id)) for row in rows]


def _lecture_row(
    lecture: Lecture,
    recording: Recording | None,
    viewing: Viewing | None,
    attested_at: datetime | None,
    *,
    not_viewable: Texts | None,
    covered_at: datetime | None,
) -> LectureRow:
    return LectureRow(
        code=lecture.code,
        series=lecture.series.code,
        series_titles=lecture.series.titles,
        series_labels=lecture.series.labels,
        number=lecture.number,
        titles=lecture.titles,
        summaries=lecture.summaries,
        not_viewable=not_viewable,
        recording=recording.key if recording else None,
        duration_ms=recording.duration_ms if recording else 0,
        intervals=tuple((a, b) for a, b in viewing.intervals) if viewing else (),
        unverified_ms=covered_ms((a, b) for a, b in viewing.unverified) if viewing else 0,
        position_ms=viewing.position_ms if viewing else 0,
        covered_at=min(filter(None, (covered_at, attested_at)), default=None),
        attested_at=attested_at,
    )


def lecture_row(session: Session, *, code: str, supporter: SupporterId, on: date) -> LectureRow:
    """One lecture as its page shows it. Raises NotFound."""
    return lecture_among(lecture_rows(session, supporter=supporter, on=on), code=code)[1]


def lecture_among(rows: Sequence[LectureRow], *, code: str) -> tuple[LectureRow | None, LectureRow, LectureRow | None]:
    """A lecture with the one before and the one after it. Raises NotFound."""
    for before, row, after in zip((None, *rows), rows, (*rows[1:], None), strict=False):
        if row.code == code:
            return before, row, after
    raise NotFound("There is no such lecture.")


def hidden_lectures(session: Session, *, on: date) -> dict[int, Texts]:
    """Lecture ids that cannot be watched on a day, each with the reason."""
    hidden = sa.select(NotViewableRow).join(ProgrammeRow, NotViewableRow.programme_id == ProgrammeRow.id)
    running = sa.and_(ProgrammeRow.first_day <= on, ProgrammeRow.last_day >= on)
    rows = session.scalars(hidden.where(running, NotViewableRow.first <= on, NotViewableRow.last >= on))
    return {row.lecture_id: row.reasons for row in rows}


def _covered_since(session: Session, supporter: SupporterId) -> dict[int, datetime]:
    """When each lecture first counted as watched, in whichever version."""
    earliest = (
        sa.select(Recording.lecture_id, sa.func.min(Viewing.covered_at))
        .join(Recording, Viewing.recording_id == Recording.id)
        .where(Viewing.supporter_id == supporter, Viewing.covered_at.is_not(None))
        .group_by(Recording.lecture_id)
    )
    return {lecture_id: at for lecture_id, at in session.execute(earliest) if at is not None}


def best_share(session: Session, *, code: str, supporter: SupporterId) -> float:
    """How much of a lecture somebody has seen, 0 to 1: of the version of which they saw most, or all if attested."""
    mine = sa.select(Attestation.id).join(Lecture, Attestation.lecture_id == Lecture.id)
    if session.scalar(mine.where(Lecture.code == code, Attestation.supporter_id == supporter)) is not None:
        return 1.0
    seen = sa.select(Viewing.covered_ms, Recording.duration_ms).join(Recording, Viewing.recording_id == Recording.id)
    mine_seen = seen.join(Lecture, Recording.lecture_id == Lecture.id).where(
        Lecture.code == code, Viewing.supporter_id == supporter
    )
    return max((share_of(covered, duration) for covered, duration in session.execute(mine_seen)), default=0.0)


def shares(
    session: Session, *, lectures: Iterable[str], supporters: Sequence[SupporterId] | None = None
) -> dict[SupporterId, dict[str, float]]:
    """`best_share` of these lectures for many people (all by default), without those who have seen nothing.

    Two queries, none if no lecture is named.
    """
    wanted = list(lectures)
    if not wanted:
        return {}
    seen = (
        sa.select(Viewing.supporter_id, Lecture.code, Viewing.covered_ms, Recording.duration_ms)
        .join(Recording, Viewing.recording_id == Recording.id)
        .join(Lecture, Recording.lecture_id == Lecture.id)
        .where(Lecture.code.in_(wanted))
    )
    attested = (
        sa.select(Attestation.supporter_id, Lecture.code, sa.literal(1), sa.literal(1))
        .join(Lecture, Attestation.lecture_id == Lecture.id)
        .where(Lecture.code.in_(wanted))
    )
    if supporters is not None:
        seen = seen.where(Viewing.supporter_id.in_(supporters))
        attested = attested.where(Attestation.supporter_id.in_(supporters))
    found: dict[SupporterId, dict[str, float]] = {}
    for query in (seen, attested):
        for supporter, code, covered, duration in session.execute(query):
            mine = found.setdefault(supporter, {})
            mine[code] = max(mine.get(code, 0.0), share_of(covered, duration))
    return found


def lecture(session: Session, code: str) -> Lecture:
    """The lecture of a code with its series. Raises NotFound."""
    wanted = sa.select(Lecture).where(Lecture.code == code).options(joinedload(Lecture.series))
    found = session.scalar(wanted)
    if found is None:
        raise NotFound("There is no such lecture.")
    return found


def lectures(session: Session) -> Sequence[Lecture]:
    """All lectures in order, with their series."""
    wanted = sa.select(Lecture).join(Lecture.series).options(joinedload(Lecture.series))
    return session.scalars(wanted.order_by(Series.position, Lecture.number)).all()


def published(session: Session, code: str) -> Recording | None:
    """The recording people watch now."""
    wanted = sa.select(Recording).join(Lecture, Recording.lecture_id == Lecture.id)
    return session.scalar(wanted.where(Lecture.code == code, Recording.state == RecordingState.PUBLISHED))


def preparing(session: Session, code: str) -> Recording | None:
    """The newest recording that is being prepared."""
    wanted = sa.select(Recording).join(Lecture, Recording.lecture_id == Lecture.id)
    waiting = wanted.where(Lecture.code == code, Recording.state == RecordingState.PREPARING)
    return session.scalar(waiting.order_by(Recording.number.desc()).limit(1))


def recordings(session: Session, *, lecture_id: int | None = None) -> Sequence[Recording]:
    """Recordings, newest first; of one lecture or of all."""
    wanted = sa.select(Recording).order_by(Recording.lecture_id, Recording.number.desc())
    return session.scalars(wanted if lecture_id is None else wanted.where(Recording.lecture_id == lecture_id)).all()


def recording(session: Session, recording_id: int) -> Recording:
    """A recording. Raises NotFound."""
    found = session.get(Recording, recording_id)
    if found is None:
        raise NotFound("There is no such recording.")
    return found


def upload(session: Session, *, key: str, supporter: SupporterId, for_update: bool = False) -> Upload:
    """An upload of one's own. Raises NotFound."""
    mine = sa.select(Upload).where(Upload.key == key, Upload.supporter_id == supporter)
    found = session.scalar(mine.with_for_update() if for_update else mine)
    if found is None:
        raise NotFound("There is no such upload. Choose the file again.")
    return found
