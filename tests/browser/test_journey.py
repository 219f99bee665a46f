"""The whole journey as people make it: a telephone at 360 px, the secretariat's desk at 1280 px."""

from io import BytesIO

import sqlalchemy as sa
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from courses.models import Viewing
from lms.memoranda.models import Memorandum
from tests.browser.conftest import DESK, PHONE, check_accessible
from tests.media import portrait_mp4
from tests.processes import wait_for


def position(page: Page) -> float:
    return page.evaluate("document.querySelector('video').currentTime")


def play(page: Page, *, until: float) -> None:
    page.evaluate("document.querySelector('video').play()")
    holds(page, f"document.querySelector('video').currentTime > {until}")


def press(page: Page, ending: str) -> None:
    """Send the form whose address ends so, and say yes where the page asks."""
    page.locator(f"form[action$='/{ending}'] button[type=submit]").first.click()
    confirm = page.locator("dialog[open] button").last
    if confirm.count():
        confirm.click()
    page.wait_for_load_state("networkidle")


def holds(page: Page, expression: str) -> None:
    """Waits from outside: the page's own security policy forbids evaluating text inside it."""
    wait_for(lambda: page.evaluate(expression), seconds=30)


def test_from_the_first_minute_of_basic_2_to_a_filed_memorandum(site, open_page, shots):
    phone = open_page(site.trainee, PHONE)
    expect(phone.locator("h1")).to_be_visible()
    check_accessible(phone)
    shots(phone, "my-training-360")
    wait_for(lambda: phone.goto("/courses/basic-2") and phone.locator("video").count() == 1, seconds=90, every=1)

    play(phone, until=5)
    phone.evaluate("document.querySelector('video').pause()")
    expect(phone.locator("[data-coverage]").first).to_be_visible()
    check_accessible(phone)
    shots(phone, "lecture-360")
    stopped = position(phone)
    phone.wait_for_timeout(500)
    phone.context.close()

    def seen() -> Viewing | None:
        with site.house.database.read() as session:
            return session.scalars(sa.select(Viewing)).one_or_none()

    viewing = wait_for(seen)
    assert abs(viewing.position_ms / 1000 - stopped) < 1.5
    assert 4000 < viewing.covered_ms < 8000

    other = open_page(site.trainee, DESK)
    other.goto("/courses/basic-2")
    other.evaluate(
        "() => { const v = document.querySelector('video'); v.ontimeupdate = () => { window.first ??= v.currentTime } }"
    )
    play(other, until=stopped + 2)
    assert abs(other.evaluate("window.first") - stopped) < 1
    shots(other, "lecture-1280")

    other.goto("/surveys/basic-2")
    check_accessible(other)
    shots(other, "survey-1280")
    for group in other.locator("fieldset").all():
        group.locator("input").nth(3 if group.locator("input[type=radio]").count() == 5 else 0).check()
    for text in other.locator("main textarea, main input[type=text]").all():
        text.fill("見本の回答です。まず話を聞くことを学びました。")
    other.locator("main form:has(textarea) button[type=submit]").first.click()
    other.wait_for_url("**/my-training")

    desk = open_page(site.office, DESK)
    check_accessible(desk)
    shots(desk, "overview-1280")
    desk.goto("/secretariat/responses")
    check_accessible(desk)
    desk.locator("main a[href*='/secretariat/responses/']").first.click()
    check_accessible(desk)
    shots(desk, "response-1280")
    press(desk, "accept")
    desk.wait_for_url("**/secretariat/responses")

    def memorandum() -> Memorandum | None:
        with site.house.database.read() as session:
            return session.scalars(sa.select(Memorandum).where(Memorandum.pack_key.is_not(None))).one_or_none()

    memo = wait_for(memorandum)
    desk.goto(f"/secretariat/memoranda/{memo.id}")
    check_accessible(desk)
    shots(desk, "memorandum-due-1280")
    pdf = desk.request.get(f"/secretariat/memoranda/{memo.id}/pack.pdf").body()
    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]
    assert len(pages) == 5
    assert all(memo.number in text for text in pages[:4])

    press(desk, "printed")
    press(desk, "posted")
    shots(desk, "memorandum-posted-1280")
    desk.locator("[name=signing][value=signed]").check()
    press(desk, "returned")
    desk.locator("[name=memorandum_right]").check()
    desk.locator("[name=bank_form_right]").check()
    press(desk, "checked")
    press(desk, "complete")
    shots(desk, "memorandum-complete-1280")
    with site.house.database.read() as session:
        assert session.scalars(sa.select(Memorandum.state)).all() == ["complete"]

    done = open_page(site.trainee, PHONE)
    done.goto("/my-training")
    check_accessible(done)
    shots(done, "complete-360")


def test_a_telephones_upright_film_is_uploaded_through_the_page_and_plays(site, open_page, shots, tmp_path):
    film = portrait_mp4(tmp_path / "IMG_0001.mp4", seconds=4)
    desk = open_page(site.office, DESK)
    desk.goto("/secretariat/lectures/basic-3")
    check_accessible(desk)

    desk.set_input_files("input[type=file]", film)
    desk.locator("form[data-upload] button[type=submit], [data-upload] button[type=submit]").first.click()
    expect(desk.locator("main")).to_contain_text("IMG_0001.mp4", timeout=30_000)
    shots(desk, "upload-1280")
    wait_for(lambda: desk.goto("/courses/basic-3") and desk.locator("video").count() == 1, seconds=90, every=1)
    play(desk, until=2)

    width, height = desk.evaluate(
        "[document.querySelector('video').videoWidth, document.querySelector('video').videoHeight]"
    )
    assert height > width
    shots(desk, "portrait-1280")


def test_the_form_and_the_film_work_without_javascript(site, open_page):
    page = open_page(site.trainee, PHONE, java_script_enabled=False)

    page.goto("/courses/basic-2")
    assert page.locator("video[controls]").count() == 1
    page.goto("/surveys/basic-1")
    expect(page.locator("main")).to_contain_text("見本の回答です。")
