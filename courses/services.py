"""What can be done with lectures: take in a recording, publish it, record what was watched."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses import queries, rules
from courses.models import Caption, Recording, Upload, Viewing, WatchAllowance
from courses.probe import Probe
from courses.rules import RecordingState
from courses.transcode import Package
from lms.kernel.db import insert_once
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.history import record
from lms.kernel.identity import SupporterId
from lms.kernel.storage import FileStorage
from lms.kernel.work import Lane, owe
from lms.supporters import queries as supporters

TRANSCODE = "courses.transcode_recording"
POSITION_SLACK_MS = 1500


def new_upload_path(storage: FileStorage) -> Path:
    """A place for a file on its way in; its name is the upload's key."""
    path = storage.path(f"uploads/{secrets.token_hex(16)}")
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def begin_upload(
    session: Session, *, lecture: str, key: str, file_name: str, size: int, limit: int, by: SupporterId, now: datetime
) -> Upload:
    """A place for a file on its way in; sizes in bytes. Raises Invalid for an empty or too large one."""
    if size <= 0:
        raise Invalid("The file is empty. Choose the recording again.")
    if size > limit:
        raise Invalid("The file is larger than %(limit)d MB, which is the most this site takes.", limit=limit // 10**6)
    upload = Upload(
        key=key,
        lecture_id=queries.lecture(session, lecture).id,
        supporter_id=by,
        file_name=file_name,
        size=size,
        begun_at=now,
    )
    session.add(upload)
    session.flush()
    return upload


def finish_upload(session: Session, *, upload: Upload, probe: Probe, now: datetime) -> Recording:
    """The uploaded file becomes a recording that is owed its transcode; finishing twice gives the same recording."""
    if upload.recording_id is not None:
        return queries.recording(session, upload.recording_id)
    found = add_recording(
        session,
        lecture_id=upload.lecture_id,
        source_key=upload.storage_key,
        file_name=upload.file_name,
        probe=probe,
        by=upload.supporter_id,
        now=now,
    )
    upload.recording_id = found.id
    return found


def add_recording(
    session: Session,
    *,
    lecture_id: int,
    source_key: str,
    file_name: str,
    probe: Probe,
    by: SupporterId | None,
    now: datetime,
    captions: Mapping[str, str] | None = None,
) -> Recording:
    """The next version of a lecture's recording, owed its transcode.

    The one people watch stays until this one is ready.
    """
    versions = [r.number for r in queries.recordings(session, lecture_id=lecture_id)]
    recording = Recording(
        key=secrets.token_hex(16),
        lecture_id=lecture_id,
        number=max(versions, default=0) + 1,
        state=RecordingState.PREPARING,
        file_name=file_name,
        source_key=source_key,
        duration_ms=probe.duration_ms,
        width=probe.width,
        height=probe.height,
        has_audio=probe.has_audio,
        package={},
        added_at=now,
    )
    session.add(recording)
    session.flush()
    for language, webvtt in (captions or {}).items():
        session.add(Caption(recording_id=recording.id, language=language, webvtt=webvtt))
    owe(session, TRANSCODE, key=recording.work_key, lane=Lane.SLOW, now=now, recording_id=recording.id)
    record(
        session, "recording.added", by=by, subject=recording.id, now=now, lecture=lecture_id, number=recording.number
    )
    return recording


def publish(session: Session, *, recording_id: int, package: Package, now: datetime) -> None:
    """The prepared recording becomes the one people watch; the one before it is replaced, its viewings kept."""
    recording = queries.recording(session, recording_id)
    if recording.state is RecordingState.PUBLISHED:
        return
    _check_step(recording, RecordingState.PUBLISHED)
    for other in queries.recordings(session, lecture_id=recording.lecture_id):
        if other.state is RecordingState.PUBLISHED:
            _check_step(other, RecordingState.REPLACED)
            other.state = RecordingState.REPLACED
    session.flush()  # the one-published constraint must see the old one go first
    recording.state, recording.published_at = RecordingState.PUBLISHED, now
    recording.duration_ms = package.duration_ms
    recording.package = asdict(package)
    record(session, "recording.published", by=None, subject=recording.id, now=now)


def fail(session: Session, *, recording_id: int, failure: str, now: datetime) -> None:
    """A recording that could not be prepared, with the English msgid of the reason."""
    recording = queries.recording(session, recording_id)
    _check_step(recording, RecordingState.FAILED)
    recording.state, recording.failure = RecordingState.FAILED, failure
    record(session, "recording.failed", by=None, subject=recording.id, now=now)


def _check_step(recording: Recording, wanted: RecordingState) -> None:
    if wanted not in rules.NEXT[recording.state]:
        raise Conflict("The recording has changed meanwhile. Look at it again.")


def record_watched(
    session: Session,
    *,
    supporter: SupporterId,
    lecture: str,
    recording_key: str,
    intervals: Sequence[Sequence[object]],
    position: int,
    play_session: str,
    sequence: int,
    now: datetime,
) -> Viewing:
    """Add played intervals to what somebody has seen of a recording, also of one that was replaced while it played.

    Raises NotFound for another lecture's recording, Invalid for intervals that cannot have been played. The same report
    again adds nothing; reports may come late and in any order, and two tabs wait for one another at the row. What goes
    beyond the person's allowance is kept as unverified.
    """
    film = session.scalar(select(Recording).where(Recording.key == recording_key))
    if film is None or film.lecture_id != queries.lecture(session, lecture).id or film.published_at is None:
        raise NotFound("There is no such recording.")
    played = rules.checked_intervals(intervals, duration=film.duration_ms)
    if not 0 <= position <= film.duration_ms + POSITION_SLACK_MS:
        raise Invalid("The report of what was watched cannot be read.")
    allowance = _allowance(session, supporter=supporter, now=now)
    insert_once(
        session,
        Viewing,
        supporter_id=supporter,
        recording_id=film.id,
        intervals=[],
        unverified=[],
        covered_ms=0,
        position_ms=0,
        play_session=play_session,
        sequence=-1,
        updated_at=now,
    )
    mine = select(Viewing).where(Viewing.supporter_id == supporter, Viewing.recording_id == film.id)
    viewing = session.scalars(mine.with_for_update()).one()
    credited = rules.credit(_pairs(viewing.intervals), played, allowance_ms=allowance.allowance_ms)
    allowance.allowance_ms = credited.allowance_ms
    viewing.intervals = [list(i) for i in credited.seen]
    claimed = [*_pairs(viewing.unverified), *credited.beyond]
    viewing.unverified = [list(i) for i in rules.subtract(claimed, credited.seen)]
    viewing.covered_ms = rules.covered_ms(credited.seen)
    viewing.updated_at = now
    if viewing.play_session != play_session or sequence > viewing.sequence:
        viewing.play_session, viewing.sequence = play_session, sequence
        viewing.position_ms = min(position, film.duration_ms)
    if viewing.covered_at is None and rules.is_watched(viewing.covered_ms, film.duration_ms):
        viewing.covered_at = now
        record(session, "viewing.covered", by=supporter, subject=viewing.id, now=now, lecture=lecture)
    return viewing


def _allowance(session: Session, *, supporter: SupporterId, now: datetime) -> WatchAllowance:
    """The person's allowance, refilled up to now and locked; it begins with the registration."""
    registered_at = supporters.supporter(session, supporter).registered_at
    insert_once(session, WatchAllowance, supporter_id=supporter, allowance_ms=0, counted_at=registered_at)
    mine = select(WatchAllowance).where(WatchAllowance.supporter_id == supporter)
    row = session.scalars(mine.with_for_update()).one()
    row.allowance_ms = rules.refill(row.allowance_ms, since=row.counted_at, now=now)
    row.counted_at = max(row.counted_at, now)
    return row


def _pairs(intervals: Sequence[Sequence[int]]) -> list[rules.Interval]:
    return [(start, end) for start, end in intervals]
