"""Captions and chapters for the player, the transcript, the search over all lectures."""

import pytest

from courses.captions import queries as captions
from courses.captions.jobs import sweep
from courses.captions.services import add_draft
from courses.captions.webvtt import cue
from courses.models import CaptionLine, NotViewableRow
from courses.queries import programme_row
from lms.kernel.clock import tokyo_day
from lms.kernel.work import Job
from tests import make

TEXT = "00:01.000 --> 00:04.000\n{在留資格|ざいりゅうしかく}とは\n\n00:05.000 --> 00:09.000\nパスポートを{見|み}る\n"
VIETNAMESE = "00:01.000 --> 00:04.000\nTư cách lưu trú là gì?\n"
CHAPTERS = "0:00 {始|はじ}め\n0:05 {旅券|りょけん}\n"
VTT = "text/vtt; charset=utf-8"


@pytest.fixture
def film(session):
    recording = make.recording(session, "basic-2")
    make.captions(session, recording, {"ja": TEXT, "vi": VIETNAMESE})
    make.captions(session, recording, {"ja": CHAPTERS}, kind="chapters")
    session.commit()
    return recording


@pytest.fixture
def learner(session, browser_of):
    return browser_of(make.supporter(session))


@pytest.fixture
def desk(browser_of, office):
    return browser_of(office)


def test_a_player_gets_captions_and_chapters_as_webvtt(film, learner):
    spoken = learner.client.get("/courses/basic-2/captions/ja.vtt")
    chapters = learner.client.get("/courses/basic-2/chapters/ja.vtt")

    assert (spoken.status_code, spoken.headers["Content-Type"]) == (200, VTT)
    assert spoken.headers["Cache-Control"] == "private, no-cache"
    assert spoken.text == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n<ruby>在留資格<rt>ざいりゅうしかく</rt></ruby>とは\n\n"
        "00:00:05.000 --> 00:00:09.000\nパスポートを<ruby>見<rt>み</rt></ruby>る\n"
    )
    assert "00:00:05.000 --> 00:00:30.000\n<ruby>旅券<rt>りょけん</rt></ruby>\n" in chapters.text


def test_captions_that_the_browser_has_are_not_sent_again_until_they_change(film, learner, desk):
    etag = learner.client.get("/courses/basic-2/captions/ja.vtt").headers["ETag"]
    again = learner.client.get("/courses/basic-2/captions/ja.vtt", headers={"If-None-Match": etag})

    desk.post(f"/secretariat/recordings/{film.id}/captions/captions/ja", {"text": VIETNAMESE, "version": "1"})
    changed = learner.client.get("/courses/basic-2/captions/ja.vtt", headers={"If-None-Match": etag})

    assert (again.status_code, changed.status_code) == (304, 200)


def test_captions_that_took_the_place_of_deleted_ones_are_sent(film, learner, desk):
    place = f"/secretariat/recordings/{film.id}/captions/chapters/ja"
    etag = learner.client.get("/courses/basic-2/chapters/ja.vtt").headers["ETag"]

    desk.post(f"{place}/delete")
    desk.post(place, {"text": "0:00 {終|お}わり\n", "version": "0"})
    changed = learner.client.get("/courses/basic-2/chapters/ja.vtt", headers={"If-None-Match": etag})

    assert (changed.status_code, "終" in changed.text) == (200, True)


def test_a_visitor_and_a_language_without_captions_get_nothing(film, learner, visitor):
    assert visitor.client.get("/courses/basic-2/captions/ja.vtt").status_code == 302
    assert learner.client.get("/courses/basic-2/captions/es.vtt").status_code == 404
    assert learner.client.get("/courses/basic-1/captions/ja.vtt").status_code == 404


def test_what_cannot_be_watched_cannot_be_read_or_searched(session, learner, desk):
    film = make.recording(session, "basic-5")
    make.captions(session, film, {"ja": TEXT})
    programme = programme_row(session, on=tokyo_day(make.now()))
    today, reasons = tokyo_day(make.now()), {"ja": "来年度", "en": "next year"}
    days = {"first": today, "last": today}
    session.add(NotViewableRow(programme_id=programme.id, lecture_id=film.lecture_id, reasons=reasons, **days))
    session.commit()

    assert learner.client.get("/courses/basic-5/captions/ja.vtt").status_code == 403
    assert learner.get("/courses/basic-5/transcript", 403).status == 403
    assert "is not said in any lecture" in learner.get("/courses/search?q=パスポート").text
    assert "Found in one place" in desk.get("/courses/search?q=パスポート").text


def test_the_tracks_of_a_recording_are_in_the_sites_order(session, film):
    found = captions.tracks(session, film.id)

    assert [(t.kind.value, t.language, t.tag, t.label, t.url) for t in found] == [
        ("captions", "ja", "ja", "日本語", "captions/ja.vtt"),
        ("captions", "vi", "vi", "Tiếng Việt", "captions/vi.vtt"),
        ("chapters", "ja", "ja", "日本語", "chapters/ja.vtt"),
    ]


def test_the_transcript_is_divided_by_chapters_and_leads_to_the_moments(film, learner):
    page = learner.get("/courses/basic-2/transcript?language=ja")

    assert [h.get_text() for h in page.soup.select("main h2")] == ["始め", "旅券"]
    assert [p["lang"] for p in page.soup.select(".spoken p")] == ["ja", "ja"]
    assert {"/courses/basic-2?t=1", "/courses/basic-2?t=5"} <= page.links()


def test_the_transcript_is_in_the_readers_language_if_there_is_one(session, film, browser_of):
    person = make.supporter(session)

    assert "lưu trú" in browser_of(person, locale="vi").get("/courses/basic-2/transcript").text
    assert "在留資格" in browser_of(person, locale="es").get("/courses/basic-2/transcript").text


def test_furigana_of_a_transcript_follow_the_readers_switch(session, film, browser_of):
    person = make.supporter(session)

    easy = browser_of(person, locale="ja@easy").get("/courses/basic-2/transcript?language=ja")
    plain = browser_of(person, locale="ja").get("/courses/basic-2/transcript?language=ja")
    foreign = browser_of(person, locale="es").get("/courses/basic-2/transcript?language=ja")

    assert ["ざいりゅうしかく</rt>" in page.html for page in (easy, plain, foreign)] == [True, False, True]


def test_a_lecture_is_searched_by_kanji_and_by_reading(film, learner):
    by_reading = learner.get("/courses/basic-2/transcript?language=ja&q=ザイリュウ")
    nowhere = learner.get("/courses/basic-2/transcript?language=ja&q=<b>")

    assert [mark.get_text() for mark in by_reading.soup.select("mark")] == ["在留資格"]
    assert "Found in one place." in by_reading.text
    assert "“<b>” is not said in this text." in nowhere.text


def test_a_lecture_without_captions_says_so(session, learner):
    make.recording(session, "basic-1")

    assert "Nobody has written down yet" in learner.get("/courses/basic-1/transcript").text


def test_all_lectures_are_searched_whatever_the_letters(session, film, learner):
    other = make.recording(session, "basic-3")
    make.captions(session, other, {"ja": "00:02.000 --> 00:03.000\nﾊﾟｽﾎﾟｰﾄは{本人|ほんにん}が持つ\n"})
    session.commit()

    page = learner.get("/courses/search?q=パスポート")
    latin = learner.get("/courses/search?q=TU CACH")
    only = learner.get("/courses/search?q=パスポート&language=vi")

    assert [mark.get_text() for mark in page.soup.select("mark")] == ["パスポート", "ﾊﾟｽﾎﾟｰﾄ"]
    assert {"/courses/basic-2?t=5", "/courses/basic-3?t=2"} <= page.links()
    assert [mark.get_text() for mark in latin.soup.select("mark")] == ["Tư cách"]
    assert "is not said in any lecture" in only.text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "What is said in the lectures"),
        ("a", "at least two letters"),
        ("%", "at least two letters"),
        ("__", "not said in any"),
    ],
)
def test_nothing_and_too_little_are_no_search(film, learner, words, said):
    page = learner.client.get("/courses/search", query_string={"q": words})

    assert said in page.text
    assert "<mark>" not in page.text


@pytest.mark.parametrize("lectures", [1, 4])
def test_a_search_costs_the_same_for_one_lecture_and_for_many(session, learner, queries, lectures):
    for number in range(1, lectures + 1):
        make.captions(session, make.recording(session, f"basic-{number}"), {"ja": TEXT, "vi": VIETNAMESE})
    session.commit()
    learner.get("/courses/search?q=資格")
    queries.clear()

    learner.get("/courses/search?q=資格")

    assert len(queries) == 4, "\n".join(queries)


def test_the_search_does_not_find_what_is_replaced_or_a_draft(session, film, learner):
    newer = make.recording(session, "basic-2")
    add_draft(session, recording_id=newer.id, language="ja", cues=[cue(0, 1000, "下書き")], now=make.now())
    session.commit()

    assert "is not said in any lecture" in learner.get("/courses/search?q=パスポート").text
    assert "is not said in any lecture" in learner.get("/courses/search?q=下書き").text
    assert learner.client.get("/courses/basic-2/captions/ja.vtt").status_code == 404


def test_captions_that_the_search_does_not_know_are_found_by_the_sweep(session, house, film, learner):
    session.query(CaptionLine).delete()
    session.commit()

    sweep(Job(id=0, task="", arguments={}, attempts=1, owner="", database=house.database))

    assert "Found in one place." in learner.get("/courses/search?q=パスポート").text
