"""What can be done with lectures: take in a recording, publish it."""

import secrets
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from courses import queries, rules
from courses.models import Recording, Upload
from courses.probe import Probe
from courses.rules import RecordingState
from courses.transcode import Package
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.history import record
from lms.kernel.identity import SupporterId
from lms.kernel.storage import Storage
from lms.kernel.work import Lane, owe

TRANSCODE = "courses.transcode_recording"


def new_upload_path(storage: Storage) -> Path:
    """A place on this machine for a file on its way in; its name is the upload's key."""
    return storage.workplace(f"uploads/{secrets.token_hex(16)}")


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
