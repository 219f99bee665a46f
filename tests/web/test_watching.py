"""The lecture page, its bytes, and what was watched."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from courses.models import Viewing
from courses.queries import lecture_row
from courses.services import publish, record_watched
from courses.transcode import Package
from courses.views.learner import media_url
from lms.kernel.clock import tokyo_day
from lms.kernel.history import HistoryEntry
from tests import make

BYTES = bytes(range(256)) * 4


@pytest.fixture
def person(session):
    return make.supporter(session, at=make.days_ago(1))


@pytest.fixture
def film(session, house):
    film = make.recording(session, "basic-2")
    house.storage.put(f"{film.folder}/480p/s0001.m4s", BYTES)
    house.storage.put(f"{film.folder}/master.m3u8", b"#EXTM3U\n")
    return film


@pytest.fixture
def learner(browser_of, person):
    return browser_of(person)


def report(film, intervals, *, position=0, sequence=0, play_session="tab-1"):
    return {
        "recording": film.key, "intervals": intervals, "position": position, "sequence": sequence,
        "play_session": play_session, "rate": 1,
    }  # fmt: skip


def watch(browser, film, intervals, **more):
    return browser.client.post("/courses/basic-2/watched", json=report(film, intervals, **more))


def signed(app, person, film, file):
    with app.test_client() as client:
        with client.session_transaction() as cookie:
            cookie["_user_id"] = str(person.id)
        client.get("/health")
        from flask_login import login_user

        login_user(person)
        return media_url(film.key, file)


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


def test_a_report_is_credited_and_the_same_report_changes_nothing(learner, film, session):
    first = watch(learner, film, [[0, 6000], [5000, 9000]], position=9000).json
    again = watch(learner, film, [[0, 6000], [5000, 9000]], position=9000).json

    assert first == again == {"share": 0.3, "intervals": [[0, 9000]], "covered": False}
    assert session.scalar(sa.select(sa.func.count(Viewing.id))) == 1


def test_two_tabs_add_up_and_the_newest_report_of_a_tab_says_where_to_go_on(learner, film, session, person):
    watch(learner, film, [[0, 5000]], position=5000, sequence=2)
    watch(learner, film, [[3000, 4000]], position=4000, sequence=1)
    other_tab = watch(learner, film, [[20_000, 25_000]], position=25_000, sequence=0, play_session="tab-2")

    row = lecture_row(session, code="basic-2", supporter=person.id, on=tokyo_day(make.now()))
    assert other_tab.json["intervals"] == [[0, 5000], [20_000, 25_000]]
    assert row.position_ms == 25_000


def test_enough_is_covered_once_and_stays_covered_when_the_recording_is_replaced(learner, film, session, person):
    watch(learner, film, [[0, 27_000]], position=27_000)
    watch(learner, film, [[0, 30_000]], position=30_000, sequence=1)
    newer = make.recording(session, "basic-2", duration_ms=60_000)

    row = lecture_row(session, code="basic-2", supporter=person.id, on=tokyo_day(make.now()))
    steps = session.scalars(sa.select(HistoryEntry.step).where(HistoryEntry.step == "viewing.covered")).all()
    assert (row.recording, row.share, row.covered_at is not None, len(steps)) == (newer.key, 0.0, True, 1)


def test_a_report_about_the_replaced_recording_still_counts_for_it(learner, film, session):
    make.recording(session, "basic-2", duration_ms=60_000)

    answer = watch(learner, film, [[0, 27_000]], position=27_000).json

    assert (answer["covered"], answer["share"]) == (True, 0.9)


@pytest.mark.parametrize(
    "wrong",
    [
        {"intervals": [[0, 99_999_999]]},
        {"intervals": [[5, 5]]},
        {"intervals": [["a", 5]]},
        {"intervals": "0-5"},
        {"position": -1},
        {"sequence": -1},
        {"play_session": ""},
        {"recording": None},
    ],
)
def test_a_report_that_makes_no_sense_is_422_and_nothing_is_stored(learner, film, session, wrong):
    answer = learner.client.post("/courses/basic-2/watched", json=report(film, [[0, 1000]]) | wrong)

    assert answer.status_code == 422
    assert answer.json["error"] == "The report of what was watched cannot be read."
    assert session.scalar(sa.select(sa.func.count(Viewing.id))) == 0


def test_a_report_about_another_lectures_recording_is_refused(learner, film):
    assert learner.client.post("/courses/basic-1/watched", json=report(film, [[0, 1000]])).status_code == 404


def test_a_signed_in_person_gets_the_bytes_whole_and_in_part(app, learner, person, film):
    url = signed(app, person, film, "480p/s0001.m4s")

    whole = learner.client.get(url, buffered=True)
    part = learner.client.get(url, buffered=True, headers={"Range": "bytes=100-199"})
    tail = learner.client.get(url, buffered=True, headers={"Range": "bytes=-10"})

    assert (whole.status_code, whole.data, whole.headers["Accept-Ranges"]) == (200, BYTES, "bytes")
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, BYTES[100:200], "bytes 100-199/1024")
    assert (tail.status_code, tail.data) == (206, BYTES[-10:])
    assert whole.headers["Cache-Control"] == "private, max-age=86400, immutable"


def test_ranges_that_cannot_be_served(app, learner, person, film):
    url = signed(app, person, film, "480p/s0001.m4s")
    etag = learner.client.get(url, buffered=True).headers["ETag"]

    def status(**headers: str) -> int:
        return learner.client.get(
            url, buffered=True, headers={k.replace("_", "-"): v for k, v in headers.items()}
        ).status_code

    assert status(Range="bytes=5000-") == 416
    assert status(Range="bytes=0-1,5-6") == 200
    assert status(Range="apples=1-2") == 200
    assert status(If_None_Match=etag) == 304
    assert status(If_None_Match=etag, Range="bytes=0-1") == 304
    assert status(Range="bytes=0-1", If_Range=etag) == 206
    assert status(Range="bytes=0-1", If_Range='"old"') == 200
    assert learner.client.head(url, buffered=True).headers["Content-Length"] == "1024"


def test_no_query_is_asked_for_a_segment(app, learner, person, film, queries):
    url = signed(app, person, film, "480p/s0001.m4s")
    queries.clear()

    learner.client.get(url, buffered=True)

    assert queries == []


def test_the_bytes_are_refused_to_others_to_visitors_and_with_a_forged_path(app, browser_of, session, person, film):
    url = signed(app, person, film, "480p/s0001.m4s")
    expires, signature = url.split("/")[2:4]

    assert browser_of(make.supporter(session)).client.get(url).status_code == 403
    assert browser_of().client.get(url).status_code == 403
    mine = browser_of(person).client
    assert mine.get(url.replace(signature, signature[::-1])).status_code == 403
    assert mine.get(url.replace(expires, str(int(expires) + 1))).status_code == 403
    assert mine.get(url.replace(film.key, "0" * 32)).status_code == 403


@pytest.mark.parametrize("path", ["480p/none.m4s", "../../../secret.key", "480p", "480p/%2e%2e/%2e%2e/x.mp4"])
def test_nothing_but_a_recordings_own_files_is_there(app, learner, person, film, path):
    assert learner.client.get(signed(app, person, film, "master.m3u8").replace("master.m3u8", path)).status_code == 404


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


def claim(session, person, film, intervals, *, now, sequence=0):
    """One report of a player, or of a script."""
    viewing = record_watched(
        session, supporter=person.id, lecture="basic-2", recording_key=film.key, intervals=intervals, position=0,
        play_session="tab-1", sequence=sequence, now=now,
    )  # fmt: skip
    session.flush()
    return viewing


def test_a_script_gets_no_more_credit_than_time_allows_however_often_it_asks(session):
    begun = make.now()
    person = make.supporter(session, at=begun)
    film = make.recording(session, "basic-2", duration_ms=3_600_000)

    for n in range(1200):  # twenty a second, each claiming half a minute more
        viewing = claim(
            session, person, film, [[n * 3000, n * 3000 + 3000]], now=begun + timedelta(milliseconds=50 * n), sequence=n
        )

    assert viewing.covered_ms <= 3 * 60_000
    assert viewing.covered_at is None


def test_what_goes_beyond_is_kept_apart_and_counts_once_there_was_time_for_it(session):
    begun = make.now()
    person = make.supporter(session, at=begun)
    film = make.recording(session, "basic-2", duration_ms=60_000)

    early = claim(session, person, film, [[0, 60_000]], now=begun + timedelta(seconds=5))
    seen_early = (early.intervals, early.unverified)
    late = claim(session, person, film, [[20_000, 60_000]], now=begun + timedelta(seconds=30), sequence=1)

    assert seen_early == ([[0, 15_000]], [[15_000, 60_000]])
    assert (late.intervals, late.unverified) == ([[0, 15_000], [20_000, 60_000]], [[15_000, 20_000]])


def test_nine_films_in_nine_tabs_share_one_allowance(session):
    begun = make.now()
    person = make.supporter(session, at=begun)
    codes = [*make.BASIC, "advanced-1", "advanced-2", "advanced-3", "advanced-4"]
    films = {code: make.recording(session, code, duration_ms=60_000) for code in codes}

    seen = [
        record_watched(
            session, supporter=person.id, lecture=code, recording_key=film.key, intervals=[[0, 60_000]], position=0,
            play_session=code, sequence=0, now=begun + timedelta(seconds=30),
        ).covered_ms
        for code, film in films.items()
    ]  # fmt: skip

    assert sum(seen) == 90_000


def test_an_hour_without_a_line_comes_late_in_a_burst_and_is_credited_whole(session):
    begun = make.now()
    person = make.supporter(session, at=begun)
    film = make.recording(session, "basic-2", duration_ms=3_600_000)
    reconnected = begun + timedelta(hours=1)

    for n in reversed(range(360)):
        viewing = claim(
            session,
            person,
            film,
            [[n * 10_000, (n + 1) * 10_000]],
            now=reconnected + timedelta(milliseconds=n),
            sequence=n,
        )

    assert (viewing.covered_ms, viewing.unverified) == (3_600_000, [])


def test_the_desk_sees_what_was_reported_beyond_what_time_allows(browser_of, office, session):
    person = make.supporter(session)
    film = make.recording(session, "basic-2", duration_ms=600_000)
    claim(session, person, film, [[0, 600_000]], now=person.registered_at)
    session.commit()

    page = browser_of(office).get(f"/secretariat/supporters/{person.id}")

    assert "Reported, but faster than it can be played: 10:00" in page.text
