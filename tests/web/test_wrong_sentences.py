"""A wrong sentence is reported from any page, reaches the desk with its message, and is settled."""

import pytest

from lms.wording.models import WrongSentence
from lms.wording.services import MOST_AN_HOUR, report
from tests import make

REPORT = {"sentence": "すべての講義", "better": "講義の一覧", "page": "/courses", "locale": "ja"}


def test_a_reader_reports_a_sentence_and_goes_on(browser_of, session):
    person = make.supporter(session)
    browser = browser_of(person, locale="ja")
    link = browser.get("/courses").one("footer a[href^='/wrong-sentence']")["href"]

    form = browser.get(link)
    back = browser.post("/wrong-sentence", REPORT)

    assert form.one("input[name=page]")["value"] == "/courses"
    assert "ありがとう" in browser.follow(back).text
    row = session.query(WrongSentence).one()
    assert (row.page, row.locale, row.sentence, row.message) == ("/courses", "ja", "すべての講義", "All lectures")
    assert row.reported_by_id == person.id


def test_a_visitor_may_report_too_and_an_empty_report_is_refused(visitor, session):
    refused = visitor.post("/wrong-sentence", REPORT | {"sentence": " "}, status=422)
    visitor.post("/wrong-sentence", REPORT | {"page": "https://evil.example/"})

    assert refused.one("textarea[name=better]").get_text().strip() == "講義の一覧"
    assert refused.one("#sentence-error")
    assert [(row.page, row.reported_by_id) for row in session.query(WrongSentence)] == [("/", None)]


def test_a_machine_that_reports_without_end_is_stopped(visitor, session):
    for n in range(MOST_AN_HOUR):
        report(session, page="/", locale="ja", sentence=f"文{n}", better="", by=None, now=make.now())
    session.commit()

    page = visitor.post("/wrong-sentence", REPORT, status=422)

    assert "try again in an hour" in page.text
    assert session.query(WrongSentence).count() == MOST_AN_HOUR


def test_the_desk_sees_page_and_message_and_settles_it(browser_of, office, session, visitor):
    visitor.post("/wrong-sentence", {"sentence": "All lectures", "page": "/courses", "locale": "en"})
    desk = browser_of(office)

    assert "/secretariat/wrong-sentences" in desk.get("/secretariat").links()
    page = desk.get("/secretariat/wrong-sentences")
    action = page.one("form[action$='/settle']")["action"]
    desk.post(action)
    desk.post(action)

    facts = [" ".join(fact.get_text(" ").split()) for fact in page.soup.select("dd")]
    assert facts[:3] == ["English", "/courses", "All lectures"]
    assert "/courses" in page.links()
    assert session.query(WrongSentence).one().settled_by_id == office.id
    assert "Nobody has reported" in desk.get("/secretariat/wrong-sentences").text
    desk.post("/secretariat/wrong-sentences/999/settle", status=404)


@pytest.mark.parametrize("reports", [1, 5])
def test_the_list_costs_the_same_for_one_and_for_many(browser_of, office, session, queries, reports):
    for n in range(reports):
        report(session, page="/", locale="ja", sentence=f"文{n}", better="", by=None, now=make.now())
    session.commit()
    desk = browser_of(office)

    del queries[:]
    desk.get("/secretariat/wrong-sentences")

    assert len(queries) == 3


def test_the_language_is_that_of_the_page_even_if_the_form_was_read_in_another(visitor, session):
    form = visitor.get("/wrong-sentence?page=/courses")
    sent = {str(f["name"]): str(f.get("value", "")) for f in form.soup.select("#page-form input[type=hidden]")}

    again = visitor.post("/wrong-sentence", sent | {"sentence": "All lectures", "_language": "vi"}, status=200)
    sent = {str(f["name"]): str(f.get("value", "")) for f in again.soup.select("#page-form input[type=hidden]")}
    visitor.post("/wrong-sentence", sent | {"sentence": "All lectures"})

    assert [(row.locale, row.message) for row in session.query(WrongSentence)] == [("en", "All lectures")]


@pytest.mark.parametrize("page", ["/first-account/secret", "/surveys/basic-1/draft", "//evil.example", "/nowhere", ""])
def test_only_the_address_of_a_page_that_can_be_opened_is_kept(visitor, session, page):
    back = visitor.post("/wrong-sentence", REPORT | {"page": page})

    assert back.response.headers["Location"] == "/"
    assert session.query(WrongSentence).one().page == "/"


def test_visitors_together_cannot_silence_those_who_are_signed_in(browser_of, session):
    for n in range(MOST_AN_HOUR):
        report(session, page="/", locale="ja", sentence=f"文{n}", better="", by=None, now=make.now())
    session.commit()

    browser_of(make.supporter(session)).post("/wrong-sentence", REPORT)
