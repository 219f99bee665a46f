"""The main journeys with the keyboard only: the focus always to be seen, and never lost."""

import sqlalchemy as sa

from lms.demo import people
from lms.memoranda.models import Memorandum
from lms.memoranda.rules import State
from lms.supporters import queries as supporters
from surveys.models import Response
from surveys.rules import ResponseState
from tests.browser.hands import Hands
from tests.browser.whole import SECONDS, page_of

NEWCOMER = "mihon-keyboard@example.jp"
VIDEO = "document.querySelector('video')"


def test_a_trainees_whole_journey(whole, browser):
    page = page_of(browser, whole.url, None)
    hands = Hands(page)
    page.goto("/")

    hands.press("Tab")
    assert hands.focus("a[href='#main']")["matches"], "the first thing is a way past the navigation"
    hands.press("Enter")
    hands.leave_by("main a[href='/register']")
    texts = {"display_name": "見本 指子", "name_kana": "ミホン ユビコ", "email": NEWCOMER, "password": "correct horse"}
    hands.fill_in("main form", texts=texts, choices={"participation": 1})
    assert page.url.endswith("/registered")

    hands.leave_by("a[href='/my-training']")
    hands.leave_by("nav a[href='/courses']")
    hands.leave_by("main a[href='/courses/basic-2']")
    watch(hands)

    hands.leave_by("main a[href='/surveys/basic-2']")
    hands.fill_in("main form:has(textarea)")
    assert page.url.endswith("/my-training")
    hands.go_to("details:has([name=_language]) > summary")
    hands.press("Enter")
    hands.leave_by("[name=_language][value=vi]")

    assert page.locator("html").get_attribute("lang") == "vi"
    with whole.house.database.read() as session:
        newcomer = supporters.by_sign_in_name(session, NEWCOMER)
        sent = session.scalars(sa.select(Response).where(Response.supporter_id == newcomer.id)).one()
        assert (sent.state, newcomer.locale) == (ResponseState.SUBMITTED, "vi")
    page.context.close()
    assert hands.wrong == [], "\n".join(hands.wrong)


def watch(hands: Hands) -> None:
    """Begin, pause, jump, and choose captions."""
    hands.go_to(".player__start, [data-player] button, media-play-button")
    hands.press("Enter")
    hands.holds(f"!{VIDEO}.paused && {VIDEO}.currentTime > 0.5")
    hands.go_to("media-play-button")
    hands.press("Space")
    hands.holds(f"{VIDEO}.paused")

    hands.go_to("media-time-range", key="Shift+Tab")
    before = hands.page.evaluate(f"{VIDEO}.currentTime")
    for _ in range(5):  # a hundredth of the recording each
        hands.press("ArrowRight")
    hands.holds(f"{VIDEO}.currentTime > {before} + {SECONDS / 100}")

    hands.go_to(".player__captions")
    pressed = "document.querySelector('.player__captions').ariaPressed"
    before = hands.page.evaluate(pressed)
    hands.press("Enter")
    hands.holds(f"{pressed} !== '{before}'")


def test_the_secretariat_accepts_an_answer_and_files_papers(whole, browser):
    page = page_of(browser, whole.url, None)
    page.set_viewport_size({"width": 1280, "height": 900})
    hands = Hands(page)
    with whole.house.database.read() as session:
        waiting = session.scalars(sa.select(Response.id).where(Response.state == ResponseState.SUBMITTED)).first()
        checked = session.scalars(sa.select(Memorandum.id).where(Memorandum.state == State.CHECKED)).first()

    page.goto("/sign-in")
    hands.fill_in("main form:has([name=password])", texts={"name": people.OFFICE.email, "password": people.PASSWORD})
    hands.leave_by("nav a[href='/secretariat/responses']")
    hands.leave_by(f"main a[href$='/responses/{waiting}']")
    say_yes(hands, "form[action$='/accept'] button")
    hands.leave_by("nav a[href='/secretariat/memoranda']")
    hands.leave_by(f"main a[href$='/memoranda/{checked}']")
    say_yes(hands, "form[action$='/complete'] button")

    with whole.house.database.read() as session:
        assert session.scalar(sa.select(Response.state).where(Response.id == waiting)) == ResponseState.ACCEPTED
        assert session.scalar(sa.select(Memorandum.state).where(Memorandum.id == checked)) == State.COMPLETE
    page.context.close()
    assert hands.wrong == [], "\n".join(hands.wrong)


def say_yes(hands: Hands, css: str) -> None:
    """Press a button, and where it asks once more, answer within the question."""
    hands.go_to(css)
    url = hands.page.url
    if hands.page.locator(css).first.get_attribute("data-confirm") is None:
        with hands.page.expect_navigation():
            hands.page.keyboard.press("Enter")
        return
    hands.press("Enter")
    assert hands.focus("dialog *")["matches"], "the question takes the focus"
    hands.press("Escape")
    assert hands.focus(css)["matches"], "and gives it back"
    assert hands.page.url == url
    hands.press("Enter")
    hands.leave_by("dialog .button:last-child")
