"""What the secretariat sees of the watch record: a person's lecture in detail, its own word for it, the picture."""

import pytest
import sqlalchemy as sa

from courses.models import Attestation
from courses.queries import best_share, lecture_row
from lms.kernel.clock import tokyo_day
from lms.kernel.history import steps_of
from tests import make
from tests.watching import Tab

MINUTE = 60_000


@pytest.fixture
def person(session):
    return make.supporter(session, at=make.days_ago(9))


@pytest.fixture
def film(session):
    return make.recording(session, "basic-2", duration_ms=10 * MINUTE)


@pytest.fixture
def desk(browser_of, office):
    return browser_of(office)


def play(session, person, film, *parts, days_ago=2):
    page = Tab(session, person, film, opened=make.days_ago(days_ago))
    for start, end in parts:
        page.play(start, end)
    page.leave()
    session.commit()
    return page


def test_a_person_page_leads_to_what_they_watched_of_a_lecture_in_the_order_of_playing(desk, session, person, film):
    play(session, person, film, (0, 60), (300, 330), (10, 20))

    overview = desk.get(f"/secretariat/supporters/{person.id}")
    page = desk.get(f"/secretariat/supporters/{person.id}/watched/basic-2")

    assert f"/secretariat/supporters/{person.id}/watched/basic-2" in overview.links()
    assert "0:00–1:00, 5:00–5:30, 0:10–0:20" in page.text
    assert "1:30 of 10:00 played, each part counted once: 15%" in page.text


def test_a_replaced_version_keeps_what_was_seen_of_it(desk, session, person, film):
    play(session, person, film, (0, 600))
    newer = make.recording(session, "basic-2", duration_ms=5 * MINUTE)
    play(session, person, newer, (0, 30), days_ago=1)

    page = desk.get(f"/secretariat/supporters/{person.id}/watched/basic-2")

    assert [h.text for h in page.soup.select("h2")][:2] == ["Version 2", "Version 1"]
    assert "10:00 of 10:00 played" in page.text
    assert "0:30 of 5:00 played" in page.text


def test_the_desk_sees_what_was_reported_beyond_what_time_allows(desk, session, person, film):
    page = Tab(session, person, film, opened=make.now())
    page.is_online = False
    page.play(0, 600, rate=600)
    page.leave()
    for sent in page.sent:
        page.deliver(sent)
    session.commit()

    assert "Reported, but faster than it can be played: 9:" in desk.get(f"/secretariat/supporters/{person.id}").text
    assert "not counted: 9:" in desk.get(f"/secretariat/supporters/{person.id}/watched/basic-2").text


def attest(desk, person, reason="Seen together with others in Osaka."):
    return desk.post(f"/secretariat/supporters/{person.id}/watched/basic-2", {"reason": reason})


def test_the_secretariats_word_counts_as_watched_everywhere_and_says_whose_it_is(desk, browser_of, session, person):
    attest(desk, person)

    row = lecture_row(session, code="basic-2", supporter=person.id, on=tokyo_day(make.now()))
    overview = desk.get(f"/secretariat/supporters/{person.id}").text
    assert (row.covered_at, best_share(session, code="basic-2", supporter=person.id)) == (row.attested_at, 1.0)
    assert "Watched, confirmed by the secretariat" in overview
    assert "It was confirmed that a lecture was seen elsewhere." in overview
    assert "Osaka" in desk.get(f"/secretariat/supporters/{person.id}/watched/basic-2").text
    assert "Watched, confirmed by the secretariat" in browser_of(person).get("/courses").text


def test_a_word_is_given_once_with_a_reason_and_the_step_names_the_lecture_only(desk, session, person, office):
    for reason in ("", "  ", "ok"):
        refused = desk.client.post(f"/secretariat/supporters/{person.id}/watched/basic-2", data={"reason": reason})
        assert refused.status_code == 422
    attest(desk, person)
    again = desk.client.post(f"/secretariat/supporters/{person.id}/watched/basic-2", data={"reason": "Seen once more."})

    steps = [step for step in steps_of(session, kind="supporter", subject=person.id) if "attested" in step.step]
    assert again.status_code == 409
    assert session.scalars(sa.select(Attestation.reason)).all() == ["Seen together with others in Osaka."]
    assert [(step.by_id, step.facts) for step in steps] == [(office.id, {"lecture": "basic-2"})]


def test_an_attested_lecture_stays_watched_while_it_is_being_watched(session, person, film, desk):
    attest(desk, person)

    page = Tab(session, person, film, opened=make.days_ago(1))
    page.is_online = False
    page.play(0, 10)
    page.leave()

    assert page.deliver(page.sent[0]).is_covered is True


def test_others_see_nothing_of_it(browser_of, person):
    browser = browser_of(person)
    for path in ("watched/basic-2", "xapi"):
        assert browser.client.get(f"/secretariat/supporters/{person.id}/{path}").status_code == 404
    assert browser.client.post(
        f"/secretariat/supporters/{person.id}/watched/basic-2", data={"reason": "I saw it, really."}
    ).status_code == 404  # fmt: skip


def test_nobody_and_nothing_is_404(desk, person):
    assert desk.client.get(f"/secretariat/supporters/{person.id}/watched/basic-99").status_code == 404
    assert desk.client.get("/secretariat/supporters/99999/watched/basic-2").status_code == 404
    assert desk.client.get("/secretariat/supporters/99999/xapi").status_code == 404


def test_the_export_is_a_file_that_names_nobody(desk, session, person, film):
    play(session, person, film, (0, 600))

    answer = desk.client.get(f"/secretariat/supporters/{person.id}/xapi")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="watched-xapi.json"'
    assert [told["verb"]["display"]["en"] for told in answer.json] == [
        "initialized", "played", "completed", "paused", "terminated",
    ]  # fmt: skip
    assert {told["actor"]["account"]["name"] for told in answer.json} == {person.network_id}
    assert person.display_name not in answer.text
    assert person.email not in answer.text


def test_the_lecture_page_of_the_desk_shows_which_parts_are_watched_by_how_many(desk, session, film, queries):
    for parts in [((0, 600),), ((0, 300), (0, 120)), ((0, 150),)]:
        play(session, make.supporter(session, at=make.days_ago(9)), film, *parts)
    before = len(queries)
    page = desk.get("/secretariat/lectures/basic-2")
    asked_for_three = len(queries) - before
    assert "3 people have begun to watch this recording. One person has watched it." in page.text
    assert "/courses/basic-2?t=300" in page.links()
    counts = [cell.text for cell in page.soup.select("table.chart__table td")[:40]]
    assert counts == ["3"] * 10 + ["2"] * 10 + ["1"] * 20

    play(session, make.supporter(session, at=make.days_ago(9)), film, (0, 60))
    before = len(queries)
    desk.get("/secretariat/lectures/basic-2")
    assert len(queries) - before == asked_for_three


def test_nobody_has_watched_yet(desk, film):
    assert "Nobody has watched this recording yet." in desk.get("/secretariat/lectures/basic-2").text
