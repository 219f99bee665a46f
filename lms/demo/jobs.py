"""The demo's recordings: each is made by the worker, then prepared like any other upload."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses import queries, services
from courses.models import Recording, Viewing
from courses.probe import probe
from courses.watching.rules import is_watched
from courses.words import lecture_label
from lms.demo import captions, recordings
from lms.demo.people import WATCHED
from lms.kernel import clock
from lms.kernel.i18n import text_in
from lms.kernel.work import Job, Lane, owe
from lms.supporters.models import Supporter
from lms.web.context import house

MAKE = "demo.make_recording"
# The lecture that the demo's trainee has still to watch comes first.
FIRST = "basic-2"


def owe_recordings(session: Session, *, now: datetime) -> None:
    """Owe a recording of every lecture."""
    codes = [lecture.code for lecture in queries.lectures(session)]
    for code in sorted(codes, key=lambda code: code != FIRST):
        owe(session, MAKE, key=f"demo-recording:{code}", lane=Lane.SLOW, now=now, lecture=code)


def make_recording(job: Job) -> None:
    """Make one lecture's film and take it in. It may run twice: the second time finds the first's recording."""
    code: str = job.arguments["lecture"]
    storage = house().storage
    with job.database.read() as session:
        lecture = queries.lecture(session, code)
        if queries.recordings(session, lecture_id=lecture.id):
            return
    source_key = captions.source_key(code)
    target = storage.workplace(source_key)
    recordings.make(
        code,
        title=text_in(lecture.titles, "ja"),
        target=target,
        series_label=f"伴走支援講座 {lecture_label(lecture.series.labels, lecture.number, 'ja')}",
    )
    seen = probe(target)
    storage.keep(source_key)
    with job.transaction() as session:
        recording = services.add_recording(
            session,
            lecture_id=lecture.id,
            source_key=source_key,
            file_name=f"{code}.mp4",
            probe=seen,
            by=None,
            now=clock.now(),
        )
        captions.add(session, recording=recording, lecture=lecture, now=clock.now())
        _watch(session, recording, code=code, now=clock.now())


def _watch(session: Session, recording: Recording, *, code: str, now: datetime) -> None:
    """What the demo's people have seen of it."""
    for email, shares in WATCHED.items():
        share = shares.get(code)
        person = session.scalar(select(Supporter.id).where(Supporter.email == email))
        if share is None or person is None:
            continue
        end = round(recording.duration_ms * share)
        session.add(
            Viewing(
                supporter_id=person,
                recording_id=recording.id,
                intervals=[[0, end]],
                unverified=[],
                covered_ms=end,
                position_ms=0 if share == 1 else end,
                play_session="demo",
                sequence=0,
                covered_at=now if is_watched(end, recording.duration_ms) else None,
                position_at=now,
            )
        )
