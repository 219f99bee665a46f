"""Tables: what a programme says, lectures, recordings with captions, uploads under way, viewings."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.captions.rules import CaptionKind, CaptionState
from courses.rules import Confirmation, Earlier, RecordingState
from lms.kernel.db import Base, Id, SupporterRef, Versioned
from lms.kernel.identity import SupporterId

Texts = dict[str, Any]


class Series(Base):
    """基礎編 or 応用編."""

    __tablename__ = "series"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int]
    titles: Mapped[Texts]
    labels: Mapped[Texts]


class Lecture(Base):
    """One of the lectures of a series; its code is in URLs and never changes."""

    __tablename__ = "lecture"
    __table_args__ = (sa.UniqueConstraint("series_id", "number"),)

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    series_id: Mapped[int] = mapped_column(sa.ForeignKey("series.id"))
    number: Mapped[int]
    titles: Mapped[Texts]
    summaries: Mapped[Texts]
    series: Mapped[Series] = relationship(lazy="raise_on_sql")


class ProgrammeRow(Base):
    """A programme by its newest version.

    `honorarium` is [[minutes from, yen], …], lowest first; claims are filed within `claim_within_months`.
    """

    __tablename__ = "programme"
    __table_args__ = (sa.CheckConstraint("first_day <= last_day", "ends_after_it_began"),)

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    titles: Mapped[Texts]
    first_day: Mapped[date]
    last_day: Mapped[date]
    required: Mapped[list[Any]]
    confirmation: Mapped[Confirmation]
    require_watched: Mapped[dict[str, Any]]
    honorarium: Mapped[list[Any]]
    claim_within_months: Mapped[int]
    earlier: Mapped[Earlier]


class ProgrammeVersion(Base):
    """What a programme said from `saved_at` on, whole and never changed; its rows hold the newest version unfolded.

    `rules` is `ProgrammeEntry.to_json()`. `saved_by_id` is empty for a version that was read from a file.
    """

    __tablename__ = "programme_version"
    __table_args__ = (
        sa.UniqueConstraint("programme_id", "number"),
        sa.CheckConstraint("number > 0", "counts_from_one"),
        sa.CheckConstraint("saved_by_id IS NULL OR note <> ''", "people_say_why"),
    )

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"))
    number: Mapped[int]
    rules: Mapped[dict[str, Any]]
    note: Mapped[str]
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[SupporterId | None] = mapped_column(sa.ForeignKey("supporter.id"))


class ExemptionRow(Base):
    """Days on which a required survey is not required."""

    __tablename__ = "survey_exemption"
    __table_args__ = (
        sa.UniqueConstraint("programme_id", "lecture_id", "first"),
        sa.CheckConstraint("first <= last", "ends_after_it_began"),
    )

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"))
    lecture_id: Mapped[int] = mapped_column(sa.ForeignKey("lecture.id"))
    first: Mapped[date]
    last: Mapped[date]
    reasons: Mapped[Texts]


class NotViewableRow(Base):
    """Days on which a lecture cannot be watched, with the reason people are told."""

    __tablename__ = "not_viewable"
    __table_args__ = (
        sa.UniqueConstraint("programme_id", "lecture_id", "first"),
        sa.CheckConstraint("first <= last", "ends_after_it_began"),
    )

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"))
    lecture_id: Mapped[int] = mapped_column(sa.ForeignKey("lecture.id"))
    first: Mapped[date]
    last: Mapped[date]
    reasons: Mapped[Texts]


class Recording(Base):
    """One version of a lecture's film. `source_key` is what was uploaded, `key` the folder of what people stream.

    `package` is the transcode's own account of what it made (`courses.transcode.Package`), empty until then.
    """

    __tablename__ = "recording"
    __table_args__ = (
        sa.UniqueConstraint("lecture_id", "number"),
        sa.CheckConstraint("duration_ms > 0", "has_a_length"),
        sa.CheckConstraint("(state IN ('published', 'replaced')) = (published_at IS NOT NULL)", "published_has_date"),
        sa.CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", "failed_says_why"),
        sa.Index(
            "uq_recording_one_published",
            "lecture_id",
            unique=True,
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        ),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    lecture_id: Mapped[int] = mapped_column(sa.ForeignKey("lecture.id"))
    number: Mapped[int]
    state: Mapped[RecordingState]
    file_name: Mapped[str]
    source_key: Mapped[str]
    duration_ms: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    has_audio: Mapped[bool]
    package: Mapped[dict[str, Any]]
    added_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    failure: Mapped[str | None]

    @property
    def folder(self) -> str:
        """Storage key of the streamed files."""
        return f"recordings/{self.key}"

    @property
    def work_key(self) -> str:
        """The key under which its transcode is owed."""
        return f"transcode:{self.id}"


class Caption(Versioned, Base):
    """Captions or chapters of a recording in one language, as WebVTT written by us.

    `language` is the code of a language of the site or a BCP-47 tag. A draft was written by the speech recogniser.
    """

    __tablename__ = "caption"
    __table_args__ = (
        sa.UniqueConstraint("recording_id", "kind", "language", name="uq_caption_recording_id_kind_language"),
        sa.CheckConstraint("kind = 'captions' OR state = 'shown'", "drafts_are_captions"),
        sa.CheckConstraint("webvtt <> ''", "says_something"),
    )

    id: Mapped[Id]
    recording_id: Mapped[int] = mapped_column(sa.ForeignKey("recording.id"))
    kind: Mapped[CaptionKind]
    language: Mapped[str]
    state: Mapped[CaptionState]
    webvtt: Mapped[str]
    updated_at: Mapped[datetime]
    updated_by_id: Mapped[SupporterId | None] = mapped_column(sa.ForeignKey("supporter.id"))
    version: Mapped[int]


class CaptionLine(Base):
    """One caption for the search over all lectures, made from `Caption.webvtt` whenever that is saved.

    `text` is its WebVTT text, `words` the same folded as `captions/search.py` compares it.
    """

    __tablename__ = "caption_line"

    caption_id: Mapped[int] = mapped_column(sa.ForeignKey("caption.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    start_ms: Mapped[int]
    text: Mapped[str]
    words: Mapped[str]


class Upload(Base):
    """A file on its way in; the bytes are in storage under `uploads/<key>`, and their number is how far it has come."""

    __tablename__ = "upload"
    __table_args__ = (sa.CheckConstraint("size > 0", "is_not_empty"),)

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    lecture_id: Mapped[int] = mapped_column(sa.ForeignKey("lecture.id"))
    supporter_id: Mapped[SupporterRef]
    file_name: Mapped[str]
    size: Mapped[int]
    begun_at: Mapped[datetime]
    recording_id: Mapped[int | None] = mapped_column(sa.ForeignKey("recording.id"))

    @property
    def storage_key(self) -> str:
        """Where its bytes are."""
        return f"uploads/{self.key}"


class Viewing(Base):
    """What of one recording somebody has played: disjoint half-open intervals in milliseconds of media time.

    `unverified` is what a player reported beyond what time allows: kept and shown, not counted. `covered_at` is set
    once, when enough was played, and never taken back. `position_ms` is where to go on: where they stood at
    `position_at`, as report `sequence` of `play_session` told.
    """

    __tablename__ = "viewing"
    __table_args__ = (
        sa.UniqueConstraint("supporter_id", "recording_id"),
        sa.CheckConstraint("covered_ms >= 0 AND position_ms >= 0", "counts_from_zero"),
        sa.Index("ix_viewing_recording_id", "recording_id"),
    )

    id: Mapped[Id]
    supporter_id: Mapped[SupporterRef]
    recording_id: Mapped[int] = mapped_column(sa.ForeignKey("recording.id"))
    intervals: Mapped[list[Any]]
    unverified: Mapped[list[Any]]
    covered_ms: Mapped[int]
    position_ms: Mapped[int]
    position_at: Mapped[datetime]
    play_session: Mapped[str]
    sequence: Mapped[int]
    covered_at: Mapped[datetime | None]


class Sitting(Base):
    """One page on which somebody played a recording, from when it was opened: the evidence behind a viewing.

    `segments` are [first report, last report, start, end] in the order in which they were played, times in milliseconds
    of media time; they may overlap. `reports` are the numbers of the reports taken, as half-open intervals.
    `credited_ms` is how much new film it brought; playing began at `first_at` and ended at `last_at`.
    """

    __tablename__ = "sitting"
    __table_args__ = (
        sa.UniqueConstraint("supporter_id", "play_session"),
        sa.CheckConstraint("credited_ms >= 0", "counts_from_zero"),
        sa.CheckConstraint("first_at <= last_at", "ends_after_it_began"),
        sa.CheckConstraint("rate > 0", "moves_forward"),
        sa.Index("ix_sitting_supporter_id_opened_at", "supporter_id", "opened_at"),
        sa.Index("ix_sitting_recording_id", "recording_id"),
    )

    id: Mapped[Id]
    supporter_id: Mapped[SupporterRef]
    recording_id: Mapped[int] = mapped_column(sa.ForeignKey("recording.id"))
    play_session: Mapped[str]
    opened_at: Mapped[datetime]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    segments: Mapped[list[Any]]
    reports: Mapped[list[Any]]
    credited_ms: Mapped[int]
    rate: Mapped[float]


class Attestation(Base):
    """The secretariat's word that somebody has seen a lecture elsewhere, with the reason."""

    __tablename__ = "attestation"
    __table_args__ = (
        sa.UniqueConstraint("supporter_id", "lecture_id"),
        sa.CheckConstraint("reason <> ''", "has_a_reason"),
    )

    id: Mapped[Id]
    supporter_id: Mapped[SupporterRef]
    lecture_id: Mapped[int] = mapped_column(sa.ForeignKey("lecture.id"))
    reason: Mapped[str]
    by_id: Mapped[SupporterRef]
    attested_at: Mapped[datetime]
