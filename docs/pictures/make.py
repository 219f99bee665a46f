"""`make pictures`: photograph the demo site for the secretariat's handbook and the README.

Run it when pages have changed, and look at what it made. A demo home whose recordings are ready already can be named
(`make pictures READY=var/demo`); it is copied, never changed. Otherwise a new one is made, which takes a few minutes.
"""

import base64
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from lms.demo.people import FOREIGN_ROOTS, OFFICE, PASSWORD, TRAINEE
from tests.browser.find_chromium import chromium
from tests.processes import environment, free_port, lms, wait_for

HERE = Path(__file__).resolve().parent
DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 800}
LARGEST = 60_000
QUALITIES = (85, 75, 65, 50)
READY_WITHIN_SECONDS = 900
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--force-device-scale-factor=1",
    "--lang=ja",
]
# The text of a paragraph without its furigana.
PLAIN = """p => { const copy = p.cloneNode(true); copy.querySelectorAll("rt, rp").forEach(r => r.remove());
  return copy.textContent.trim(); }"""
BESIDE = """<!doctype html><style>body{margin:0;display:flex;gap:20px;background:#e9e4d8}img{height:720px}</style>"""


@dataclass(frozen=True)
class Shot:
    """One picture: its name, where to begin, and what to do there before it is taken."""

    name: str
    address: str
    look: Callable[[Page], None] = lambda _: None


def bring(page: Page, css: str) -> None:
    """Scroll no further than is needed to have the first such thing in sight."""
    page.locator(css).first.evaluate("it => { it.style.scrollMargin = '40px'; it.scrollIntoView({block: 'nearest'}) }")


def with_form(ending: str) -> Callable[[Page], None]:
    """From a list, open the first entry whose page has a form that is sent to `…/ending`."""

    def look(page: Page) -> None:
        form = f"main form[action$='/{ending}']"
        links = page.locator("main a[href]").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        for address in dict.fromkeys(link for link in links if re.fullmatch(r"/secretariat/[\w/]+/\d+", link)):
            page.goto(address)
            if page.locator(form).count():
                return bring(page, form)
        raise LookupError(f"no entry of {page.url} has a form for {ending}")

    return look


def alone(page: Page) -> None:
    """Take an envelope out of the batch that is being looked through, and open its papers once they are made."""
    with_form("take-out")(page)
    page.locator("main form[action$='/take-out'] button").last.click()
    page.wait_for_load_state("networkidle")
    wait_for(lambda: _can_be_printed(page), every=1)


def _can_be_printed(page: Page) -> bool:
    page.goto("/secretariat/memoranda?state=due")
    try:
        with_form("printed")(page)
    except LookupError:
        return False
    return True


def envelope(page: Page) -> None:
    """From the list of posted memoranda, open what is entered when the first one comes back."""
    page.locator("main table a.code").first.click()
    page.locator("main a[href*='/returns/']").first.click()


DESK_SHOTS = (
    Shot("handbook-today", "/secretariat"),
    Shot("handbook-responses", "/secretariat/responses"),
    Shot("handbook-response", "/secretariat/responses", with_form("accept")),
    Shot("handbook-experience", "/secretariat/responses", lambda page: bring(page, "form[action$='/experience']")),
    Shot("handbook-memoranda", "/secretariat/memoranda"),
    Shot("handbook-proof", "/secretariat/memoranda/batches", with_form("accept")),
    Shot("handbook-print", "/secretariat/memoranda/batches", alone),
    Shot("handbook-post", "/secretariat/memoranda?state=printed", with_form("posted")),
    Shot("handbook-return", "/secretariat/memoranda?state=posted", envelope),
    Shot("handbook-check", "/secretariat/memoranda?state=returned", with_form("checked")),
    Shot("handbook-people", "/secretariat/supporters"),
    Shot("handbook-person", "/secretariat/responses", with_form("experience")),
    Shot("handbook-upload", "/secretariat/lectures/basic-2"),
    Shot("handbook-wrong-sentences", "/secretariat/wrong-sentences"),
)


@contextmanager
def demo_site(ready: Path | None) -> Iterator[str]:
    """A demo site of its own on a free port, all recordings prepared; yields its address."""
    with tempfile.TemporaryDirectory() as folder:
        home, log, port = Path(folder, "home"), Path(folder, "log"), free_port()
        if ready:
            shutil.copytree(ready, home)
        with lms("serve", home=home, log=log, port=str(port), demo="1"):
            wait_for(lambda: "runs at" in log.read_text())
            wait_for(lambda: "W06" not in _checked(home), seconds=READY_WITHIN_SECONDS, every=3)
            yield f"http://127.0.0.1:{port}"


def _checked(home: Path) -> str:
    """What `lms check` says; W06 names every lecture that has no recording yet."""
    return subprocess.run(
        [sys.executable, "-m", "lms", "check"],
        env=environment(home, demo="1"), capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip


def signed_in(browser: Browser, url: str, *, email: str, size: ViewportSize) -> Page:
    """A page in a browser of its own, signed in, in Japanese."""
    context = browser.new_context(
        base_url=url,
        viewport=size,
        locale="ja-JP",
        timezone_id="Asia/Tokyo",
        color_scheme="light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("[name=name]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("main form:has([name=password]) button[type=submit]")
    page.wait_for_url(lambda address: "/sign-in" not in address)
    return page


def report_a_sentence(page: Page) -> None:
    """What a reader does, so that the desk's list is not empty."""
    page.goto("/courses")
    sentence = page.locator("main p:not(.eyebrow)").first.evaluate(PLAIN)
    page.goto("/wrong-sentence?page=/courses")
    page.fill("[name=sentence]", sentence)
    page.fill("[name=better]", "もうすこし みじかい ぶんが いいです。")
    page.click("form[data-wrong-sentence] button[type=submit]")


def photograph(page: Page) -> bytes:
    """What is in sight as WebP, in the best quality that stays small."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    camera = page.context.new_cdp_session(page)
    for quality in QUALITIES:
        shot = camera.send("Page.captureScreenshot", {"format": "webp", "quality": quality})
        if len(picture := base64.b64decode(shot["data"])) <= LARGEST:
            return picture
    raise SystemExit(f"{page.url}: {len(picture)} bytes, more than {LARGEST}")


def side_by_side(browser: Browser, left: bytes, right: bytes) -> bytes:
    """A telephone and the desk in one picture, for the README."""
    page = browser.new_page(viewport={"width": 1496, "height": 720})
    images = (f'<img src="data:image/webp;base64,{base64.b64encode(part).decode()}">' for part in (left, right))
    page.set_content(BESIDE + "".join(images))
    return photograph(page)


def main(ready: Path | None) -> None:
    """Make every picture anew."""
    with demo_site(ready) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM)
        report_a_sentence(signed_in(browser, url, email=FOREIGN_ROOTS.email, size=PHONE))
        desk = signed_in(browser, url, email=OFFICE.email, size=DESK)
        for shot in DESK_SHOTS:
            desk.goto(shot.address)
            shot.look(desk)
            _keep(shot.name, photograph(desk))
        trainee = signed_in(browser, url, email=TRAINEE.email, size=PHONE)
        trainee.goto("/my-training")
        desk.goto("/secretariat")
        _keep("overview", side_by_side(browser, photograph(trainee), photograph(desk)))
        browser.close()


def _keep(name: str, picture: bytes) -> None:
    (HERE / f"{name}.webp").write_bytes(picture)
    print(f"{name}.webp  {len(picture) / 1000:.0f} kB")


if __name__ == "__main__":
    named = "".join(sys.argv[1:])
    main(Path(named) if named else None)
