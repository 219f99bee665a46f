"""What was watched: intervals, their union, and reports that cannot be true."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.rules import checked_intervals, covered_ms, is_watched, merge, share_of
from lms.kernel.errors import Invalid

intervals = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), max_size=30)


def milliseconds(given_intervals):
    return {ms for start, end in given_intervals for ms in range(start, end)}


@given(intervals)
def test_the_union_holds_exactly_what_was_played(played):
    assert milliseconds(merge(played)) == milliseconds(played)
    assert covered_ms(played) == len(milliseconds(played))


@given(intervals)
def test_the_union_is_sorted_and_its_parts_do_not_touch(played):
    union = merge(played)

    assert all(start < end for start, end in union)
    assert all(a[1] < b[0] for a, b in pairwise(union))


@given(intervals, intervals)
def test_order_and_repetition_change_nothing(one, two):
    assert merge([*one, *two]) == merge([*two, *one, *one]) == merge([*merge(one), *merge(two)])


def test_touching_intervals_become_one():
    assert merge([(10, 20), (0, 10), (30, 40)]) == [(0, 20), (30, 40)]


@pytest.mark.parametrize(
    "report",
    [
        [[5, 5]],
        [[9, 3]],
        [[-1, 5]],
        [[0, 99_999]],
        [[0, 5.0]],
        [[0, float("nan")]],
        [["0", "5"]],
        [[True, 5]],
        [[1]],
        [[1, 2, 3]],
        [[0, 1]] * 501,
    ],
)
def test_a_report_that_cannot_have_been_played_is_refused(report):
    with pytest.raises(Invalid):
        checked_intervals(report, duration=30_000)


def test_a_player_may_run_a_moment_past_the_end():
    assert checked_intervals([[29_000, 30_400]], duration=30_000) == [(29_000, 30_000)]


def test_nine_tenths_count_as_watched():
    assert (is_watched(26_999, 30_000), is_watched(27_000, 30_000)) == (False, True)
    assert (share_of(40_000, 30_000), share_of(1, 0)) == (1.0, 0.0)
