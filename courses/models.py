"""Tables: what a programme says, lectures, recordings with captions, uploads under way, viewings."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.rules import Confirmation, RecordingState
from lms.kernel.db import Base, Id, SupporterRef

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
    """A programme as it was loaded from its file.

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
    """A lecture that cannot be watched in a 年度, with the reason people are told."""

    __tablename__ = "not_viewable"
    __table_args__ = (sa.UniqueConstraint("programme_id", "lecture_id", "year"),)

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"))
    lecture_id: Mapped[int] = mapped_column(sa.ForeignKey("lecture.id"))
    year: Mapped[int]
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


class Caption(Base):
    """Captions of a recording in one language, as WebVTT."""

    __tablename__ = "caption"
    __table_args__ = (sa.UniqueConstraint("recording_id", "language"),)

    id: Mapped[Id]
    recording_id: Mapped[int] = mapped_column(sa.ForeignKey("recording.id"))
    language: Mapped[str]
    webvtt: Mapped[str]


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


class WatchAllowance(Base):
    """How much new film somebody may be credited with, in milliseconds, as it was counted last."""

    __tablename__ = "watch_allowance"
    __table_args__ = (sa.CheckConstraint("allowance_ms >= 0", "is_not_overdrawn"),)

    supporter_id: Mapped[SupporterRef] = mapped_column(primary_key=True)
    allowance_ms: Mapped[int]
    counted_at: Mapped[datetime]


class Viewing(Base):
    """What of one recording somebody has played: disjoint half-open intervals in milliseconds of media time.

    `unverified` is what a player reported beyond what time allows: kept and shown, not counted. `covered_at` is set
    once, when enough was played, and never taken back.
    """

    __tablename__ = "viewing"
    __table_args__ = (
        sa.UniqueConstraint("supporter_id", "recording_id"),
        sa.CheckConstraint("covered_ms >= 0 AND position_ms >= 0", "counts_from_zero"),
    )

    id: Mapped[Id]
    supporter_id: Mapped[SupporterRef]
    recording_id: Mapped[int] = mapped_column(sa.ForeignKey("recording.id"))
    intervals: Mapped[list[Any]]
    unverified: Mapped[list[Any]]
    covered_ms: Mapped[int]
    position_ms: Mapped[int]
    play_session: Mapped[str]
    sequence: Mapped[int]
    covered_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
