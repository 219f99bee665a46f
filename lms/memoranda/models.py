"""Tables: memoranda, the batches in which they are printed, their postings and what came back."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Base, Id, SupporterRef, Versioned
from lms.kernel.identity import SupporterId
from lms.memoranda import rules
from lms.memoranda.rules import BatchState, PostingKind, Route, Service, Signing, State

PRINTED = (*rules.ORDER[1:], State.UNDELIVERABLE, State.INCOMPLETE)
POSTED = (*rules.ORDER[2:], State.UNDELIVERABLE, State.INCOMPLETE)
RETURNED = rules.ORDER[3:]


def _if(states: tuple[State, ...], holds: str) -> str:
    """SQL: in these states it holds, in the others it does not; withdrawn keeps what was."""
    listed = ", ".join(f"'{state.value}'" for state in states)
    return f"state = 'withdrawn' OR (state IN ({listed})) = ({holds})"


class Memorandum(Versioned, Base):
    """One memorandum per person and 年度. Each step has its date exactly when it has been reached.

    `pack_key` is the storage key of the rendered papers, `pack_sha256` their hash, `template_version` the texts used.
    Posted again, it keeps its number: `posting_id` is the newest time its papers went out, none while they are due
    again. `aside_reason` is the secretariat's own note on why it is held or withdrawn. `wait_until` is the day to which
    the secretariat has chosen to wait for papers that are overdue.
    """

    __tablename__ = "memorandum"
    __table_args__ = (
        sa.UniqueConstraint("supporter_id", "year"),
        sa.CheckConstraint(_if(PRINTED, "printed_at IS NOT NULL"), "printed_has_date"),
        sa.CheckConstraint("printed_at IS NULL OR pack_key IS NOT NULL", "printed_has_papers"),
        sa.CheckConstraint(_if(POSTED, "posting_id IS NOT NULL"), "posted_has_posting"),
        sa.CheckConstraint(_if(RETURNED, "returned_on IS NOT NULL"), "returned_has_date"),
        sa.CheckConstraint(_if(RETURNED, "signing IS NOT NULL"), "returned_is_signed"),
        sa.CheckConstraint(_if(rules.ORDER[4:], "checked_by_id IS NOT NULL"), "checked_by_somebody"),
        sa.CheckConstraint(_if(rules.ORDER[5:], "completed_at IS NOT NULL"), "complete_has_date"),
        sa.CheckConstraint("(pack_key IS NULL) = (pack_sha256 IS NULL)", "pack_has_hash"),
        sa.CheckConstraint("(state IN ('held', 'withdrawn')) = (aside_reason IS NOT NULL)", "aside_has_reason"),
        sa.Index("ix_memorandum_state_due_at", "state", "due_at", "id"),
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
    posting_id: Mapped[int | None] = mapped_column(sa.ForeignKey("posting.id", use_alter=True))
    returned_on: Mapped[date | None]
    signing: Mapped[Signing | None]
    checked_at: Mapped[datetime | None]
    checked_by_id: Mapped[SupporterId | None] = mapped_column(sa.ForeignKey("supporter.id"))
    completed_at: Mapped[datetime | None]
    aside_reason: Mapped[str | None]
    wait_until: Mapped[date | None]

    @property
    def number(self) -> str:
        """The document number on every sheet."""
        return rules.number_of(self.year, self.id)


class Batch(Versioned, Base):
    """Memoranda that are printed and posted together, in the order of their envelopes.

    `pdf_keys` are the storage keys of the rendered file or files, none before it was released; `service` is what it was
    released for.
    """

    __tablename__ = "batch"
    __table_args__ = (
        sa.CheckConstraint("(released_at IS NULL) = (released_by_id IS NULL)", "released_by_somebody"),
        sa.CheckConstraint("(released_at IS NULL) = (service IS NULL)", "released_by_service"),
        sa.CheckConstraint(
            "state = 'cancelled' OR (state = 'chosen') = (released_at IS NULL)", "released_before_printed"
        ),
        sa.CheckConstraint("(state IN ('printed', 'posted')) = (printed_at IS NOT NULL)", "printed_has_date"),
        sa.CheckConstraint("(state = 'posted') = (posted_on IS NOT NULL)", "posted_has_date"),
    )

    id: Mapped[Id]
    state: Mapped[BatchState]
    made_at: Mapped[datetime]
    made_by_id: Mapped[SupporterRef]
    released_at: Mapped[datetime | None]
    released_by_id: Mapped[SupporterId | None] = mapped_column(sa.ForeignKey("supporter.id"))
    service: Mapped[Service | None]
    pdf_keys: Mapped[list[Any]]
    printed_at: Mapped[datetime | None]
    posted_on: Mapped[date | None]


class BatchItem(Base):
    """A memorandum in a batch, at its place in the pile; open until it was posted or taken out.

    `accepted_findings` are the keys of what the proof sheet found and a person has accepted; `made_for` is the
    fingerprint of the receiver as they were when the memorandum was chosen, and again when the batch was released.
    """

    __tablename__ = "batch_item"
    __table_args__ = (
        sa.UniqueConstraint("batch_id", "memorandum_id"),
        sa.UniqueConstraint("batch_id", "position"),
        sa.Index(
            "uq_batch_item_one_open",
            "memorandum_id",
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
        sa.CheckConstraint("position > 0", "counts_from_one"),
        sa.CheckConstraint("NOT taken_out OR closed_at IS NOT NULL", "taken_out_is_closed"),
    )

    id: Mapped[Id]
    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("batch.id"))
    memorandum_id: Mapped[int] = mapped_column(sa.ForeignKey("memorandum.id"))
    position: Mapped[int]
    accepted_findings: Mapped[list[Any]]
    made_for: Mapped[str]
    taken_out: Mapped[bool]
    closed_at: Mapped[datetime | None]


class Posting(Base):
    """A time an envelope went out: the papers, or the letter that says what is missing.

    `came_back_on` is when it came back as undeliverable, `reminded_at` when the person was reminded to return the
    papers. `postage_yen` and `weight_g` are what was reckoned with, empty where nobody reckoned.
    """

    __tablename__ = "posting"
    __table_args__ = (
        sa.CheckConstraint("came_back_on IS NULL OR came_back_on >= posted_on", "came_back_after_it_went"),
        sa.CheckConstraint("postage_yen IS NULL OR postage_yen > 0", "postage_is_positive"),
        sa.Index("ix_posting_memorandum_id", "memorandum_id"),
        sa.Index(
            "uq_posting_once_a_batch",
            "batch_id",
            "memorandum_id",
            unique=True,
            sqlite_where=sa.text("batch_id IS NOT NULL"),
            postgresql_where=sa.text("batch_id IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    memorandum_id: Mapped[int] = mapped_column(sa.ForeignKey("memorandum.id"))
    batch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("batch.id"))
    kind: Mapped[PostingKind]
    posted_on: Mapped[date]
    service: Mapped[Service]
    tracking: Mapped[str | None]
    postage_yen: Mapped[int | None]
    weight_g: Mapped[int | None]
    recorded_at: Mapped[datetime]
    came_back_on: Mapped[date | None]
    reminded_at: Mapped[datetime | None]


class PaperReturn(Base):
    """An envelope that came from a supporter: which sheets were in it and what is wrong with them.

    `faults` are values of `rules.Fault`, of all that is still missing after this envelope; `note` is in the
    secretariat's own words and goes into the letter to the supporter. One with neither sheet is a second look at what
    lay here already. `letter_key` is the storage key of the letter that says what is missing, `reminded_at` when the
    person was reminded of it.
    """

    __tablename__ = "paper_return"
    __table_args__ = (
        sa.CheckConstraint("has_memorandum OR has_bank_form OR faults_count > 0", "says_something"),
        sa.CheckConstraint("signing IS NULL OR has_memorandum", "signed_is_there"),
        sa.Index("ix_paper_return_memorandum_id", "memorandum_id"),
    )

    id: Mapped[Id]
    memorandum_id: Mapped[int] = mapped_column(sa.ForeignKey("memorandum.id"))
    returned_on: Mapped[date]
    has_memorandum: Mapped[bool]
    signing: Mapped[Signing | None]
    has_bank_form: Mapped[bool]
    faults: Mapped[list[Any]]
    faults_count: Mapped[int]
    note: Mapped[str]
    letter_key: Mapped[str | None]
    reminded_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[SupporterRef]
