"""Table: the dated decisions that somebody qualifies."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Base, Id, SupporterRef
from lms.kernel.identity import SupporterId
from lms.memoranda.rules import Route


class Qualification(Base):
    """A decision with its evidence: by which route, by the rule of which day and version, which responses.

    It is never taken back silently. The programme is the one whose rule was applied. `evidence` is
    [{response, lecture, submitted_on, accepted_at, accepted_by}]: ids, a code, a Tokyo day, a moment in ISO 8601, and
    whoever accepted it, null where the programme accepts by itself. `confirmed_…`: the experience, on the other route.
    """

    __tablename__ = "qualification"
    __table_args__ = (
        sa.UniqueConstraint("supporter_id"),
        sa.CheckConstraint("(route = 'course') = (evidence_count > 0)", "course_has_evidence"),
        sa.CheckConstraint("(route = 'experienced') = (confirmed_at IS NOT NULL)", "experience_was_confirmed"),
        sa.CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", "confirmed_by_somebody"),
    )

    id: Mapped[Id]
    supporter_id: Mapped[SupporterRef]
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"))
    programme_version_id: Mapped[int] = mapped_column(sa.ForeignKey("programme_version.id"))
    route: Mapped[Route]
    rule_day: Mapped[date]
    rule_year: Mapped[int]
    evidence: Mapped[list[Any]]
    evidence_count: Mapped[int]
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[SupporterId | None] = mapped_column(sa.ForeignKey("supporter.id"))
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[SupporterId | None] = mapped_column(sa.ForeignKey("supporter.id"))
