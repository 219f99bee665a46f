"""Captions, transcript and words of the glossary in the player, as somebody reads them in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from courses import queries
from lms.web.context import House
from tests import make
from tests.browser.conftest import DESK, PHONE, Site, check_accessible
from tests.browser.looking import carry_axe, contrast
from tests.processes import wait_for

SECONDS = 20
SPOKEN = {
    "vi": "Không giữ hộ thẻ lưu trú của người khác, không chụp ảnh thẻ.",
    "ja@easy": "{在留|ざいりゅう}カードを {預|あず}かりません。{写真|しゃしん}も {撮|と}りません。",
    "en": "<v Tanaka>Do not keep the residence card.",
}
VIDEO = "document.querySelector('video')"
Open = Callable[..., Page]


def told(text: str) -> str:
    """Said anew every two seconds, with the number of the sentence behind it."""
    return "\n".join(f"00:{at:02d}.000 --> 00:{at + 2:02d}.000\n{text} {at // 2}\n" for at in range(0, SECONDS, 2))


def published(house: House, code: str) -> bool:
    with house.database.read() as session:
        return queries.published(session, code) is not None


@pytest.fixture(scope="module", autouse=True)
def captions(site: Site) -> None:
    wait_for(lambda: published(site.house, "basic-2"), seconds=90, every=1)
    with site.house.database.write() as session:
        film = queries.published(session, "basic-2")
        make.captions(session, film, {language: told(text) for language, text in SPOKEN.items()})


@pytest.fixture
def lecture(site: Site, open_page: Open) -> Open:
    """The lecture's page as somebody reads it who has chosen these captions on this device before."""

    def open_it(size: dict = PHONE, *, language: str = "vi", **texts: object) -> Page:
        page = open_page(site.trainee, size)
        carry_axe(page.context)
        page.request.post("/language", form={"_language": language}, max_redirects=0)
        page.evaluate("texts => localStorage.setItem('player', JSON.stringify({ texts }))", texts)
        page.goto("/courses/basic-2")
        return page

    return open_it


def stand_at(page: Page, second: float) -> None:
    """Played for a moment, so that the captions are there; then it stands still."""
    page.evaluate(f"{VIDEO}.play()")
    wait_for(lambda: page.evaluate(f"{VIDEO}.readyState") > 2, seconds=30)
    page.evaluate(f"{VIDEO}.pause(); {VIDEO}.currentTime = {second}")


def above(page: Page, upper: Locator, lower: Locator) -> bool:
    upper_box, lower_box = upper.bounding_box(), lower.bounding_box()
    return upper_box["y"] + upper_box["height"] <= lower_box["y"] + 1


def test_on_a_telephone_two_languages_lie_under_the_picture_and_cover_nothing(lecture, shots):
    page = lecture(first="vi", second="ja@easy")

    stand_at(page, 5)

    lines = page.locator(".captions p")
    expect(lines).to_have_text(
        [f"{SPOKEN['vi']} 2", "在留ざいりゅうカードを 預あずかりません。写真しゃしんも 撮とりません。 2"]
    )
    assert [line.get_attribute("lang") for line in lines.all()] == ["vi", "ja"]
    assert page.locator(".captions rt").first.is_visible()
    assert above(page, page.locator("video"), lines.first)
    assert above(page, lines.last, page.locator("media-control-bar").first)
    assert page.evaluate("[...document.querySelectorAll('.captions p')].every(p => p.scrollWidth <= p.clientWidth)")
    check_accessible(page)
    assert list(contrast(page)) == []
    shots(page, "captions-360")


def test_a_wide_picture_has_them_over_itself_and_above_the_controls(lecture, shots):
    page = lecture(DESK, first="vi", second="ja@easy")

    stand_at(page, 5)

    expect(page.locator(".captions p")).to_have_count(2)
    assert not above(page, page.locator("video"), page.locator(".captions p").first)
    assert above(page, page.locator(".captions p").last, page.locator("media-control-bar").first)
    check_accessible(page)
    shots(page, "captions-1280")


def test_nothing_is_drawn_for_a_reader_of_japanese_until_they_ask_for_it(lecture):
    page = lecture(language="ja")
    stand_at(page, 5)
    expect(page.locator(".captions")).to_be_hidden()

    page.locator(".player__captions").click()

    expect(page.locator(".captions p")).to_have_text(["見本の字幕です。"])


def test_what_somebody_chooses_holds_for_the_next_visit(lecture):
    page = lecture()
    page.locator(".texts summary").click()
    page.locator(".texts select").nth(0).select_option("en")
    page.locator(".texts select").nth(1).select_option("ja@easy")
    page.locator(".texts [type=checkbox]").nth(1).uncheck()
    page.locator(".texts [type=radio]").nth(1).check()

    page.reload()
    stand_at(page, 5)

    lines = page.locator(".captions p")
    expect(lines.nth(0)).to_have_text("Tanaka: Do not keep the residence card. 2")
    expect(lines.nth(1)).to_contain_text("カード")
    expect(page.locator(".captions rt").first).to_be_hidden()
    assert page.locator("[data-player]").get_attribute("data-letters") == "large"
    assert page.evaluate(f"[...{VIDEO}.textTracks].some(track => track.mode === 'showing')") is False


def test_the_key_for_captions_switches_ours(lecture):
    page = lecture()
    stand_at(page, 5)
    expect(page.locator(".captions p")).to_have_count(1)

    page.locator("media-play-button").focus()
    page.keyboard.press("c")

    expect(page.locator(".captions")).to_be_hidden()
    expect(page.locator(".player__captions")).to_have_attribute("aria-pressed", "false")
    assert page.evaluate(f"[...{VIDEO}.textTracks].some(track => track.mode === 'showing')") is False


def test_a_word_of_the_glossary_stops_the_film_and_lets_it_go_on(lecture, shots):
    page = lecture(first="vi", second="ja@easy")
    stand_at(page, 2.2)
    word = page.locator(".captions p").nth(1).locator(".term")
    expect(word).to_have_text("在留ざいりゅうカード")
    page.evaluate(f"{VIDEO}.play()")

    word.focus()
    page.keyboard.press("Enter")

    panel = page.locator(".term-panel")
    expect(panel).to_contain_text("在留カード")
    assert page.evaluate(f"{VIDEO}.paused") is True
    assert panel.locator("a").get_attribute("href").startswith("/glossary#term-")
    check_accessible(page)
    shots(page, "term-360")

    page.keyboard.press("Escape")

    expect(panel).to_be_hidden()
    wait_for(lambda: page.evaluate(f"!{VIDEO}.paused"))


def test_the_transcript_goes_along_without_moving_the_page_and_leads_to_any_moment(lecture, shots):
    page = lecture(DESK, first="vi", second="ja@easy")
    page.locator(".transcript > summary").click()
    lines = page.locator(".transcript__lines > li")
    expect(lines).to_have_count(SECONDS // 2)
    expect(lines.nth(3).locator("p")).to_have_count(2)
    top = page.evaluate("scrollY")

    stand_at(page, 17)

    expect(page.locator(".transcript__lines [aria-current]")).to_contain_text("thẻ. 8")
    expect(lines.nth(8)).to_be_in_viewport()
    assert page.evaluate("scrollY") == top
    check_accessible(page)
    shots(page, "transcript-1280")

    page.locator(".transcript__box").hover()
    page.mouse.wheel(0, -4000)
    again = page.locator(".transcript__follow")
    expect(again).to_be_visible()
    lines.nth(1).locator("p").first.click()

    wait_for(lambda: 2 <= page.evaluate(f"{VIDEO}.currentTime") < 6)
    wait_for(lambda: page.evaluate(f"!{VIDEO}.paused"))
    expect(again).to_be_hidden()


def test_the_transcript_is_gone_through_with_the_arrows_of_the_keyboard(lecture):
    page = lecture(transcript=True)
    times = page.locator(".transcript__time")
    expect(times).to_have_count(SECONDS // 2)

    times.first.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
    expect(times.nth(2)).to_be_focused()
    page.keyboard.press("Enter")

    wait_for(lambda: 4 <= page.evaluate(f"{VIDEO}.currentTime") < 8)


def test_a_search_in_the_lecture_finds_readings_and_goes_from_place_to_place(lecture):
    page = lecture(first="vi", second="ja@easy", transcript=True)
    expect(page.locator(".transcript__lines > li")).to_have_count(SECONDS // 2)
    count = page.locator(".transcript__search [role=status]")

    page.locator(".transcript [type=search]").fill("シャシン")
    expect(count).to_contain_text("10")
    page.locator(".transcript__search").evaluate("form => form.scrollIntoView()")
    for _ in range(6):
        page.keyboard.press("Enter")

    expect(count).to_contain_text("7")
    expect(page.locator(".transcript__lines > li").nth(6)).to_be_in_viewport()
    page.locator(".transcript [type=search]").fill("khong chup anh the. 4")
    expect(page.locator("[data-found]")).to_have_count(1)
    page.locator(".transcript__links a").nth(1).focus()
    assert "q=khong" in page.locator(".transcript__links a").nth(1).get_attribute("href")
