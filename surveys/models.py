"""Tables: the versions of each lecture's survey, and the responses."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.models import Lecture
from lms.kernel.db import Base, Id, SupporterRef, Versioned
from lms.kernel.identity import SupporterId
from surveys.rules import ResponseState


class SurveyVersion(Base):
    """The questions about one lecture as they stood from `since` on.

    Never changed, so that old answers keep their meaning.
    """

    __tablename__ = "survey_version"
    __table_args__ = (sa.UniqueConstraint("lecture_id", "number"),)

    id: Mapped[Id]
    lecture_id: Mapped[int] = mapped_column(sa.ForeignKey("lecture.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    since: Mapped[datetime]


class Response(Versioned, Base):
    """One supporter's answers about one lecture: {question code: value}.

    `submitted_at` is when it was first sent and decides for which year it counts: a return for a small correction
    does not move it, nor does the day on which the secretariat reads it (PRODUCT.md R2).
    """

    __tablename__ = "response"
    __table_args__ = (
        sa.UniqueConstraint("supporter_id", "lecture_id"),
        sa.CheckConstraint("state = 'draft' OR submitted_at IS NOT NULL", "sent_has_date"),
        sa.CheckConstraint("state <> 'draft' OR submitted_at IS NULL", "draft_has_no_date"),
        sa.CheckConstraint("(state = 'accepted') = (accepted_at IS NOT NULL)", "accepted_has_date"),
        sa.CheckConstraint("state <> 'returned' OR comment IS NOT NULL", "returned_says_why"),
        sa.Index("ix_response_state_submitted_at", "state", "submitted_at", "id"),
        # Whole rows are heavy with answers: who has answered what is read from here alone.
        sa.Index("ix_response_supporter_id_lecture_id_state", "supporter_id", "lecture_id", "state", "submitted_at"),
    )

    id: Mapped[Id]
    supporter_id: Mapped[SupporterRef]
    lecture_id: Mapped[int] = mapped_column(sa.ForeignKey("lecture.id"))
    survey_version_id: Mapped[int] = mapped_column(sa.ForeignKey("survey_version.id"))
    state: Mapped[ResponseState]
    answers: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[SupporterId | None] = mapped_column(sa.ForeignKey("supporter.id"))
    comment: Mapped[str | None]
    lecture: Mapped[Lecture] = relationship(lazy="raise_on_sql")
    survey_version: Mapped[SurveyVersion] = relationship(lazy="raise_on_sql")
