"""What was watched: intervals, their union, and reports that cannot be true."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.rules import (
    MOST_ALLOWANCE_MS,
    Credit,
    checked_intervals,
    covered_ms,
    credit,
    is_watched,
    merge,
    refill,
    share_of,
    subtract,
)
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


def test_what_is_taken_away_leaves_the_rest():
    assert subtract([(0, 10), (20, 30)], [(5, 22), (25, 26)]) == [(0, 5), (22, 25), (26, 30)]
    assert subtract([(0, 10)], []) == [(0, 10)]
    assert subtract([(0, 10)], [(0, 10)]) == []


@given(intervals, intervals)
def test_what_is_left_and_what_was_taken_make_the_whole(played, taken):
    left = subtract(played, taken)

    assert merge([*left, *taken]) == merge([*played, *taken])
    assert covered_ms(left) + covered_ms(taken) == covered_ms([*played, *taken])


NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("allowance", "passed", "refilled"),
    [
        (0, timedelta(seconds=10), 30_000),
        (5_000, timedelta(0), 5_000),
        (5_000, timedelta(seconds=-7), 5_000),
        (0, timedelta(days=3), MOST_ALLOWANCE_MS),
    ],
)
def test_an_allowance_grows_with_time_alone_and_has_an_end(allowance, passed, refilled):
    assert refill(allowance, since=NOW, now=NOW + passed) == refilled


def test_what_goes_beyond_the_allowance_is_told_apart_and_what_was_seen_costs_nothing():
    credited = credit([(0, 10_000)], [(5_000, 15_000), (20_000, 30_000)], allowance_ms=8_000)

    assert credited == Credit(seen=[(0, 15_000), (20_000, 23_000)], allowance_ms=0, beyond=[(23_000, 30_000)])


@given(intervals, intervals, st.integers(0, 10_000))
def test_nothing_is_credited_without_allowance_and_nothing_is_lost(seen, played, allowance):
    credited = credit(seen, played, allowance_ms=allowance)

    gained = covered_ms(credited.seen) - covered_ms(seen)
    assert (gained, credited.allowance_ms) == (allowance - credited.allowance_ms, allowance - gained)
    assert credited.allowance_ms >= 0
    assert merge([*credited.seen, *credited.beyond]) == merge([*seen, *played])
    assert credit(credited.seen, credited.seen, allowance_ms=0).seen == credited.seen
