"""Tables: memoranda and their postings."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Base, Id, SupporterRef, Versioned
from lms.kernel.identity import SupporterId
from lms.memoranda import rules
from lms.memoranda.rules import Route, Service, Signing, State


def _reached(state: State) -> str:
    """SQL: the memorandum has come at least as far as `state`."""
    later = rules.ORDER[rules.ORDER.index(state) :]
    return "state IN ({})".format(", ".join(f"'{s.value}'" for s in later))


class Memorandum(Versioned, Base):
    """One memorandum per person and 年度. Each step has its date exactly when it has been reached.

    `pack_key` is the storage key of the rendered papers, `pack_sha256` their hash, `template_version` the texts used.
    """

    __tablename__ = "memorandum"
    __table_args__ = (
        sa.UniqueConstraint("supporter_id", "year"),
        sa.CheckConstraint(f"({_reached(State.PRINTED)}) = (printed_at IS NOT NULL)", "printed_has_date"),
        sa.CheckConstraint("printed_at IS NULL OR pack_key IS NOT NULL", "printed_has_papers"),
        sa.CheckConstraint(f"({_reached(State.RETURNED)}) = (returned_on IS NOT NULL)", "returned_has_date"),
        sa.CheckConstraint(f"({_reached(State.RETURNED)}) = (signing IS NOT NULL)", "returned_is_signed"),
        sa.CheckConstraint(f"({_reached(State.CHECKED)}) = (checked_by_id IS NOT NULL)", "checked_by_somebody"),
        sa.CheckConstraint(f"({_reached(State.COMPLETE)}) = (completed_at IS NOT NULL)", "complete_has_date"),
        sa.CheckConstraint("(pack_key IS NULL) = (pack_sha256 IS NULL)", "pack_has_hash"),
    )

    id: Mapped[Id]
    supporter_id: Mapped[SupporterRef]
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"))
    year: Mapped[int]
    route: Mapped[Route]
    state: Mapped[State]
    due_at: Mapped[datetime]
    pack_key: Mapped[str | None]
    pack_sha256: Mapped[str | None]
    template_version: Mapped[str | None]
    printed_at: Mapped[datetime | None]
    returned_on: Mapped[date | None]
    signing: Mapped[Signing | None]
    checked_at: Mapped[datetime | None]
    checked_by_id: Mapped[SupporterId | None] = mapped_column(sa.ForeignKey("supporter.id"))
    completed_at: Mapped[datetime | None]

    @property
    def number(self) -> str:
        """The document number on every sheet."""
        return rules.number_of(self.year, self.id)


class Posting(Base):
    """A time the papers went out."""

    __tablename__ = "posting"

    id: Mapped[Id]
    memorandum_id: Mapped[int] = mapped_column(sa.ForeignKey("memorandum.id"))
    posted_on: Mapped[date]
    service: Mapped[Service]
    tracking: Mapped[str | None]
    recorded_at: Mapped[datetime]
