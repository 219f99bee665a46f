"""Drafts of a survey."""

from surveys import queries
from tests import make


def test_a_page_left_open_on_another_device_takes_no_answer_away(browser_of, session):
    person = make.supporter(session)
    one, other = browser_of(person), browser_of(person)
    one.get("/surveys/basic-2")
    other.get("/surveys/basic-2")

    one.post("/surveys/basic-2/draft", {"q_learned": "まず話を聞く。"}, status=200)
    other.post("/surveys/basic-2/draft", {"q_to_lecturer": "質問です。"}, status=200)

    draft = queries.response_of(session, supporter=person.id, lecture_code="basic-2")
    session.refresh(draft)
    assert draft.answers == {"learned": "まず話を聞く。", "to-lecturer": "質問です。"}
    assert "まず話を聞く。" in other.get("/surveys/basic-2").html


def test_a_draft_cannot_change_what_was_sent(browser_of, session):
    person = make.supporter(session)
    sent = make.response(session, person, "basic-2")

    browser_of(person).post("/surveys/basic-2/draft", {"q_learned": "x"}, status=409)

    session.refresh(sent)
    assert sent.answers["learned"] == "見本の回答です。"


def test_a_missing_answer_is_said_and_everything_typed_is_kept(browser_of, session):
    browser = browser_of(make.supporter(session))

    page = browser.post("/surveys/basic-2", {"q_to_lecturer": "質問です。"}, status=422)

    assert "Write a few words here." in page.text
    assert "Choose an answer." in page.text
    assert "質問です。" in page.html


def test_a_language_can_be_changed_after_a_refusal_and_nothing_typed_is_lost(browser_of, session):
    browser = browser_of(make.supporter(session))
    typed = {"q_to_lecturer": "質問です。"}
    refused = browser.post("/surveys/basic-2", typed, status=422)
    buttons = refused.soup.select("button[name=_language][value=es]")
    assert {button["form"] for button in buttons} == {refused.one("form[data-autosave-url]")["id"]}

    again = browser.post("/surveys/basic-2", typed | {"_language": "es", "_refused": "1"}, status=200)

    assert again.soup.html["lang"] == "es"
    assert "質問です。" in again.html
    assert len(again.soup.select(".error-summary")) == 1


def test_an_empty_plural_in_easy_japanese_comes_from_japanese(browser_of, office):
    page = browser_of(office, locale="ja@easy").get("/secretariat/supporters")

    assert "One " not in page.text
