"""The record of steps: who did what to which thing and when, written in the same transaction, never changed.

The database itself refuses to change or delete a step (triggers, see migration 0011); `lms.kernel.seals` finds out what
was changed past it.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.kernel.db import Base, Id
from lms.kernel.identity import SupporterId


class HistoryEntry(Base):
    """One step. `facts` holds ids, codes and dates: never a name, an address or what somebody wrote."""

    __tablename__ = "history"
    __table_args__ = (
        sa.Index("ix_history_subject", "subject_kind", "subject_id", "id"),
        sa.Index("ix_history_step", "step", "id"),
    )

    id: Mapped[Id]
    at: Mapped[datetime]
    step: Mapped[str]
    by_id: Mapped[SupporterId | None] = mapped_column(sa.ForeignKey("supporter.id"))
    subject_kind: Mapped[str]
    subject_id: Mapped[int]
    facts: Mapped[dict[str, Any]]


def record(
    session: Session, step: str, *, by: SupporterId | None, subject: int, now: datetime, **facts: object
) -> None:
    """Write down a step named `<subject kind>.<what happened>`, such as `memorandum.posted`.

    `by` None is the site itself.
    """
    kind = step.partition(".")[0]
    session.add(HistoryEntry(at=now, step=step, by_id=by, subject_kind=kind, subject_id=subject, facts=facts))


def steps_of(session: Session, *, kind: str, subject: int) -> list[HistoryEntry]:
    """The steps of one thing, oldest first."""
    found = sa.select(HistoryEntry).where(HistoryEntry.subject_kind == kind, HistoryEntry.subject_id == subject)
    return list(session.scalars(found.order_by(HistoryEntry.id)))
