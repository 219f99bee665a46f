"""The feed for the organisation's own sheets: an address that is its own key, and what stands in it."""

import pytest

from lms.hooks.rules import Event
from lms.kernel import clock
from lms.kernel.history import HistoryEntry, steps_of
from lms.memoranda import services as papers
from lms.memoranda.rules import Service, State
from lms.secretariat.feed.models import FeedToken
from lms.secretariat.feed.queries import STEPS, hashed
from tests import make
from tests.web.test_desk import brought_to


def made(browser, seen=0):
    return address_of(browser.post("/secretariat/feed", {"seen": seen}, status=200))


def address_of(page):
    return page.soup.select("main code")[0].get_text().removeprefix("http://localhost")


def lines(answer):
    assert answer.status_code == 200, answer.status_code
    return [line.split(",") for line in answer.get_data(as_text=True).splitlines()]


def test_the_address_is_shown_once_and_kept_as_a_hash(browser_of, office, session):
    desk = browser_of(office)
    page = desk.post("/secretariat/feed", {"seen": 0}, status=200)
    address = address_of(page)
    token = address.removeprefix("/feed/").removesuffix(".csv")

    assert page.response.headers["Cache-Control"] == "private, no-store"
    assert (len(token), [row.sha256 for row in session.query(FeedToken)]) == (43, [hashed(token)])
    assert token not in desk.get("/secretariat/feed").html
    assert [step.step for step in steps_of(session, kind="feed", subject=1)] == ["feed.made"]


def test_the_feed_holds_the_three_steps_without_names(browser_of, visitor, office, session):
    memo = brought_to(session, office, State.COMPLETE)
    person = memo.supporter_id
    address = made(browser_of(office))

    answer = visitor.client.get(address)

    found = lines(answer)
    network_id = session.get(type(office), person).network_id
    assert found[0] == ["event", "occurred_at", "network_id", "document_number", "year"]
    assert [[row[0], *row[2:4]] for row in found[1:]] == [
        ["qualified", network_id, ""],
        ["posted", network_id, memo.number],
        ["complete", network_id, memo.number],
    ]
    assert found[2][4] == str(memo.year)
    assert found[3][1] == memo.completed_at.astimezone(clock.TOKYO).strftime("%Y-%m-%d %H:%M:%S")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_only_newer_steps_are_sent_where_a_day_is_asked(browser_of, visitor, office, session):
    address = made(browser_of(office))
    brought_to(session, office, State.DUE, at=make.moment("2026-03-31 23:59"))
    brought_to(session, office, State.DUE, at=make.moment("2026-04-01 00:00"))

    assert [len(lines(visitor.client.get(address + more))) for more in ("", "?since=0001-01-01", "?since=2026-03-31", "?since=2026-04-01", "?since=2026-04-02")] == [3, 3, 3, 2, 1]  # fmt: skip
    assert visitor.client.get(address + "?since=yesterday").status_code == 422


def test_nothing_new_is_answered_without_a_body(browser_of, visitor, office, session):
    address = made(browser_of(office))
    brought_to(session, office, State.PRINTED)
    tag = visitor.client.get(address).headers["ETag"]

    again = visitor.client.get(address, headers={"If-None-Match": tag})
    brought_to(session, office, State.DUE)
    later = visitor.client.get(address, headers={"If-None-Match": tag})

    assert (again.status_code, again.get_data()) == (304, b"")
    assert (later.status_code, later.headers["ETag"] != tag) == (200, True)


def test_a_wrong_address_is_no_page(browser_of, visitor, office):
    assert visitor.client.get("/feed/none.csv").status_code == 404
    address = made(browser_of(office))

    assert visitor.client.get(address.replace(".csv", "x.csv")).status_code == 404
    assert visitor.client.get("/feed/.csv").status_code == 404


def test_a_new_address_ends_the_one_before_and_revoking_ends_all(browser_of, visitor, office):
    desk = browser_of(office)
    first = made(desk)
    second = made(desk, seen=1)
    assert [visitor.client.get(each).status_code for each in (first, second)] == [404, 200]

    desk.post("/secretariat/feed/revoke", {"seen": 2})

    assert [visitor.client.get(each).status_code for each in (first, second)] == [404, 404]
    assert "No address works" in desk.get("/secretariat/feed").text
    third = made(desk, seen=2)
    assert visitor.client.get(third).status_code == 200


def test_two_at_the_desk_do_not_take_each_others_address_away(browser_of, office, session, visitor):
    address = made(browser_of(office))

    page = browser_of(make.secretariat(session)).post("/secretariat/feed", {"seen": 0}, status=409)

    assert "Somebody else has just made or revoked an address." in page.text
    assert visitor.client.get(address).status_code == 200


def test_the_page_says_how_it_stands_with_the_webhook(browser_of, office):
    assert "Nobody is told." in browser_of(office).get("/secretariat/feed").text


@pytest.mark.parametrize("people", [1, 4])
def test_the_feed_costs_the_same_for_one_person_and_for_many(browser_of, visitor, office, session, queries, people):
    address = made(browser_of(office))
    for _ in range(people):
        brought_to(session, office, State.POSTED)
    queries.clear()

    assert len(lines(visitor.client.get(address))) == 1 + 2 * people

    assert len(queries) == 3


def test_every_step_that_may_be_told_has_its_event():
    assert set(STEPS.values()) == set(Event)


def test_a_memorandum_posted_again_stands_in_the_feed_twice(browser_of, visitor, office, session):
    memo = brought_to(session, office, State.POSTED)
    papers.post_again(session, memorandum=memo, by=office.id, now=make.now())
    memo.pack_key, memo.pack_sha256 = "packs/none", "0"
    step = {"memorandum": memo, "by": office.id, "now": make.now()}
    papers.mark_printed(session, **step)
    on = clock.tokyo_day(make.now())
    papers.mark_posted(session, posted_on=on, service=Service.LETTER, tracking=None, today=on, **step)
    session.commit()

    found = lines(visitor.client.get(made(browser_of(office))))

    assert [row[0] for row in found[1:]] == ["qualified", "posted", "posted"]
    assert session.query(HistoryEntry).filter_by(step="memorandum.posted").count() == 2
