"""400 % zoom, wider text, and no motion for those whom it makes ill: nothing is lost, nothing hides the focus."""

import pytest

from lms.demo import people
from tests.browser.hands import Hands
from tests.browser.looking import GEOMETRY
from tests.browser.whole import come_in, context_of, page_of

# A page of 1280 × 1024 at 400 %.
ZOOMED = {"width": 320, "height": 256}
# WCAG 1.4.12: what people may set, and the page must bear.
SPACING = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }"
TRAINEE, OFFICE = people.TRAINEE.email, people.OFFICE.email
# Main pages, who opens them, and what one comes there to press.
MAIN = {
    "/": (None, "main a[href='/register']"),
    "/register": (None, "main form button[type=submit]"),
    "/sign-in": (None, "main form button[type=submit]"),
    "/my-training": (TRAINEE, "a[href='/courses/basic-2'], a[href='/surveys/basic-2']"),
    "/courses": (TRAINEE, "main a[href='/courses/basic-2']"),
    "/courses/basic-2": (TRAINEE, "main a[href='/surveys/basic-2']"),
    "/surveys/basic-2": (TRAINEE, "main form:has(textarea) button[type=submit]"),
    "/my-address": (TRAINEE, "main form button[type=submit]"),
    "/secretariat": (OFFICE, "main a[href*='/secretariat/']"),
    "/secretariat/responses": (OFFICE, "main a[href*='/responses/']"),
    "/secretariat/memoranda": (OFFICE, "main a[href*='/memoranda/']"),
    "/secretariat/supporters": (OFFICE, "main a[href*='/supporters/']"),
}
MOVING = """() => document.getAnimations().filter((a) => a.playState === "running" && a.effect?.getTiming().duration > 10)
  .map((a) => `${a.constructor.name} of ${a.effect.target?.outerHTML.slice(0, 100)}`)"""
TIMES = """() => [...document.querySelectorAll("*")].flatMap((e) => { const s = getComputedStyle(e);
  const longest = (text) => Math.max(...text.split(",").map((t) => parseFloat(t) * (t.includes("ms") ? 1 : 1000)));
  return longest(s.transitionDuration) > 10 || longest(s.animationDuration) > 10 && s.animationName !== "none"
    ? [e.outerHTML.slice(0, 100)] : []; })"""


@pytest.mark.parametrize("language", ["ja@easy", "ar"])
@pytest.mark.parametrize("path", MAIN)
def test_at_four_hundred_percent_everything_can_be_reached_and_nothing_covers_the_focus(whole, browser, path, language):
    who, action = MAIN[path]
    page = page_of(browser, whole.url, who, language=language, viewport=ZOOMED)
    page.goto(path)
    hands = Hands(page)

    found = page.evaluate(GEOMETRY)
    hands.go_to(action)
    page.locator(f":is({action}):visible").first.click(trial=True)

    page.context.close()
    assert found + hands.wrong == []


@pytest.mark.parametrize("path", MAIN)
def test_wider_text_is_not_cut_off(whole, browser, path):
    page = page_of(browser, whole.url, MAIN[path][0], bypass_csp=True)
    page.goto(path)
    page.add_style_tag(content=SPACING)

    found = page.evaluate(GEOMETRY)

    page.context.close()
    assert found == []


def test_nothing_moves_for_those_who_want_no_motion(whole, browser):
    context = context_of(browser, whole.url, reduced_motion="reduce")
    page = context.new_page()
    found = []

    for path, (who, _) in MAIN.items():
        come_in(context, who, language="ja")
        page.goto(path)
        page.mouse.move(180, 300)
        found += [f"{path}: {what}" for what in page.evaluate(MOVING) + page.evaluate(TIMES)]

    context.close()
    assert found == [], "\n".join(found)
