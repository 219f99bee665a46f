"""Tables: what was done with many people at once, and what became of each of them."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Base, Id, SupporterRef
from lms.kernel.identity import SupporterId
from lms.secretariat.people.rules import BulkKind, Outcome


class BulkAction(Base):
    """Something planned for many people, then confirmed once and perhaps undone once.

    `filters` are the plain words by which they were found: no names, no numbers. `reason` is what is noted with
    papers that are held.
    """

    __tablename__ = "bulk_action"
    __table_args__ = (
        sa.CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", "confirmed_by_somebody"),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", "undone_by_somebody"),
        sa.CheckConstraint("undone_at IS NULL OR confirmed_at IS NOT NULL", "undone_was_confirmed"),
    )

    id: Mapped[Id]
    kind: Mapped[BulkKind]
    by_id: Mapped[SupporterRef]
    planned_at: Mapped[datetime]
    filters: Mapped[dict[str, Any]]
    reason: Mapped[str]
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[SupporterId | None] = mapped_column(sa.ForeignKey("supporter.id"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[SupporterId | None] = mapped_column(sa.ForeignKey("supporter.id"))


class BulkTarget(Base):
    """One of the people of a bulk action; `outcome` is empty until it is their turn.

    `made` are the ids of what was made or changed for them, so that exactly this can be undone.
    """

    __tablename__ = "bulk_target"

    bulk_action_id: Mapped[int] = mapped_column(sa.ForeignKey("bulk_action.id"), primary_key=True)
    supporter_id: Mapped[SupporterId] = mapped_column(sa.ForeignKey("supporter.id"), primary_key=True)
    outcome: Mapped[Outcome | None]
    made: Mapped[dict[str, Any]]
