"""The paper cycle as a table."""

from itertools import pairwise

import pytest

from lms.kernel.errors import Conflict
from lms.memoranda.rules import (
    ASIDE,
    NEXT,
    NEXT_OF_BATCH,
    ORDER,
    BatchState,
    State,
    check_batch_step,
    check_step,
    number_of,
    parse_number,
)


def test_the_cycle_goes_one_step_at_a_time_to_its_end():
    assert all(later in NEXT[earlier] for earlier, later in pairwise(ORDER))
    assert NEXT[State.COMPLETE] == set()


@pytest.mark.parametrize("current", State)
@pytest.mark.parametrize("wanted", State)
def test_every_other_step_is_refused(current, wanted):
    if wanted in NEXT[current]:
        check_step(current, wanted)
    else:
        with pytest.raises(Conflict):
            check_step(current, wanted)


def test_papers_become_due_again_where_they_can_be_printed_or_posted_anew_and_nowhere_else():
    back = {State.PRINTED, State.POSTED, State.HELD, State.UNDELIVERABLE, State.INCOMPLETE, State.WITHDRAWN}

    assert {state for state in State if State.DUE in NEXT[state]} == back


def test_every_side_path_leads_back_to_the_way_or_out_of_it():
    assert {state: NEXT[state] & {*ORDER} for state in ASIDE} == {
        State.HELD: {State.DUE},
        State.UNDELIVERABLE: {State.DUE},
        State.INCOMPLETE: {State.DUE, State.RETURNED},
        State.WITHDRAWN: {State.DUE},
    }


def test_a_batch_can_be_called_off_until_it_is_printed_and_is_never_opened_again_once_posted():
    assert {state for state in BatchState if BatchState.CANCELLED in NEXT_OF_BATCH[state]} == {
        BatchState.CHOSEN,
        BatchState.RELEASED,
    }
    assert {state for state in BatchState if not NEXT_OF_BATCH[state]} == {BatchState.POSTED, BatchState.CANCELLED}


@pytest.mark.parametrize("current", BatchState)
@pytest.mark.parametrize("wanted", BatchState)
def test_every_other_step_of_a_batch_is_refused(current, wanted):
    if wanted in NEXT_OF_BATCH[current]:
        check_batch_step(current, wanted)
    else:
        with pytest.raises(Conflict):
            check_batch_step(current, wanted)


@pytest.mark.parametrize(
    "typed",
    ["2026-00012-{d}", "202600012{d}", " 2026-00012-{d} ", "２０２６-00012-{d}", "https://example.jp/r/2026-00012-{d}"],
)
def test_a_number_is_understood_however_it_was_typed_or_scanned(typed):
    digit = number_of(2026, 12)[-1]

    assert parse_number(typed.format(d=digit)) == 12


@pytest.mark.parametrize("typed", ["", "2026", "2026-00012", "https://example.jp/r/", "2026-00012-{wrong}", "abc"])
def test_what_is_no_number_is_none(typed):
    wrong = (int(number_of(2026, 12)[-1]) + 1) % 10

    assert parse_number(typed.format(wrong=wrong)) is None
