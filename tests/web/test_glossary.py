"""The glossary's page and what the player is told of it."""

import json

import pytest

from courses.glossary.terms import glossary
from lms.kernel.i18n import codes

SMALL = 100_000


@pytest.mark.parametrize("code", codes())
def test_every_term_has_its_place_in_every_language(browser_of, code):
    page = browser_of(locale=code).get("/glossary")

    entries = {str(entry["id"]) for entry in page.soup.select("main article")}
    assert entries == {f"term-{term.key}" for term in glossary()}
    assert {link for link in page.links() if "#term-" in link} <= {f"/glossary#{entry}" for entry in entries}


def test_a_term_stands_with_its_original_its_explanation_and_easy_japanese(browser_of):
    entry = browser_of(locale="vi").get("/glossary").one("#term-karihomen")

    assert entry.select_one("h3").get_text() == "Tạm tha (karihomen)"
    assert entry.select_one(".term-entry__original").get_text() == "仮放免 かりほうめん"
    assert entry.select_one(".term-entry__original")["lang"] == "ja"
    assert "Chế độ tạm thời" in entry.get_text()
    assert "働く ことが できません。" in entry.select_one(".term-entry__easy [lang=ja]").get_text()


def test_easy_japanese_keeps_its_readings_whatever_the_page_shows(browser_of):
    assert "<rt>びょうき</rt>" in browser_of(locale="en").get("/glossary").html


def test_a_reader_of_easy_japanese_reads_it_once(browser_of):
    entry = browser_of(locale="ja@easy").get("/glossary").one("#term-karihomen")

    assert entry.select(".term-entry__easy, .term-entry__original") == []


def test_it_leads_to_related_terms_and_lectures(visitor):
    entry = visitor.get("/glossary").one("#term-karihomen")

    assert [(str(a["href"]), a.get_text()) for a in entry.select("a")] == [
        ("/glossary#term-kanri-sochi", "Monitoring measures"),
        ("/glossary#term-shuyo", "Immigration detention"),
        ("/glossary#term-zairyu-tokubetsu-kyoka", "Special permission to stay"),
        ("/glossary#term-muryo-teigaku-shinryo", "Free or low-cost medical care"),
        ("/courses/advanced-4", "Advanced ④ Supporting people without regular status"),
    ]


def test_a_search_shows_only_what_it_finds_and_keeps_what_was_typed(visitor):
    page = visitor.get("/glossary", query_string={"q": " 仮放免 "})

    assert str(page.soup.select("main article")[0]["id"]) == "term-karihomen"
    assert page.one("[name=q]")["value"] == "仮放免"
    assert page.soup.select(".filters") == []


def test_a_word_that_is_not_there_is_not_found(visitor):
    page = visitor.get("/glossary?q=xyzzy")

    assert "The glossary does not have this word." in page.text
    assert page.soup.select("main article") == []


def test_every_page_leads_to_it(visitor):
    assert "/glossary" in visitor.get("/").links()


def test_it_asks_the_database_nothing(browser_of, queries):
    browser_of().get("/glossary")

    assert queries == []


@pytest.mark.parametrize("code", codes())
def test_it_travels_small(browser_of, code):
    packed = browser_of(locale=code).client.get("/glossary", headers={"Accept-Encoding": "gzip"})

    assert len(packed.data) < SMALL


def told(visitor, language):
    answer = visitor.client.get("/glossary/terms.json", query_string={"language": language})
    return {term["key"]: term for term in json.loads(answer.data)["terms"]}


def test_the_player_is_told_every_term_in_the_readers_language(visitor):
    terms = told(visitor, "es")

    assert terms.keys() == {term.key for term in glossary()}
    assert terms["shakin"] == {
        "key": "shakin",
        "forms": {key: list(forms) for key, forms in _term("shakin").forms.items()},
        "term": "Honorarios de agradecimiento",
        "reading": "しゃきん",
        "text": _term("shakin").text["es"],
        "easy": terms["shakin"]["easy"],
    }
    assert terms["shakin"]["easy"].startswith(
        "\ue000伴走支援\ue001ばんそうしえん\ue002を した \ue000人\ue001ひと\ue002が"
    )


def _term(key):
    return next(term for term in glossary() if term.key == key)


def test_readings_for_the_player_stay_set_apart_whoever_asks(browser_of):
    for locale in ("ja", "ja@easy", "en"):
        term = told(browser_of(locale=locale), "ja@easy")["zairyu-shikaku"]["term"]
        assert term == "\ue000在留資格\ue001ざいりゅうしかく\ue002"


def test_a_language_that_nobody_offers_is_taken_for_the_usual_one(visitor):
    assert told(visitor, "xx")["shakin"]["text"] == told(visitor, "ja")["shakin"]["text"]


def test_what_the_player_knows_already_is_not_sent_again(visitor):
    address = "/glossary/terms.json?language=vi"
    first = visitor.client.get(address)
    again = visitor.client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    packed = visitor.client.get(address, headers={"Accept-Encoding": "gzip"})
    after_packed = visitor.client.get(address, headers={"If-None-Match": packed.headers["ETag"]})

    assert first.headers["Cache-Control"] == "public, max-age=3600"
    assert (again.status_code, after_packed.status_code) == (304, 304)
    assert len(packed.data) < SMALL
