"""The lecture page, its bytes, and what was watched."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from courses.models import Viewing
from courses.queries import lecture_row
from courses.services import publish
from courses.transcode import Package
from courses.watching import ticket
from lms.kernel.clock import tokyo_day
from lms.kernel.history import HistoryEntry
from tests import make
from tests.watching import batch


@pytest.fixture
def person(session):
    return make.supporter(session, at=make.days_ago(1))


@pytest.fixture
def film(session):
    return make.recording(session, "basic-2")


@pytest.fixture
def learner(browser_of, person):
    return browser_of(person)


@pytest.fixture
def report(person, house):
    """What a page opened an hour ago would send now."""

    def make_report(film, intervals, *, by=person, **given):
        opened = ticket.issue(film.key, supporter=by.id, secret=house.secret_key, now=make.now() - timedelta(hours=1))
        return batch(film.key, intervals, **{"ticket": opened} | given)

    return make_report


@pytest.fixture
def watch(learner, report):
    """Sends one and gives the answer."""

    def send(film, intervals, **given):
        return learner.client.post("/courses/basic-2/watched", json=report(film, intervals, **given))

    return send


def test_the_lecture_page_offers_the_film_its_fallback_and_its_captions(learner, film):
    page = learner.get("/courses/basic-2")

    kinds = [source["type"] for source in page.soup.select("video source")]
    assert kinds == ["application/vnd.apple.mpegurl", "video/mp4"]
    assert "Status of residence" in page.h1 or "basic" in page.text.lower()
    assert "/surveys/basic-2" in page.links()


def test_the_page_says_when_there_is_no_recording_and_when_one_is_being_prepared(learner, session):
    nothing = learner.get("/courses/basic-3").text
    make.recording(session, "basic-3", published=False)
    waiting = learner.get("/courses/basic-3")

    assert nothing != waiting.text
    assert waiting.soup.select_one("[data-progress-url='/courses/basic-3/progress']") is not None
    assert learner.client.get("/courses/basic-3/progress").json["done"] is False


def test_a_report_is_credited_and_the_same_report_changes_nothing(watch, film, session):
    first = watch(film, [[0, 6000], [7000, 9000]], position=9000, wall_ms=8000).json
    again = watch(film, [[0, 6000], [7000, 9000]], position=9000, wall_ms=8000).json

    assert first == again == {
        "share": 8 / 30, "intervals": [[0, 6000], [7000, 9000]], "covered": False, "unverified": 0
    }  # fmt: skip
    assert session.scalar(sa.select(sa.func.count(Viewing.id))) == 1


def test_the_answer_says_how_much_could_not_be_credited(watch, film):
    answer = watch(film, [[0, 20_000]], wall_ms=5000).json

    assert (answer["intervals"], answer["unverified"]) == ([[0, 16_500]], 3500)


def test_two_tabs_add_up_and_the_newest_report_of_a_tab_says_where_to_go_on(watch, film, session, person):
    watch(film, [[0, 5000]], position=5000, sequence=2, wall_ms=5000)
    watch(film, [[3000, 4000]], position=4000, sequence=1, wall_ms=5000)
    other_tab = watch(film, [[20_000, 25_000]], position=25_000, sequence=0, play_session="tab-2", wall_ms=5000)

    row = lecture_row(session, code="basic-2", supporter=person.id, on=tokyo_day(make.now()))
    assert other_tab.json["intervals"] == [[0, 5000], [20_000, 25_000]]
    assert row.position_ms == 25_000


def test_enough_is_covered_once_and_stays_covered_when_the_recording_is_replaced(watch, film, session, person):
    watch(film, [[0, 27_000]])
    watch(film, [[0, 30_000]], sequence=1)
    newer = make.recording(session, "basic-2", duration_ms=60_000)

    row = lecture_row(session, code="basic-2", supporter=person.id, on=tokyo_day(make.now()))
    steps = session.scalars(sa.select(HistoryEntry.step).where(HistoryEntry.step == "viewing.covered")).all()
    assert (row.recording, row.share, row.covered_at is not None, len(steps)) == (newer.key, 0.0, True, 1)
    assert watch(newer, [[0, 1000]], play_session="tab-2").json["covered"] is True


def test_a_report_about_the_replaced_recording_still_counts_for_it(watch, film, session):
    make.recording(session, "basic-2", duration_ms=60_000)

    answer = watch(film, [[0, 27_000]]).json

    assert (answer["covered"], answer["share"]) == (True, 0.9)


WRONG = {
    "beyond the end": {"intervals": [[0, 99_999_999]]},
    "empty": {"intervals": [[5, 5]]},
    "nothing": {"intervals": []},
    "reversed": {"intervals": [[9, 5]]},
    "negative": {"intervals": [[-5, 5]]},
    "overlapping": {"intervals": [[0, 5000], [4000, 9000]]},
    "out of order": {"intervals": [[5000, 9000], [0, 4000]]},
    "letters": {"intervals": [["a", 5]]},
    "no list": {"intervals": "0-5"},
    "no pairs": {"intervals": [0, 5000]},
    "floats": {"intervals": [[0, 5000.0]]},
    "booleans": {"intervals": [[False, True]]},
    "huge": {"intervals": [[0, 10**300]]},
    "too many": {"intervals": [[2 * n, 2 * n + 1] for n in range(10_000)]},
    "position before the beginning": {"position": -1},
    "position beyond the end": {"position": 99_999_999},
    "position true": {"position": True},
    "sequence negative": {"sequence": -1},
    "sequence huge": {"sequence": 10**30},
    "no play session": {"play_session": ""},
    "long play session": {"play_session": "x" * 65},
    "play session no database keeps": {"play_session": "a\0\ud800"},
    "no recording": {"recording": None},
    "recording no database keeps": {"recording": "\ud800"},
    "no clock": {"wall_ms": None},
    "clock backwards": {"wall_ms": -1},
    "from the future": {"late_ms": -1},
    "no speed": {"rate": 0},
    "backwards": {"rate": -1.5},
    "no ticket": {"ticket": None},
    "empty ticket": {"ticket": ""},
    "invented ticket": {"ticket": "1700000000000.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
    "ticket no hash takes": {"ticket": "\ud800"},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_a_report_that_makes_no_sense_is_422_and_nothing_is_stored(learner, report, film, session, wrong):
    text = json.dumps(report(film, [[0, 1000]]) | wrong)

    answer = learner.client.post("/courses/basic-2/watched", data=text, content_type="application/json")

    assert answer.status_code == 422
    assert answer.json["error"] == "The report of what was watched cannot be read."
    assert session.scalar(sa.select(sa.func.count(Viewing.id))) == 0


@pytest.mark.parametrize(
    "body",
    ["", "null", "[]", "{", "NaN", '"x"', "[" * 100_000, '{"sequence": ' + "9" * 5000 + "}", "\ufeff{}"],
    ids=["empty", "null", "list", "cut off", "no number", "text", "deep", "digits", "mark"],
)
def test_what_is_no_report_at_all_is_422(learner, body):
    answer = learner.client.post("/courses/basic-2/watched", data=body, content_type="application/json")

    assert answer.status_code == 422


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none_are_422(learner, report, film, constant):
    for field in ("rate", "wall_ms", "position"):
        text = json.dumps(report(film, [[0, 1000]]) | {field: "HERE"}).replace('"HERE"', constant)
        answer = learner.client.post("/courses/basic-2/watched", data=text, content_type="application/json")
        assert answer.status_code == 422


def test_a_ticket_of_somebody_else_or_of_another_recording_is_422(learner, report, film, session, office):
    other = make.recording(session, "basic-3")

    for foreign in (report(film, [[0, 1000]], by=office), report(other, [[0, 1000]]) | {"recording": film.key}):
        assert learner.client.post("/courses/basic-2/watched", json=foreign).status_code == 422
    assert session.scalar(sa.select(sa.func.count(Viewing.id))) == 0


def test_the_page_carries_the_ticket_that_its_reports_need(learner, film, person, house):
    carried = learner.get("/courses/basic-2").soup.select_one("[data-ticket]")["data-ticket"]

    opened = ticket.opened_at(carried, recording_key=film.key, supporter=person.id, secret=house.secret_key)
    assert abs(make.now() - opened) < timedelta(seconds=30)


def test_a_report_about_another_lectures_recording_is_refused(learner, report, film):
    assert learner.client.post("/courses/basic-1/watched", json=report(film, [[0, 1000]])).status_code == 404


def test_whoever_is_signed_out_keeps_their_report(visitor, report, film, session):
    answer = visitor.client.post("/courses/basic-2/watched", json=report(film, [[0, 1000]]))

    assert answer.status_code == 401
    assert session.scalar(sa.select(sa.func.count(Viewing.id))) == 0


def test_a_report_asks_the_database_little(learner, report, film, queries):
    learner.client.post("/courses/basic-2/watched", json=report(film, [[0, 1000]]))
    queries.clear()

    learner.client.post("/courses/basic-2/watched", json=report(film, [[1000, 2000]], sequence=1))

    assert [statement.split()[0] for statement in queries] == ["SELECT"] * 4 + ["UPDATE"] * 2


@pytest.mark.parametrize("recordings", [1, 5])
def test_the_list_of_lectures_costs_the_same_for_one_recording_and_for_many(learner, session, queries, recordings):
    for code in make.BASIC[:recordings]:
        make.recording(session, code)
    queries.clear()

    learner.get("/courses")

    assert len(queries) == 4


def test_publishing_twice_is_harmless(session, film):
    publish(
        session,
        recording_id=film.id,
        package=Package(duration_ms=1, renditions=(), audio_bytes=0, bytes=1),
        now=make.now(),
    )

    assert film.duration_ms == 30_000
