"""Whose turn it is with one person, the most pressing thing first. Pure: values in, values out."""

from dataclasses import dataclass
from enum import StrEnum

from lms.memoranda.rules import State

RING_AFTER_DAYS = 30
"""Nothing has come back for so long: somebody rings up."""


class Turn(StrEnum):
    """What the secretariat can do now, in the order in which it should: what holds up the person comes first."""

    RING_ABOUT_ADDRESS = "ring-about-address"
    ANSWER_FAULTS = "answer-faults"
    READ = "read"
    CONFIRM = "confirm"
    CHECK = "check"
    FILE = "file"
    POST = "post"
    PRINT = "print"
    SEE_TO_MAIL = "see-to-mail"
    RING_ABOUT_PAPERS = "ring-about-papers"
    LET_GO = "let-go"
    ASK_FOR_ADDRESS = "ask-for-address"


TURN_OF = {
    State.UNDELIVERABLE: Turn.RING_ABOUT_ADDRESS,
    State.INCOMPLETE: Turn.ANSWER_FAULTS,
    State.RETURNED: Turn.CHECK,
    State.CHECKED: Turn.FILE,
    State.PRINTED: Turn.POST,
    State.HELD: Turn.LET_GO,
}


@dataclass(frozen=True)
class Situation:
    """What is known of somebody: `papers` is the state of the newest memorandum, `days_out` since it was posted."""

    to_read: int = 0
    experience_waits: bool = False
    papers: State | None = None
    has_pack: bool = False
    has_address: bool = False
    days_out: int | None = None
    failed_mails: int = 0


def turns(found: Situation) -> list[Turn]:
    """Everything the secretariat can do now; none when it is the person's turn or nobody's."""
    due = found.papers is State.DUE
    holds = {
        TURN_OF.get(found.papers) if found.papers else None,
        Turn.READ if found.to_read else None,
        Turn.CONFIRM if found.experience_waits else None,
        Turn.PRINT if due and found.has_pack else None,
        Turn.ASK_FOR_ADDRESS if due and not found.has_address else None,
        Turn.SEE_TO_MAIL if found.failed_mails else None,
        Turn.RING_ABOUT_PAPERS if found.papers is State.POSTED and (found.days_out or 0) > RING_AFTER_DAYS else None,
    }
    return [turn for turn in Turn if turn in holds]
