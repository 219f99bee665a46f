"""What people see of themselves when they come home, and where a lecture leads."""

import pytest

from lms.kernel.clock import tokyo_day
from lms.memoranda import services as papers
from lms.memoranda.queries import of_supporter
from tests import make


def action(page):
    return page.one(".next-action a")


def stones(page):
    return [stone.get_text(" ", strip=True) for stone in page.soup.select(".stones:not(.stones--quiet) .stone")]


def test_one_glance_says_who_one_is_what_is_done_and_what_comes_next(browser_of, session):
    person = make.supporter(session)
    for code in make.BASIC:
        make.recording(session, code)
    make.response(session, person, "basic-1")

    home = browser_of(person).get("/my-training")

    assert person.display_name in home.one(".passport__name").text
    assert person.network_id in home.one(".passport__id").text
    assert home.one(".passport__standing").text == "You are on the way to accompanying people."
    assert [stone.rsplit(": ", 1)[1] for stone in stones(home)] == ["done", *["still to do"] * 4]
    assert (action(home).text, action(home)["href"]) == ("Watch Basic ②", "/courses/basic-2")
    assert home.soup.select(".step--current .step__label")[0].text.startswith("Watch the lectures")
    assert home.soup.select(".step--waits") == []


def test_a_returned_answer_waits_for_its_writer(browser_of, session, office):
    person = make.supporter(session)
    sent = make.response(session, person, "basic-3")
    browser_of(office).post(f"/secretariat/responses/{sent.id}/return", {"comment": "A little more, please."})

    home = browser_of(person).get("/my-training")

    assert (action(home).text, action(home)["href"]) == ("Read the comment and answer", "/surveys/basic-3")
    assert stones(home)[2].endswith("waits for you")
    assert len(home.soup.select(".next-action--waits")) == len(home.soup.select(".step--waits")) == 1


def test_whoever_has_sent_everything_is_told_that_nothing_needs_doing(browser_of, session):
    person = make.supporter(session)
    for code in make.BASIC:
        make.response(session, person, code)

    home = browser_of(person).get("/my-training")

    assert home.soup.select(".next-action") == []
    assert "There is nothing you need to do." in home.one(".passport__standing").text
    assert "Surveys sent: 5 of 5" in home.text


def test_papers_that_were_posted_say_what_to_do_with_them(browser_of, session, office, worker):
    person = make.supporter(session)
    make.address(session, person)
    make.accepted(session, person, make.BASIC, by=office)
    worker.drain()
    memo = of_supporter(session, person.id)[0]
    papers.mark_printed(session, memorandum=memo, by=office.id, now=make.now())
    session.commit()
    printed = browser_of(person).get("/my-training")
    browser_of(office).post(
        f"/secretariat/memoranda/{memo.id}/posted",
        {"posted_on": str(tokyo_day(make.now())), "service": "letter", "tracking": ""},
    )

    posted = browser_of(person).get("/my-training")

    assert "Your papers are printed and will be posted soon." in printed.text
    assert len(posted.soup.select(".notice--waits li")) == 3


@pytest.mark.parametrize("participation", [make.Participation.TRAINEE, make.Participation.LEARN])
def test_who_learns_is_shown_the_next_lecture_and_asked_for_nothing(browser_of, session, participation):
    person = make.supporter(session, participation=participation)
    make.recording(session, "basic-1")

    home = browser_of(person).get("/my-training")

    assert action(home)["href"] == "/courses/basic-1"
    assert "Surveys sent" not in home.text
    assert home.soup.select(".next-action--waits, .step--waits, .notice--waits") == []


@pytest.mark.parametrize("answers", [0, 4])
def test_the_home_costs_the_same_with_nothing_answered_and_with_much(browser_of, session, queries, answers):
    person = make.supporter(session)
    for code in make.BASIC[:answers]:
        make.response(session, person, code)
    browser = browser_of(person)
    queries.clear()

    browser.get("/my-training")

    assert len(queries) == 15


def test_a_lecture_leads_to_its_neighbours(browser_of, session):
    browser = browser_of(make.supporter(session))

    doors = {code: [a["href"] for a in browser.get(f"/courses/{code}").soup.select("a.door")] for code in (
        "basic-1", "basic-5", "advanced-4"
    )}  # fmt: skip

    assert doors == {
        "basic-1": ["/courses/basic-2"],
        "basic-5": ["/courses/basic-4", "/courses/advanced-1"],
        "advanced-4": ["/courses/advanced-3"],
    }
