"""What was watched: intervals, their union, what can be afforded, and reports that cannot be true."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.watching import ticket
from courses.watching.rules import (
    Credit,
    Opening,
    Segment,
    affordable,
    arranged,
    checked_intervals,
    checked_position,
    covered_ms,
    credit,
    is_watched,
    merge,
    playable,
    share_of,
    subtract,
)
from lms.kernel.errors import Invalid

intervals = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), max_size=30)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def milliseconds(given_intervals):
    return {ms for start, end in given_intervals for ms in range(start, end)}


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


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
        [],
        [[5, 5]],
        [[9, 3]],
        [[-1, 5]],
        [[0, 99_999]],
        [[29_000, 31_501]],
        [[0, 10**400]],
        [[0, 5.0]],
        [[0, float("nan")]],
        [[0, float("inf")]],
        [["0", "5"]],
        [[True, 5]],
        [[0, True]],
        [[1]],
        [[1, 2, 3]],
        [1, 2],
        [None],
        [{"0": 1}],
        [[0, 10], [9, 20]],
        [[10, 20], [0, 5]],
        [[0, 5], [0, 5]],
        [[n * 2, n * 2 + 1] for n in range(501)],
        [[n * 2, n * 2 + 1] for n in range(10_000)],
    ],
)
def test_a_report_that_cannot_have_been_played_is_refused(report):
    with pytest.raises(Invalid):
        checked_intervals(report, duration=30_000)


def test_a_player_may_run_a_moment_past_the_end():
    assert checked_intervals([[29_000, 30_400]], duration=30_000) == [(29_000, 30_000)]
    assert checked_intervals([[30_100, 30_400]], duration=30_000) == []
    assert checked_position(30_400, duration=30_000) == 30_000


@pytest.mark.parametrize("position", [-1, 31_501])
def test_a_place_outside_the_film_is_refused(position):
    with pytest.raises(Invalid):
        checked_position(position, duration=30_000)


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

    assert milliseconds(left) == milliseconds(played) - milliseconds(taken)
    assert merge([*left, *taken]) == merge([*played, *taken])


def test_a_page_affords_three_times_the_time_since_it_was_opened():
    assert affordable([], opened_at=NOW, now=after(10)) == 30_000
    assert affordable([Opening(NOW, 12_000)], opened_at=NOW, now=after(10)) == 18_000
    assert affordable([Opening(NOW, 30_000)], opened_at=NOW, now=after(10)) == 0


def test_a_clock_that_was_set_back_affords_nothing():
    assert affordable([], opened_at=NOW, now=after(-7)) == 0
    assert affordable([Opening(NOW, 30_000)], opened_at=NOW, now=after(-7)) == 0


def test_what_is_played_on_one_page_is_paid_by_all_that_were_open():
    opened = [Opening(NOW, 0), Opening(after(50), 90_000)]

    assert affordable(opened, opened_at=NOW, now=after(100)) == 210_000
    assert affordable(opened, opened_at=after(50), now=after(100)) == 60_000
    assert affordable(opened, opened_at=after(90), now=after(100)) == 30_000


def test_a_page_opened_before_a_busy_one_is_not_held_back_by_what_came_before_it():
    long_ago = Opening(after(-86_400), 3_600_000)

    assert affordable([long_ago], opened_at=NOW, now=after(3600)) == 3 * 3_600_000


moments = st.integers(0, 600)


@given(
    st.lists(moments, min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 60), st.integers(0, 10**7)), max_size=40),
)
def test_whoever_asks_however_often_gets_no_more_than_three_times_the_time(opened, asked):
    """Any tabs, any order, any claims: of every moment since which pages were opened, and so of the first one."""
    credited, now = dict.fromkeys(range(len(opened)), 0), 0
    for tab, pause, wanted in asked:
        now += pause
        tab %= len(opened)  # noqa: PLW2901
        if opened[tab] > now:
            continue
        openings = [Opening(after(opened[n]), credited[n]) for n in credited if credited[n]]
        credited[tab] += min(wanted, affordable(openings, opened_at=after(opened[tab]), now=after(now)))

        for since in range(now + 1):
            assert sum(credited[n] for n in credited if opened[n] >= since) <= 3000 * (now - since)


@given(
    st.lists(st.tuples(moments, st.integers(1, 600)), min_size=1, max_size=3),
    st.randoms(use_true_random=False),
)
def test_what_was_really_played_in_three_tabs_is_credited_whole_however_late_and_in_whatever_order(tabs, chance):
    """Each tab plays at normal speed from when it is opened; the reports come at the end, or later."""
    reports = [(n, opened) for n, (opened, seconds) in enumerate(tabs) for _ in range(seconds)]
    chance.shuffle(reports)
    now, credited = after(max(opened + seconds for opened, seconds in tabs)), dict.fromkeys(range(len(tabs)), 0)

    for tab, opened in reports[:60]:
        openings = [Opening(after(tabs[n][0]), spent) for n, spent in credited.items()]
        assert affordable(openings, opened_at=after(opened), now=now) >= 1000
        credited[tab] += 1000


def test_what_goes_beyond_is_told_apart_and_what_was_seen_costs_nothing():
    credited = credit([(0, 10_000)], [(5_000, 15_000), (20_000, 30_000)], affordable_ms=8_000)

    assert credited == Credit(seen=[(0, 15_000), (20_000, 23_000)], credited_ms=8_000, beyond=[(23_000, 30_000)])


@given(intervals, intervals, st.integers(0, 10_000))
def test_nothing_is_credited_for_nothing_and_nothing_is_lost(seen, played, budget):
    credited = credit(seen, played, affordable_ms=budget)

    assert credited.credited_ms == covered_ms(credited.seen) - covered_ms(seen) <= budget
    assert merge([*credited.seen, *credited.beyond]) == merge([*seen, *played])
    assert credit(credited.seen, credited.seen, affordable_ms=0) == Credit(credited.seen, 0, [])


def test_a_device_cannot_have_played_more_than_its_own_clock_allows():
    assert (playable(10_000), playable(0)) == (31_500, 1_500)


def test_a_segment_goes_on_where_the_last_one_ended_and_a_jump_begins_a_new_one():
    first = arranged([], [(0, 10)], sequence=1)
    second = arranged(first, [(10, 20)], sequence=2)
    back = arranged(second, [(5, 15), (40, 50)], sequence=3)

    assert second == [Segment(1, 2, 0, 20)]
    assert back == [Segment(1, 2, 0, 20), Segment(3, 3, 5, 15), Segment(3, 3, 40, 50)]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_the_segments_are_the_same_in_whatever_order_the_reports_came(starts, chance):
    reports = [(n, [(start * 10, start * 10 + 10)]) for n, start in enumerate(starts)]
    shuffled = [*reports]
    chance.shuffle(shuffled)

    in_order, as_they_came = list[Segment](), list[Segment]()
    for n, played in reports:
        in_order = arranged(in_order, played, sequence=n)
    for n, played in shuffled:
        as_they_came = arranged(as_they_came, played, sequence=n)

    assert as_they_came == in_order
    assert sum(s.end - s.start for s in in_order) == 10 * len(starts)


def opened_by(text: str, **given_instead) -> datetime:
    return ticket.opened_at(text, **{"recording_key": "film", "supporter": 7, "secret": "s"} | given_instead)


def test_a_ticket_says_when_its_page_was_opened_to_the_millisecond():
    text = ticket.issue("film", supporter=7, secret="s", now=NOW + timedelta(microseconds=1_234_567))

    assert opened_by(text) == NOW + timedelta(milliseconds=1234)
    assert len(text) <= 64


@pytest.mark.parametrize("instead", [{"recording_key": "another"}, {"supporter": 8}, {"secret": "t"}])
def test_a_ticket_is_for_one_person_one_recording_and_one_site(instead):
    text = ticket.issue("film", supporter=7, secret="s", now=NOW)

    with pytest.raises(Invalid):
        opened_by(text, **instead)


def test_a_forged_ticket_is_refused():
    text = ticket.issue("film", supporter=7, secret="s", now=NOW)

    for forged in ("1" + text, text[:-1], text.partition(".")[0], text[::-1], ""):
        with pytest.raises(Invalid):
            opened_by(forged)
