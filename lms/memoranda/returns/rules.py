"""When all papers are there, how long the secretariat waits for them. Pure: values in, values out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from lms.kernel.errors import Invalid
from lms.memoranda.rules import Fault, State

REMIND_AFTER = timedelta(days=21)
"""A letter takes two days each way, also to the islands; asking earlier than after three weeks would be pressing."""

DESK_AFTER = timedelta(days=14)
"""From the mail that reminded to the day on which a person rings up: time to read it, sign, and for the post."""

WAIT_LONGER = timedelta(days=14)
"""What one press at the desk gives somebody more."""

WAITS_FOR_PAPERS = frozenset({State.POSTED, State.INCOMPLETE})
"""States in which the papers are with the supporter."""

CAN_BE_LOOKED_AT = frozenset({State.RETURNED, State.CHECKED})
"""States in which the papers lie at the secretariat and a fault can still be found."""

NOTHING_CAME = frozenset({Fault.MEMORANDUM_MISSING, Fault.BANK_FORM_MISSING})
MISSING = {True: Fault.MEMORANDUM_MISSING, False: Fault.BANK_FORM_MISSING}
"""By whether it is the memorandum."""


@dataclass(frozen=True)
class Envelope:
    """The sheets in an envelope and what is wrong with them; without any sheet, a second look at what was there."""

    has_memorandum: bool
    is_signed: bool
    has_bank_form: bool
    faults: frozenset[Fault] = frozenset()


def check(envelope: Envelope) -> None:
    """Raises Invalid for an envelope that cannot be: empty without a fault, or with a fault of a sheet not in it."""
    if not (envelope.has_memorandum or envelope.has_bank_form or envelope.faults):
        raise Invalid("Say which sheets came back, or what is wrong.")
    if envelope.has_memorandum and envelope.is_signed == (Fault.MEMORANDUM_NOT_SIGNED in envelope.faults):
        raise Invalid("Say how the memorandum is signed.")
    if envelope.is_signed and not envelope.has_memorandum:
        raise Invalid("Something is said about a sheet that did not come back.")
    if not (envelope.has_memorandum or envelope.has_bank_form):
        return
    for fault in envelope.faults:
        is_there = envelope.has_memorandum if fault.is_of_memorandum else envelope.has_bank_form
        if is_there == (fault in NOTHING_CAME):
            raise Invalid("Something is said about a sheet that did not come back.")


def still_open(before: Iterable[Fault] | None, envelope: Envelope) -> tuple[Fault, ...]:
    """What is missing or wrong after an envelope, given what was before it; None if nothing had come yet.

    A sheet that came is judged by itself alone; of the other, what was wrong before stays wrong.
    """
    then = frozenset(NOTHING_CAME if before is None else before)
    now: set[Fault] = set()
    for of_memorandum, came in ((True, envelope.has_memorandum), (False, envelope.has_bank_form)):
        found = {fault for fault in envelope.faults if fault.is_of_memorandum is of_memorandum}
        kept = {fault for fault in then if fault.is_of_memorandum is of_memorandum}
        if came:
            now |= found
        elif MISSING[of_memorandum] in kept | found:
            now.add(MISSING[of_memorandum])
        else:
            now |= kept | found
    return tuple(fault for fault in Fault if fault in now)


def is_to_be_reminded(*, waiting_since: date, reminded: bool, on: date) -> bool:
    """Whether somebody who has the papers is to be reminded of them: once, three weeks after they were told."""
    return not reminded and on - waiting_since > REMIND_AFTER


def is_overdue(*, told_on: date, wait_until: date | None, on: date) -> bool:
    """Whether the desk takes it up: two weeks after the reminder, unless somebody has chosen to wait longer.

    `told_on` is the day of the reminder, or of a letter about what is missing that was posted after it.
    """
    if on - told_on < DESK_AFTER:
        return False
    return wait_until is None or wait_until <= on


def way_reached(state: State, *, was_printed: bool, was_posted: bool) -> State:
    """The last station of the way that was reached, for a memorandum that may stand beside it."""
    match state:
        case State.UNDELIVERABLE | State.INCOMPLETE:
            return State.POSTED
        case State.HELD | State.WITHDRAWN:
            return State.POSTED if was_posted else State.PRINTED if was_printed else State.DUE
        case _:
            return state
