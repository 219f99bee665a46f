"""Eight people who watch, scripts that do not, and reports on bad lines: what the record makes of them."""

from datetime import timedelta
from itertools import count

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.models import Sitting, Viewing
from courses.watching.rules import MOST_OPENINGS, covered_ms
from courses.watching.services import record_watched
from lms.kernel.errors import Invalid
from tests import make
from tests.watching import Tab, report

HOUR = 3_600_000
BEGUN = make.moment("2026-05-01 10:00")
DAYS = count(1)


@pytest.fixture
def person(session):
    return make.supporter(session, at=BEGUN - timedelta(days=400))


@pytest.fixture
def film(session):
    return make.recording(session, "basic-2", duration_ms=HOUR)


@pytest.fixture
def tab(session, person, film):
    """Opens the lecture's page, so many seconds after the beginning."""

    def open_tab(after: float = 0) -> Tab:
        return Tab(session, person, film, opened=BEGUN + timedelta(seconds=after))

    return open_tab


@pytest.fixture
def viewing(session, person, film):
    """The record as it is now."""

    def read() -> Viewing:
        return session.scalars(sa.select(Viewing).where(Viewing.recording_id == film.id)).one()

    return read


def honest(tab):
    tab().play(0, 3600)


def half_today_and_half_tomorrow(tab):
    tab().play(0, 1800)
    tab(86_400).play(1800, 3600)


def two_and_a_half_times_as_fast(tab):
    tab().play(0, 3600, rate=2.5)


def leaves_before_a_minute_of_credits(tab):
    tab().play(0, 3540)


def drags_to_the_end(tab):
    page = tab()
    page.play(0, 5)
    page.play(3590, 3600)
    page.leave()


def first_half_twice(tab):
    page = tab()
    page.play(0, 1800)
    page.play(0, 1800)


def one_second_of_each_hundredth(tab):
    page = tab()
    for n in range(100):
        page.play(n * 36, n * 36 + 1)
    page.leave()


def skips_the_middle(tab):
    page = tab()
    page.play(0, 1200)
    page.play(2400, 3600)


@pytest.mark.parametrize(
    ("watches", "is_watched", "seen_ms"),
    [
        (honest, True, HOUR),
        (half_today_and_half_tomorrow, True, HOUR),
        (two_and_a_half_times_as_fast, True, HOUR),
        (leaves_before_a_minute_of_credits, True, 3_540_000),
        (drags_to_the_end, False, 15_000),
        (first_half_twice, False, 1_800_000),
        (one_second_of_each_hundredth, False, 100_000),
        (skips_the_middle, False, 2_400_000),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_eight_viewers(tab, viewing, watches, is_watched, seen_ms):
    watches(tab)

    assert (viewing().covered_at is not None, viewing().covered_ms, viewing().unverified) == (is_watched, seen_ms, [])
    assert covered_ms((a, b) for a, b in viewing().intervals) == seen_ms


def test_nothing_of_what_was_played_in_one_tab_is_lost_to_another_that_is_played_at_the_same_time(tab, viewing):
    one, two = tab(), tab(30)
    for minute in range(10):
        one.play(minute * 60, minute * 60 + 60)
        two.play(1800 + minute * 60, 1860 + minute * 60)

    assert (viewing().intervals, viewing().unverified) == ([[0, 600_000], [1_800_000, 2_400_000]], [])


def claim(session, person, film, start, end, *, opened_at, now, lecture="basic-2", **given):
    """One report of a script: it says that its own clock ran long enough."""
    try:
        return record_watched(
            session, supporter=person.id, lecture=lecture, opened_at=opened_at, now=now,
            report=report(film.key, [[start, end]], **{"wall_ms": HOUR} | given),
        )  # fmt: skip
    except Invalid:
        return None


@pytest.mark.parametrize("way", ["one page", "many play sessions", "many tickets"])
def test_a_script_that_asks_twenty_times_a_second_for_a_minute_gets_what_the_minute_allows(
    session, person, film, viewing, way
):
    for n in range(1200):
        now = BEGUN + timedelta(milliseconds=50 * (n + 1))
        claim(
            session, person, film, n * 3000, n * 3000 + 3000, now=now, sequence=n,
            opened_at=now if way == "many tickets" else BEGUN,
            play_session="tab-1" if way == "one page" else f"tab-{n}",
        )  # fmt: skip

    seen = viewing()
    assert seen.covered_ms <= 3 * 60_000
    assert seen.covered_at is None
    assert session.scalar(sa.select(sa.func.count(Sitting.id))) <= MOST_OPENINGS


def test_nine_films_in_nine_tabs_share_what_time_allows(session, person):
    films = [
        (code, make.recording(session, code, duration_ms=60_000))
        for code in (*make.BASIC, "advanced-1", "advanced-2", "advanced-3", "advanced-4")
    ]
    now = BEGUN + timedelta(seconds=30)

    seen = [
        claim(
            session, person, film, 0, 60_000, lecture=code, play_session=code, opened_at=BEGUN, now=now
        ).covered_ms
        for code, film in films
    ]  # fmt: skip

    assert seen == [60_000, 30_000, 0, 0, 0, 0, 0, 0, 0]


def test_a_page_that_has_been_open_for_long_does_not_make_a_new_one_rich(session, person, film):
    claim(session, person, film, 0, 900_000, opened_at=BEGUN, now=BEGUN + timedelta(seconds=300), play_session="old")

    late = BEGUN + timedelta(seconds=310)
    new = claim(session, person, film, 900_000, HOUR, opened_at=late - timedelta(seconds=5), now=late, play_session="b")
    old = claim(session, person, film, 1_000_000, HOUR, opened_at=BEGUN, now=late, play_session="old", sequence=1)

    assert new.covered_ms == 900_000 + 15_000
    assert old.covered_ms == 900_000 + 15_000 + 15_000


def test_what_goes_beyond_is_kept_apart_and_counts_once_it_is_played_again_and_there_was_time(session, person, film):
    def asks(start, end, *, after, sequence):
        recorded = claim(
            session, person, film, start, end, opened_at=BEGUN, now=BEGUN + timedelta(seconds=after), sequence=sequence
        )
        return recorded.intervals, recorded.unverified

    assert asks(0, 60_000, after=5, sequence=1) == ([[0, 15_000]], [[15_000, 60_000]])
    assert asks(0, 60_000, after=30, sequence=1) == ([[0, 15_000]], [[15_000, 60_000]])
    assert asks(20_000, 60_000, after=30, sequence=2) == ([[0, 15_000], [20_000, 60_000]], [[15_000, 20_000]])


def test_more_than_the_devices_own_clock_allows_is_not_credited_either(session, person, film):
    recorded = claim(session, person, film, 0, 100_000, opened_at=BEGUN, now=BEGUN + timedelta(hours=1), wall_ms=10_000)

    assert (recorded.intervals, recorded.unverified) == ([[0, 31_500]], [[31_500, 100_000]])


def test_an_hour_without_a_line_comes_late_in_a_burst_backwards_and_is_credited_whole(tab, viewing):
    page = tab()
    page.is_online = False
    page.play(0, 3600)

    for n, sent in enumerate(reversed(page.sent)):
        page.deliver(sent, now=page.now + timedelta(days=3, milliseconds=n))

    assert (viewing().covered_ms, viewing().unverified) == (HOUR, [])


def test_a_play_session_that_suddenly_plays_another_film_is_refused(session, person, film):
    other = make.recording(session, "basic-3", duration_ms=HOUR)
    claim(session, person, film, 0, 1000, opened_at=BEGUN, now=BEGUN + timedelta(seconds=9))

    assert claim(
        session, person, other, 0, 1000, lecture="basic-3", opened_at=BEGUN, now=BEGUN + timedelta(seconds=9)
    ) is None  # fmt: skip


def test_where_to_go_on_follows_what_happened_last_not_what_arrived_last(tab, viewing):
    telephone, desk = tab(), tab(600)
    telephone.is_online = False
    telephone.play(0, 20)
    desk.play(100, 120)

    for sent in telephone.sent:  # ten minutes later the telephone has a line again
        late = desk.now - telephone.now
        sent = report(**vars(sent) | {"film": sent.recording, "late_ms": late // timedelta(milliseconds=1)})  # noqa: PLW2901
        telephone.deliver(sent, now=desk.now)

    assert (viewing().position_ms, viewing().intervals) == (120_000, [[0, 20_000], [100_000, 120_000]])


def test_an_older_report_of_the_same_page_does_not_move_the_place_back(tab, viewing):
    page = tab()
    page.play(0, 20)

    page.deliver(page.sent[0], now=page.now)

    assert viewing().position_ms == 20_000


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.integers(0, 30), min_size=1, max_size=6), chance=st.randoms(use_true_random=False))
def test_reports_that_come_twice_and_in_any_order_neither_lose_nor_double(session, person, parts, chance):
    outcomes = []
    for is_shuffled in (False, True):
        opened = BEGUN + timedelta(days=next(DAYS))  # what was credited in another run was credited on another day
        page = Tab(session, person, make.recording(session, "basic-2", duration_ms=HOUR), opened=opened)
        page.is_online = False
        for part in parts:
            page.play(part * 10, part * 10 + 10)
        reports = [*page.sent, *page.sent] if is_shuffled else page.sent
        if is_shuffled:
            chance.shuffle(reports)
        for sent in reports:
            recorded = page.deliver(sent)
        sitting = session.scalars(sa.select(Sitting).where(Sitting.play_session == page.name)).one()
        outcomes.append((recorded.intervals, recorded.unverified, sitting.segments, sitting.reports))

    assert outcomes[0] == outcomes[1]
    assert sum(end - start for _, _, start, end in outcomes[0][2]) == 10_000 * len(parts)
