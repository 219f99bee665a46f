"""Questions about captions and chapters: frozen rows out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from courses import queries as courses
from courses.captions import languages, search
from courses.captions.markup import Piece, parse
from courses.captions.rules import CaptionKind, CaptionState
from courses.captions.webvtt import Cue, kept
from courses.models import Caption, CaptionLine, Lecture, Recording, Series
from courses.rules import RecordingState

MOST_HITS = 200
Texts = Mapping[str, str]


@dataclass(frozen=True)
class Track:
    """Captions or chapters that the player may load, at `<the lecture's address>/<url>`."""

    kind: CaptionKind
    language: str

    @property
    def url(self) -> str:
        """The last parts of its address."""
        return f"{self.kind}/{self.language}.vtt"

    @property
    def tag(self) -> str:
        """For `srclang` and `lang`."""
        return languages.tag_of(self.language)

    @property
    def label(self) -> str:
        """The language's own name."""
        return languages.own_name(self.language)


@dataclass(frozen=True)
class Line:
    """What is said from a moment on, in milliseconds of the film."""

    start: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Hit:
    """A caption in which a word was found."""

    lecture: str
    titles: Texts
    labels: Texts
    number: int
    language: str
    start_ms: int
    pieces: tuple[Piece, ...]


def tracks(session: Session, recording_id: int) -> list[Track]:
    """What people can read beside a recording: captions first, languages as the site offers them. One query."""
    wanted = sa.select(Caption.kind, Caption.language).where(
        Caption.recording_id == recording_id, Caption.state == CaptionState.SHOWN
    )
    found = [Track(kind, language) for kind, language in session.execute(wanted)]
    return sorted(found, key=lambda track: (track.kind, languages.in_order(track.language)))


def shown(session: Session, *, lecture: str, kind: CaptionKind, language: str) -> Caption | None:
    """The captions people read with a lecture's published recording."""
    wanted = sa.select(Caption).join(Recording, Caption.recording_id == Recording.id)
    return session.scalar(
        wanted.join(Lecture, Recording.lecture_id == Lecture.id).where(
            Lecture.code == lecture,
            Recording.state == RecordingState.PUBLISHED,
            Caption.kind == kind,
            Caption.language == language,
            Caption.state == CaptionState.SHOWN,
        )
    )


def cues(caption: Caption | None) -> tuple[Cue, ...]:
    """What it says, and when."""
    return kept(caption.webvtt) if caption else ()


def saying(session: Session, caption: Caption | None, *, words: str) -> list[Line]:
    """Where it says `words`."""
    if caption is None:
        return []
    lines = sa.select(CaptionLine.start_ms, CaptionLine.text).where(CaptionLine.caption_id == caption.id)
    found = lines.where(CaptionLine.words.contains(search.fold(words), autoescape=True)).order_by(CaptionLine.number)
    return [Line(start, parse(text).pieces) for start, text in session.execute(found)]


def of_recording(session: Session, recording_id: int) -> list[Caption]:
    """All captions and chapters of a recording, drafts too."""
    found = session.scalars(sa.select(Caption).where(Caption.recording_id == recording_id))
    return sorted(found, key=lambda caption: (caption.kind, languages.in_order(caption.language)))


def one(
    session: Session, *, recording_id: int, kind: CaptionKind, language: str, for_update: bool = False
) -> Caption | None:
    """Captions or chapters of a recording in a language, shown or a draft."""
    wanted = sa.select(Caption).where(
        Caption.recording_id == recording_id, Caption.kind == kind, Caption.language == language
    )
    return session.scalar(wanted.with_for_update() if for_update else wanted)


def earlier_version(session: Session, recording: Recording) -> Recording | None:
    """The newest earlier recording of the same lecture that has captions or chapters which this one lacks."""
    mine = aliased(Caption)
    have = sa.exists().where(
        mine.recording_id == recording.id, mine.kind == Caption.kind, mine.language == Caption.language
    )
    captioned = sa.exists().where(Caption.recording_id == Recording.id, ~have)
    wanted = sa.select(Recording).where(
        Recording.lecture_id == recording.lecture_id, Recording.number < recording.number, captioned
    )
    return session.scalar(wanted.order_by(Recording.number.desc()).limit(1))


def languages_shown(session: Session) -> list[str]:
    """Languages in which any lecture has captions."""
    wanted = (
        sa.select(Caption.language)
        .distinct()
        .join(Recording, Caption.recording_id == Recording.id)
        .where(Recording.state == RecordingState.PUBLISHED, Caption.state == CaptionState.SHOWN)
        .where(Caption.kind == CaptionKind.CAPTIONS)
    )
    return sorted(session.scalars(wanted), key=languages.in_order)


def find(session: Session, *, words: str, language: str | None, hidden_on: date | None) -> list[Hit]:
    """Captions that say `words`, in order, at most `MOST_HITS`: in one language or in all.

    Lectures that cannot be watched in the 年度 of `hidden_on` are left out. Two queries whatever is found.
    """
    wanted = search.fold(words)
    hidden = courses.hidden_lectures(session, on=hidden_on) if hidden_on else {}
    if not wanted:
        return []
    found = (
        sa.select(Lecture, Series, Caption.language, CaptionLine.start_ms, CaptionLine.text)
        .join(Caption, CaptionLine.caption_id == Caption.id)
        .join(Recording, Caption.recording_id == Recording.id)
        .join(Lecture, Recording.lecture_id == Lecture.id)
        .join(Series, Lecture.series_id == Series.id)
        .where(
            CaptionLine.words.contains(wanted, autoescape=True),
            Recording.state == RecordingState.PUBLISHED,
            Caption.state == CaptionState.SHOWN,
            Caption.kind == CaptionKind.CAPTIONS,
            Lecture.id.not_in(hidden.keys()),
        )
        .order_by(Series.position, Lecture.number, Caption.language, CaptionLine.number)
        .limit(MOST_HITS)
    )
    rows = session.execute(found if language is None else found.where(Caption.language == language))
    return [
        Hit(
            lecture=lecture.code,
            titles=lecture.titles,
            labels=series.labels,
            number=lecture.number,
            language=spoken,
            start_ms=start_ms,
            pieces=parse(text).pieces,
        )
        for lecture, series, spoken, start_ms, text in rows
    ]


def without_lines(session: Session) -> Sequence[Caption]:
    """Captions that the search does not know yet."""
    known = sa.exists().where(CaptionLine.caption_id == Caption.id)
    return session.scalars(sa.select(Caption).where(Caption.kind == CaptionKind.CAPTIONS, ~known)).all()
