"""When all papers are there, when somebody is reminded, and when the desk takes it up."""

from datetime import date, timedelta
from itertools import chain, combinations

import pytest

from lms.kernel.errors import Invalid
from lms.memoranda.returns.rules import (
    DESK_AFTER,
    NOTHING_CAME,
    REMIND_AFTER,
    WAIT_LONGER,
    Envelope,
    check,
    is_overdue,
    is_to_be_reminded,
    still_open,
    way_reached,
)
from lms.memoranda.rules import Fault, State, number_of, parse_number

DAY = date(2026, 6, 1)
BOTH = Envelope(has_memorandum=True, is_signed=True, has_bank_form=True)
MEMORANDUM = Envelope(has_memorandum=True, is_signed=True, has_bank_form=False)
BANK_FORM = Envelope(has_memorandum=False, is_signed=False, has_bank_form=True)


def with_faults(envelope: Envelope, *faults: Fault) -> Envelope:
    is_signed = envelope.is_signed and Fault.MEMORANDUM_NOT_SIGNED not in faults
    return Envelope(envelope.has_memorandum, is_signed, envelope.has_bank_form, frozenset(faults))


def look(*faults: Fault) -> Envelope:
    return Envelope(has_memorandum=False, is_signed=False, has_bank_form=False, faults=frozenset(faults))


def after(*envelopes: Envelope) -> tuple[Fault, ...]:
    """What is open after these, one after the other."""
    found = None
    for envelope in envelopes:
        check(envelope)
        found = still_open(found, envelope)
    assert found is not None
    return found


def test_both_sheets_in_order_leave_nothing_open():
    assert after(BOTH) == ()


@pytest.mark.parametrize(
    ("envelope", "missing"), [(MEMORANDUM, Fault.BANK_FORM_MISSING), (BANK_FORM, Fault.MEMORANDUM_MISSING)]
)
def test_the_sheet_that_did_not_come_is_missing_until_it_comes(envelope, missing):
    other = BANK_FORM if envelope is MEMORANDUM else MEMORANDUM

    assert after(envelope) == (missing,)
    assert after(envelope, envelope) == (missing,)
    assert after(envelope, other) == ()


def test_a_sheet_is_judged_by_the_newest_look_at_it_alone():
    unsigned = with_faults(BOTH, Fault.MEMORANDUM_NOT_SIGNED, Fault.ACCOUNT_UNREADABLE)

    assert after(unsigned) == (Fault.MEMORANDUM_NOT_SIGNED, Fault.ACCOUNT_UNREADABLE)
    assert after(unsigned, MEMORANDUM) == (Fault.ACCOUNT_UNREADABLE,)
    assert after(unsigned, with_faults(MEMORANDUM, Fault.MEMORANDUM_NOT_DATED), BANK_FORM) == (
        Fault.MEMORANDUM_NOT_DATED,
    )
    assert after(unsigned, MEMORANDUM, BANK_FORM) == ()


def test_a_second_look_adds_what_it_finds_to_what_was_open():
    assert after(BOTH, look(Fault.HOLDER_DIFFERS)) == (Fault.HOLDER_DIFFERS,)
    assert after(BOTH, look(Fault.HOLDER_DIFFERS), look(Fault.MEMORANDUM_NOT_DATED)) == (
        Fault.MEMORANDUM_NOT_DATED,
        Fault.HOLDER_DIFFERS,
    )
    assert after(BOTH, look(Fault.MEMORANDUM_MISSING, Fault.MEMORANDUM_NOT_DATED)) == (Fault.MEMORANDUM_MISSING,)
    assert after(MEMORANDUM, look(Fault.ACCOUNT_UNREADABLE)) == (Fault.BANK_FORM_MISSING,)


def test_whatever_comes_in_whatever_order_nothing_is_open_exactly_when_each_sheet_last_came_without_a_fault():
    of_one = [MEMORANDUM, with_faults(MEMORANDUM, Fault.MEMORANDUM_DAMAGED)]
    of_one += [BANK_FORM, with_faults(BANK_FORM, Fault.ACCOUNT_INCOMPLETE), BOTH]
    of_one += [with_faults(BOTH, Fault.MEMORANDUM_NOT_SIGNED), look(Fault.ACCOUNT_UNREADABLE)]

    for first in of_one:
        for second in of_one:
            for third in of_one:
                way = (first, second, third)
                assert (after(*way) == ()) == (in_order(way, of_memorandum=True) and in_order(way, of_memorandum=False))


def in_order(way: tuple[Envelope, ...], *, of_memorandum: bool) -> bool:
    """The plain definition: of this sheet, the newest that came is right, and nothing was found on it since."""
    right = False
    for envelope in way:
        wrong = any(fault.is_of_memorandum is of_memorandum for fault in envelope.faults)
        if envelope.has_memorandum if of_memorandum else envelope.has_bank_form:
            right = not wrong
        elif wrong:
            right = False
    return right


def test_an_envelope_that_cannot_be_is_refused():
    impossible = [
        look(),
        Envelope(has_memorandum=True, is_signed=False, has_bank_form=True),
        Envelope(True, True, True, frozenset({Fault.MEMORANDUM_NOT_SIGNED})),
        Envelope(has_memorandum=False, is_signed=True, has_bank_form=True),
        with_faults(BANK_FORM, Fault.MEMORANDUM_DAMAGED),
        with_faults(MEMORANDUM, Fault.ACCOUNT_UNREADABLE),
        with_faults(BOTH, Fault.BANK_FORM_MISSING),
        with_faults(BOTH, Fault.MEMORANDUM_MISSING),
    ]

    for envelope in impossible:
        with pytest.raises(Invalid):
            check(envelope)


def test_that_the_sheet_not_sent_is_missing_may_be_said():
    check(with_faults(MEMORANDUM, Fault.BANK_FORM_MISSING))
    check(with_faults(BANK_FORM, Fault.MEMORANDUM_MISSING))

    assert {Fault.MEMORANDUM_MISSING, Fault.BANK_FORM_MISSING} == NOTHING_CAME


def test_somebody_is_reminded_once_and_only_after_more_than_three_weeks():
    day = DAY + REMIND_AFTER

    assert not is_to_be_reminded(waiting_since=DAY, reminded=False, on=day)
    assert is_to_be_reminded(waiting_since=DAY, reminded=False, on=day + timedelta(days=1))
    assert not is_to_be_reminded(waiting_since=DAY, reminded=True, on=day + timedelta(days=100))


def test_the_desk_takes_it_up_two_weeks_after_the_reminder_and_again_when_it_chose_to_wait():
    day = DAY + DESK_AFTER

    assert not is_overdue(told_on=DAY, wait_until=None, on=day - timedelta(days=1))
    assert is_overdue(told_on=DAY, wait_until=None, on=day)
    assert not is_overdue(told_on=DAY, wait_until=day + WAIT_LONGER, on=day)
    assert is_overdue(told_on=DAY, wait_until=day + WAIT_LONGER, on=day + WAIT_LONGER)


def test_a_memorandum_beside_the_way_stands_at_the_last_station_it_came_to():
    assert {state: way_reached(state, was_printed=True, was_posted=True) for state in State} == {
        state: state for state in State
    } | dict.fromkeys((State.HELD, State.WITHDRAWN, State.UNDELIVERABLE, State.INCOMPLETE), State.POSTED)
    assert way_reached(State.WITHDRAWN, was_printed=True, was_posted=False) is State.PRINTED
    assert way_reached(State.HELD, was_printed=False, was_posted=False) is State.DUE


def test_a_number_is_understood_however_a_scanner_or_a_hand_types_it():
    number = number_of(2026, 12)
    typed = [
        number,
        number.replace("-", ""),
        f" https://mihon.example.jp/r/{number} ",
        "".join(chr(ord(sign) + 0xFEE0) for sign in number),
        f"https：・・mihon.example.jp・r・{number.replace('-', 'ー')}",
    ]

    assert {parse_number(text) for text in typed} == {12}


def test_a_number_with_one_wrong_digit_or_two_swapped_is_none():
    digits = number_of(2026, 4711).replace("-", "")
    wrong = [
        digits[:at] + other + digits[at + 1 :] for at in range(10) for other in "0123456789" if other != digits[at]
    ]

    assert [text for text in wrong if parse_number(text) == 4711] == []
    assert parse_number("2026-99999999999-1") is None
    assert parse_number("") is None


def test_every_set_of_faults_of_a_whole_envelope_is_kept_as_it_is():
    every = [fault for fault in Fault if fault not in NOTHING_CAME]
    sets = chain.from_iterable(combinations(every, size) for size in range(len(every) + 1))

    assert all(after(with_faults(BOTH, *faults)) == faults for faults in sets)
