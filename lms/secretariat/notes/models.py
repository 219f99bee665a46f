"""Table: the secretariat's notes about people."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Base, Id, Secret, SupporterRef
from lms.kernel.identity import SupporterId


class SupporterNote(Base):
    """A note about somebody, encrypted at rest. It is never changed: what no longer holds is struck out."""

    __tablename__ = "supporter_note"
    __table_args__ = (
        sa.CheckConstraint("(struck_out_at IS NULL) = (struck_out_by_id IS NULL)", "struck_out_by_somebody"),
        sa.Index("ix_supporter_note_supporter_id", "supporter_id", "id"),
    )

    id: Mapped[Id]
    supporter_id: Mapped[SupporterRef]
    text: Mapped[Secret]
    by_id: Mapped[SupporterRef]
    written_at: Mapped[datetime]
    struck_out_at: Mapped[datetime | None]
    struck_out_by_id: Mapped[SupporterId | None] = mapped_column(sa.ForeignKey("supporter.id"))
