"""Background work of captions: listening to a recording, and making known to the search what it has missed."""

from time import monotonic

import structlog

from courses import queries as courses
from courses.captions import queries, services, speech
from courses.captions.rules import CaptionKind
from courses.rules import RecordingState
from lms.kernel import clock
from lms.kernel.i18n import DEFAULT
from lms.kernel.work import Job
from lms.web.context import house

log = structlog.get_logger()

SWEEP = "captions.sweep"
PROGRESS_SECONDS = 1.0


def hear(job: Job) -> None:
    """Draft Japanese captions of one recording. It may run twice: captions that are there by then stay as they are."""
    recording_id: int = job.arguments["recording_id"]
    model = house().settings.speech_model
    with job.database.read() as session:
        recording = courses.recording(session, recording_id)
        there = queries.one(session, recording_id=recording_id, kind=CaptionKind.CAPTIONS, language=DEFAULT)
    if there or model is None or recording.state is not RecordingState.PUBLISHED:
        return
    told = monotonic()

    def on_share(share: float) -> None:
        nonlocal told
        if monotonic() - told >= PROGRESS_SECONDS:
            told = monotonic()
            job.progress(share)

    with house().storage.fetched(f"{recording.folder}/fallback.mp4") as film:
        cues = speech.cues_of(speech.words_in(film, model=model, on_share=on_share))
    if not cues:
        log.warning("nothing heard", recording=recording_id)
        return
    with job.transaction() as session:
        services.add_draft(session, recording_id=recording_id, language=DEFAULT, cues=cues, now=clock.now())


def sweep(job: Job) -> None:
    """Captions that the search does not know, such as those of an earlier version of the site."""
    with job.transaction() as session:
        for caption in queries.without_lines(session):
            services.index(session, caption)
