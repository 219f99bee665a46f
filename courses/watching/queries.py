"""Questions about the watch record: one person's record of a lecture, their export, who watched which parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from courses.models import Attestation, Lecture, Recording, Series, Sitting, Viewing
from courses.watching.retention import Retention, played_again, retention
from courses.watching.rules import Interval
from courses.watching.xapi import Sat, Watched
from lms.kernel.identity import Role, SupporterId
from lms.supporters.models import Supporter


@dataclass(frozen=True)
class Version:
    """What somebody has seen of one version of a lecture's recording, with the sittings in which they did."""

    recording: Recording
    viewing: Viewing
    sittings: Sequence[Sitting]


def versions(session: Session, *, supporter: SupporterId, lecture_id: int) -> list[Version]:
    """What somebody has seen of each version of a lecture's recording, the newest first. Two queries."""
    seen = session.execute(
        sa.select(Recording, Viewing)
        .join(Viewing, Viewing.recording_id == Recording.id)
        .where(Recording.lecture_id == lecture_id, Viewing.supporter_id == supporter)
        .order_by(Recording.number.desc())
    ).all()
    sittings = _sittings(session, supporter)
    return [Version(film, viewing, sittings.get(film.id, ())) for film, viewing in seen]


def _sittings(session: Session, supporter: SupporterId) -> dict[int, list[Sitting]]:
    """Somebody's sittings by recording, oldest first."""
    wanted = sa.select(Sitting).where(Sitting.supporter_id == supporter)
    found = session.scalars(wanted.order_by(Sitting.recording_id, Sitting.first_at, Sitting.id))
    return {film: list(theirs) for film, theirs in groupby(found, key=lambda sitting: sitting.recording_id)}


def attestation(session: Session, *, supporter: SupporterId, lecture_id: int) -> Attestation | None:
    """The secretariat's word that somebody saw a lecture elsewhere."""
    wanted = sa.select(Attestation).where(Attestation.supporter_id == supporter)
    return session.scalar(wanted.where(Attestation.lecture_id == lecture_id))


def watched(session: Session, supporter: SupporterId) -> list[Watched]:
    """All that somebody has watched, lecture by lecture and version by version, for the export. Two queries."""
    seen = session.execute(
        sa.select(Lecture, Recording, Viewing)
        .join(Recording, Recording.lecture_id == Lecture.id)
        .join(Viewing, Viewing.recording_id == Recording.id)
        .join(Series, Lecture.series_id == Series.id)
        .where(Viewing.supporter_id == supporter)
        .order_by(Series.position, Lecture.number, Recording.number)
    )
    sittings = _sittings(session, supporter)
    return [
        Watched(
            lecture=lecture.code,
            titles={code: title for code, title in lecture.titles.items() if "@" not in code},
            recording=film.key,
            duration_ms=film.duration_ms,
            covered_at=viewing.covered_at,
            sittings=[
                Sat(s.play_session, s.opened_at, s.first_at, s.last_at, tuple(_parts(s)))
                for s in sittings.get(film.id, ())
            ],
        )
        for lecture, film, viewing in seen
    ]


def retention_of(session: Session, recording: Recording) -> Retention:
    """Which parts of a recording supporters watched, and which of them again. Two queries, however many they are."""
    seen = session.execute(
        sa.select(Viewing.intervals, Viewing.covered_at)
        .join(Supporter, Viewing.supporter_id == Supporter.id)
        .where(Viewing.recording_id == recording.id, Viewing.covered_ms > 0, Supporter.role == Role.SUPPORTER)
    ).all()
    sittings = session.scalars(
        sa.select(Sitting)
        .join(Supporter, Sitting.supporter_id == Supporter.id)
        .where(Sitting.recording_id == recording.id, Supporter.role == Role.SUPPORTER)
        .order_by(Sitting.supporter_id)
    )
    again = [
        played_again(part for sitting in theirs for part in _parts(sitting))
        for _, theirs in groupby(sittings, key=lambda sitting: sitting.supporter_id)
    ]
    return retention(
        [[(start, end) for start, end in intervals] for intervals, _ in seen],
        again,
        covered=sum(covered_at is not None for _, covered_at in seen),
        duration=recording.duration_ms,
    )


def _parts(sitting: Sitting) -> list[Interval]:
    return [(start, end) for _, _, start, end in sitting.segments]
