"""Which parts were watched, by how many, and which of them again; and the same record as statements for others."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.watching.retention import PARTS, Retention, bounds_of, counted, played_again, retention
from courses.watching.rules import merge
from courses.watching.xapi import Sat, Watched, statements

NOW = datetime(2026, 5, 1, 10, tzinfo=UTC)
DURATION = PARTS * 1000
intervals = st.lists(st.tuples(st.integers(0, DURATION), st.integers(0, DURATION)), max_size=12)


def test_a_part_counts_for_whoever_played_at_least_half_of_it():
    played = counted([[(0, 3000)], [(0, 1500)], [(0, 1499), (2500, 3500)]], duration=DURATION)

    assert played[:5] == (3, 2, 2, 1, 0)


@given(st.lists(intervals, max_size=5))
def test_the_parts_are_counted_as_by_hand(people):
    bounds = bounds_of(DURATION)

    def plays(person, part):
        start, end = bounds[part], bounds[part + 1]
        inside = [(max(a, start), min(b, end)) for a, b in merge(person)]
        return 2 * sum(max(0, b - a) for a, b in inside) >= end - start

    assert counted(people, duration=DURATION) == tuple(
        sum(plays(person, part) for person in people) for part in range(PARTS)
    )


@pytest.mark.parametrize("duration", [1, 999, 1000, 39_999, 40_001, 3_600_000])
def test_the_parts_fill_a_recording_of_any_length(duration):
    bounds = bounds_of(duration)

    assert (bounds[0], bounds[-1]) == (0, duration)
    assert counted([[(0, duration)]], duration=duration) == (1,) * (len(bounds) - 1)


def test_what_was_played_again_is_what_was_played_twice_or_more():
    assert played_again([(0, 10), (5, 15), (7, 8), (20, 30), (30, 40)]) == [(5, 10)]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8))
def test_played_again_holds_exactly_the_milliseconds_that_come_twice(played):
    played = [(start, end) for start, end in played if start < end]
    counts = [sum(start <= ms < end for start, end in played) for ms in range(40)]

    assert {ms for start, end in played_again(played) for ms in range(start, end)} == {
        ms for ms, count in enumerate(counts) if count > 1
    }


def test_skipped_are_the_parts_that_fewer_than_half_watched():
    whole, ends = [(0, DURATION)], [(0, 10_000), (30_000, DURATION)]

    picture = retention([whole, ends, ends], [[(1000, 3000)], [(1000, 2000)], []], covered=1, duration=DURATION)

    assert (picture.viewers, picture.skipped, picture.repeated) == (3, [(10_000, 30_000)], [(1000, 2000)])
    assert retention([], [], covered=0, duration=DURATION) == Retention(0, 0, DURATION, (0,) * PARTS, (0,) * PARTS)


def sat(name, minute, *segments):
    opened = NOW + timedelta(minutes=minute)
    return Sat(name, opened, opened + timedelta(seconds=5), opened + timedelta(seconds=60), segments)


def watched(**given_instead):
    return Watched(
        **{
            "lecture": "basic-2",
            "titles": {"ja": "在留資格", "en": "Status of residence"},
            "recording": "film",
            "duration_ms": 30_000,
            "covered_at": NOW + timedelta(minutes=60, seconds=30),
            "sittings": [sat("a", 0, (0, 12_000), (14_000, 21_000)), sat("b", 60, (10_000, 30_000))],
        }
        | given_instead
    )


VIDEO = "https://w3id.org/xapi/video/extensions/"


def tell(*films):
    return statements(films, site="https://example.org", network_id="JP-1")


def verbs(told):
    return [statement["verb"]["display"]["en"] for statement in told]


def test_each_sitting_is_told_from_ready_to_left_and_the_whole_is_completed_once():
    told = tell(watched())

    assert verbs(told) == [
        "initialized", "played", "paused", "terminated",
        "initialized", "played", "completed", "paused", "terminated",
    ]  # fmt: skip
    assert [statement["timestamp"] for statement in told] == sorted(statement["timestamp"] for statement in told)


def test_the_segments_are_in_the_order_in_which_they_were_played_and_add_up_over_the_sittings():
    told = [statement["result"]["extensions"] for statement in tell(watched()) if verbs([statement]) == ["terminated"]]

    assert told == [
        {
            VIDEO + "time": 21.0,
            VIDEO + "progress": 0.633,
            VIDEO + "played-segments": "0.000[.]12.000[,]14.000[.]21.000",
        },
        {
            VIDEO + "time": 30.0,
            VIDEO + "progress": 1.0,
            VIDEO + "played-segments": "0.000[.]12.000[,]14.000[.]21.000[,]10.000[.]30.000",
        },
    ]


def test_every_statement_has_what_the_profile_asks_for_and_no_name():
    for statement in tell(watched()):
        verb = statement["verb"]["display"]["en"]
        context, result = statement["context"], statement.get("result", {"extensions": {}})
        wanted = {"initialized": set(), "played": {"time"}}.get(verb, {"time", "progress", "played-segments"})

        assert statement["actor"] == {
            "objectType": "Agent", "account": {"homePage": "https://example.org", "name": "JP-1"}
        }  # fmt: skip
        assert statement["object"]["id"] == "https://example.org/courses/basic-2"
        assert statement["object"]["definition"]["type"] == "https://w3id.org/xapi/video/activity-type/video"
        assert context["contextActivities"]["category"] == [
            {"objectType": "Activity", "id": "https://w3id.org/xapi/video"}
        ]
        assert {name.removeprefix(VIDEO) for name in context["extensions"]} == {
            "session-id", "length", "completion-threshold"
        }  # fmt: skip
        assert context["extensions"][VIDEO + "completion-threshold"] == 0.9
        assert {name.removeprefix(VIDEO) for name in result["extensions"]} == wanted
        assert result.get("completion") is (True if verb == "completed" else None)


def test_exporting_twice_gives_the_same_statements_each_with_an_id_of_its_own():
    once = tell(watched(), watched(recording="newer"))

    assert once == tell(watched(), watched(recording="newer"))
    assert len({statement["id"] for statement in once}) == len(once) == 18


def test_what_was_not_watched_to_the_end_is_not_completed_and_an_idle_page_played_nothing():
    assert verbs(tell(watched(covered_at=None, sittings=[sat("a", 0)]))) == ["initialized"]
    assert "completed" not in verbs(tell(watched(covered_at=None)))
