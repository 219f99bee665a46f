"""What may be done with many people at once, and what that would mean for each of them. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lms.memoranda.rules import State

UNDO_WITHIN = timedelta(minutes=10)
"""Reminders wait this long before they are sent, so that a slip can be taken back."""


class BulkKind(StrEnum):
    """What can be done with many people at once."""

    REMIND = "remind"
    HOLD = "hold"
    LET_GO = "let_go"
    BATCH = "batch"
    CONFIRM = "confirm"

    @property
    def can_be_undone(self) -> bool:
        """Whether it can be taken back at all."""
        return self is not BulkKind.CONFIRM


class Outcome(StrEnum):
    """What became, or would become, of one person: done, or why not; then what became of the undoing."""

    DONE = "done"
    NOTHING_MISSING = "nothing_missing"
    REMINDED_TODAY = "reminded_today"
    NO_PAPERS = "no_papers"
    NOT_DUE = "not_due"
    NOT_HELD = "not_held"
    NO_ADDRESS = "no_address"
    IN_BATCH = "in_batch"
    NOT_DECLARED = "not_declared"
    CONFIRMED_ALREADY = "confirmed_already"
    CHANGED_SINCE = "changed_since"
    UNDONE = "undone"
    TOO_LATE = "too_late"


@dataclass(frozen=True)
class Target:
    """What the rules need to know of somebody; `papers` is the state of their newest memorandum."""

    papers: State | None
    in_batch: bool
    has_address: bool
    experience_declared: bool
    experience_confirmed: bool
    can_act: bool
    reminded_today: bool


def outcome_for(kind: BulkKind, target: Target) -> Outcome:
    """DONE if it can be done with this person, else why it is left: the first obstacle there is."""
    obstacles: dict[BulkKind, tuple[tuple[bool, Outcome], ...]] = {
        BulkKind.REMIND: (
            (not target.can_act, Outcome.NOTHING_MISSING),
            (target.reminded_today, Outcome.REMINDED_TODAY),
        ),
        BulkKind.CONFIRM: (
            (target.experience_confirmed, Outcome.CONFIRMED_ALREADY),
            (not target.experience_declared, Outcome.NOT_DECLARED),
        ),
        BulkKind.LET_GO: (
            (target.papers is None, Outcome.NO_PAPERS),
            (target.papers is not State.HELD, Outcome.NOT_HELD),
        ),
        BulkKind.HOLD: (
            (target.papers is None, Outcome.NO_PAPERS),
            (target.papers is not State.DUE, Outcome.NOT_DUE),
            (target.in_batch, Outcome.IN_BATCH),
        ),
    }
    obstacles[BulkKind.BATCH] = (*obstacles[BulkKind.HOLD], (not target.has_address, Outcome.NO_ADDRESS))
    return next((outcome for stands, outcome in obstacles[kind] if stands), Outcome.DONE)


def may_undo(kind: BulkKind, *, confirmed_at: datetime, now: datetime) -> bool:
    """Whether there is still something to take back: mails that have not gone out, papers at any time."""
    return kind.can_be_undone and (kind is not BulkKind.REMIND or now < confirmed_at + UNDO_WITHIN)
