"""The caption editor beside its film, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from courses import queries as courses
from lms.demo import people
from tests.browser.whole import come_in, context_of
from tests.processes import wait_for

TEXT = "00:01.000 --> 00:04.000\n{漢字|かんじ}と仮名\n\n00:05.000 --> 00:07.000\n次\n"


@pytest.fixture
def editor(whole, browser):
    with whole.house.database.read() as session:
        film = courses.published(session, "basic-2")
    context = context_of(browser, whole.url, viewport={"width": 1280, "height": 900})
    come_in(context, people.OFFICE.email, language="en")
    page = context.new_page()
    page.goto(f"/secretariat/recordings/{film.id}/captions/captions/id")
    page.on("dialog", lambda dialog: dialog.accept())
    yield page
    context.close()


def to(page: Page, seconds: float) -> None:
    page.locator("video").evaluate("(video, to) => { video.currentTime = to; }", seconds)


def chosen(page: Page) -> str:
    return page.locator("textarea").evaluate("(t) => t.value.slice(t.selectionStart, t.selectionEnd)")


def test_the_caption_under_the_playhead_is_drawn_and_marked(editor):
    caption = editor.locator("[data-caption]")
    editor.fill("textarea", TEXT)
    editor.locator("h1").click()  # whoever types keeps their place; now nobody does

    to(editor, 2)

    expect(caption.locator("ruby")).to_have_text("漢字かんじ")
    assert chosen(editor) == "00:01.000 --> 00:04.000\n{漢字|かんじ}と仮名"
    to(editor, 4.5)
    expect(caption).to_be_hidden()
    expect(editor.locator("[data-where]")).to_have_text("No caption is shown at this moment.")


def test_times_are_taken_from_the_film(editor):
    field = editor.locator("textarea")
    editor.fill("textarea", TEXT)
    field.evaluate("(t) => t.setSelectionRange(t.value.indexOf('次'), t.value.indexOf('次'))")

    to(editor, 6.25)
    editor.get_by_role("button", name="It begins here").click()
    to(editor, 8)
    editor.get_by_role("button", name="It ends here").click()
    editor.get_by_role("button", name="New caption here").click()
    editor.keyboard.type("新しい")

    assert field.input_value() == TEXT.replace("00:05.000 --> 00:07.000", "00:00:06.250 --> 00:00:08.000").replace(
        "次\n", "次\n\n00:00:08.000 --> 00:00:11.000\n新しい\n"
    )


def test_a_fault_leads_to_its_line(editor):
    editor.fill("textarea", TEXT.replace("00:07.000", "00:03.000"))
    editor.get_by_role("button", name="Save").click()

    editor.get_by_role("link", name="Line 4").click()

    assert chosen(editor) == "00:05.000 --> 00:03.000"
    expect(editor.locator("textarea")).to_be_focused()


def test_what_is_written_is_played_to_its_end_unless_somebody_moves_on(editor):
    video = editor.locator("video")
    editor.fill("textarea", TEXT)
    editor.locator("textarea").evaluate("(t) => t.setSelectionRange(t.value.indexOf('次'), t.value.indexOf('次'))")

    editor.get_by_role("button", name="Play what I am writing").click()
    wait_for(lambda: video.evaluate("(v) => v.paused && v.currentTime >= 7 && v.currentTime < 8"), seconds=20)
    editor.get_by_role("button", name="Play what I am writing").click()
    wait_for(lambda: video.evaluate("(v) => !v.paused && v.currentTime > 5.2 && v.currentTime < 7"), seconds=20)
    to(editor, 10)

    wait_for(lambda: video.evaluate("(v) => v.currentTime > 11"), seconds=20)
