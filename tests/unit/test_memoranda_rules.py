"""The paper cycle as a table."""

from itertools import pairwise

import pytest

from lms.kernel.errors import Conflict
from lms.memoranda.rules import NEXT, ORDER, State, check_step


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


def test_only_a_printed_memorandum_can_step_back():
    backwards = [(s, n) for s in State for n in NEXT[s] if ORDER.index(n) < ORDER.index(s)]

    assert backwards == [(State.PRINTED, State.DUE)]
