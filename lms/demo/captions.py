"""What the demo's recordings say in writing: a greeting, then a caption a point, and a chapter a slide."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from courses import queries as courses
from courses.captions import queries, services
from courses.captions.rules import CaptionKind
from courses.captions.webvtt import Cue, cue, write
from courses.models import Lecture, Recording
from courses.words import lecture_label
from lms.demo.recordings import COMMON, DEMO_LECTURES, POINT_SECONDS, TITLE_SECONDS, DemoLecture
from lms.kernel.furigana import READ
from lms.kernel.i18n import DEFAULT, codes, readings, text_in

COURSE = "{伴走支援講座|ばんそうしえんこうざ}"
SECOND = 1000


def add(session: Session, *, recording: Recording, lecture: Lecture, now: datetime) -> None:
    """Captions and chapters of a sample recording; what a person has changed stays."""
    there = {(one.kind, one.language): one for one in queries.of_recording(session, recording.id)}
    for kind, language, cues in written(lecture):
        found = there.get((kind, language))
        if found is None or (found.updated_by_id is None and found.webvtt != write(cues)):
            seen = found.version if found else 0
            services.save(
                session, recording_id=recording.id, kind=kind, language=language, cues=cues, seen=seen, by=None, now=now
            )


def add_missing(session: Session, *, now: datetime) -> None:
    """The same for every sample recording, for a demo that was set up by an earlier version."""
    for lecture in courses.lectures(session):
        for recording in courses.recordings(session, lecture_id=lecture.id):
            if recording.source_key == source_key(lecture.code):
                add(session, recording=recording, lecture=lecture, now=now)


def source_key(code: str) -> str:
    """Where the sample recording of a lecture lies as it was made."""
    return f"uploads/demo-{code}"


def written(lecture: Lecture) -> Iterator[tuple[CaptionKind, str, tuple[Cue, ...]]]:
    """Captions and chapters in every language of the site in which all its texts are there."""
    shown = DEMO_LECTURES[lecture.code]
    for language in codes():
        if all(language in text for text in shown.texts):
            title = _in_notation(lecture.titles, language)
            labels = {language: _in_notation(lecture.series.labels, language)}
            series = f"{COURSE} {_notation(lecture_label(labels, lecture.number, language))}"
            yield CaptionKind.CAPTIONS, language, tuple(_captions(shown, language, title=title, series=series))
            yield CaptionKind.CHAPTERS, language, tuple(_chapters(shown, language, title=title))


def _captions(shown: DemoLecture, language: str, *, title: str, series: str) -> Iterator[Cue]:
    yield _cue(0, TITLE_SECONDS, COMMON["welcome"][language] % {"series": series, "title": title})
    for start, slide in zip(shown.changes, shown.slides, strict=True):
        for number, point in enumerate(slide.points):
            heading = f"{slide.heading[language]}\n" if number == 0 else ""
            at = start + number * POINT_SECONDS
            yield _cue(at, at + POINT_SECONDS, heading + point[language])


def _chapters(shown: DemoLecture, language: str, *, title: str) -> Iterator[Cue]:
    ends = [*shown.changes, shown.seconds]
    headings = [title, *(slide.heading[language] for slide in shown.slides)]
    for start, end, heading in zip([0.0, *ends], ends, headings, strict=False):
        yield _cue(start, end, heading)


def _cue(start: float, end: float, text: str) -> Cue:
    return cue(round(start * SECOND), round(end * SECOND), text)


def _in_notation(texts: Mapping[str, str], language: str) -> str:
    text = texts.get(language) or _notation(text_in(texts, language))
    return readings().get(text, text) if language == DEFAULT else text


def _notation(text: str) -> str:
    return READ.sub(r"{\1|\2}", text)
