"""Background work of courses: preparing a recording for streaming."""

from datetime import timedelta
from time import monotonic

import structlog
from sqlalchemy import select

from courses import queries, services
from courses.models import Recording, Upload
from courses.probe import probe
from courses.rules import RecordingState
from courses.transcode import transcode
from lms.kernel import clock
from lms.kernel.errors import Invalid, msgid
from lms.kernel.work import Job, LeaseLostError, owe_again
from lms.web.context import house

log = structlog.get_logger()

SWEEP = "courses.sweep_recordings"
TRIES = 3
ABANDONED = timedelta(days=7)
PROGRESS_SECONDS = 1.0
NOT_PREPARED = msgid("The recording could not be prepared. Please upload it again, or convert it to MP4 first.")


def transcode_recording(job: Job) -> None:
    """Prepare one recording and publish it. It may run twice: what is published or was given up stays as it is."""
    storage = house().storage
    recording_id: int = job.arguments["recording_id"]
    with job.database.read() as session:
        recording = queries.recording(session, recording_id)
    if recording.state is not RecordingState.PREPARING:
        return
    said = monotonic()

    def on_progress(share: float) -> None:
        nonlocal said
        if monotonic() - said >= PROGRESS_SECONDS:
            said = monotonic()
            job.progress(share)

    try:
        target = storage.workplace(recording.folder)
        with storage.fetched(recording.source_key) as source:
            package = transcode(source, target, probe=probe(source), on_progress=on_progress)
        storage.keep(recording.folder, last="master.m3u8")
    except LeaseLostError:
        raise
    except Exception as error:  # whatever it was: people must not wait for ever for a recording that will not come
        if not isinstance(error, Invalid) and job.attempts < TRIES:
            raise
        log.warning("recording given up", recording=recording_id, exc_info=not isinstance(error, Invalid))
        failure = error.message if isinstance(error, Invalid) and not error.params else NOT_PREPARED
        with job.transaction() as session:
            services.fail(session, recording_id=recording_id, failure=failure, now=clock.now())
        return
    with job.transaction() as session:
        services.publish(session, recording_id=recording_id, package=package, now=clock.now())


def sweep_recordings(job: Job) -> None:
    """Take up again the transcode of every recording that waits for one, and remove what never became a recording."""
    storage, now = house().storage, clock.now()
    with job.transaction() as session:
        for recording in session.scalars(select(Recording).where(Recording.state == RecordingState.PREPARING)):
            owe_again(session, key=recording.work_key, now=now)
        abandoned = select(Upload).where(Upload.recording_id.is_(None), Upload.begun_at < now - ABANDONED)
        for upload in session.scalars(abandoned):
            storage.delete(upload.storage_key)
            session.delete(upload)
