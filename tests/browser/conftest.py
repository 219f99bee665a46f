"""A real site with a real worker, and a real Chromium at telephone and desk width."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from courses.probe import probe
from courses.queries import lecture
from courses.services import add_recording
from lms.app import house_for
from lms.kernel import clock
from lms.kernel.settings import Settings
from lms.migrations import migrate
from lms.web.context import House
from tests import make
from tests.browser.find_chromium import chromium
from tests.browser.whole import Whole, serving
from tests.conftest import load_content
from tests.flows.test_killed import _answers
from tests.media import SPOKEN, clip
from tests.processes import free_port, lms, wait_for
from tests.pseudo import write_language

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
CAPTIONS = "00:00.000 --> 00:20.000\n見本の字幕です。\n"
# What axe calls a rule of WCAG 2.2 at level A or AA, and its own best practice.
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if chromium() or os.environ.get("CI") == "true":  # in CI a missing browser is a failure
        return
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.skip(reason="no Chromium: apt install chromium, or name it in CHROMIUM"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    words = (
        "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
        "--disable-component-update --disable-sync --autoplay-policy=no-user-gesture-required"
    )
    return {**browser_type_launch_args, "executable_path": chromium(), "args": words.split()}


@dataclass(frozen=True)
class Site:
    """A running site: its address, its parts, two people."""

    url: str
    house: House
    office: str
    trainee: str


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Somebody who has only the survey of basic ② left, whose film is being prepared."""
    folder = tmp_path_factory.mktemp("site")
    house = house_for(Settings(home=folder / "home"))
    migrate(house.database)
    load_content(house.database)
    film = clip(folder / "film.mp4", size="640x360", fps="15", seconds=20, sound=SPOKEN)
    with house.database.session(write=True) as session:
        office = make.secretariat(session)
        person = make.supporter(session, display_name="見本 花子", locale="ja")
        make.address(session, person)
        make.accepted(session, person, [code for code in make.BASIC if code != "basic-2"], by=office)
        target = house.storage.path("uploads/film")
        target.parent.mkdir(parents=True)
        shutil.copyfile(film, target)
        added = add_recording(
            session, lecture_id=lecture(session, "basic-2").id, source_key="uploads/film", file_name="film.mp4",
            probe=probe(film), by=None, now=clock.now(),
        )  # fmt: skip
        make.captions(session, added, {"ja": CAPTIONS})
        session.commit()
        emails = office.email, person.email
    port = free_port()
    with lms("serve", home=folder / "home", log=folder / "log", port=str(port)):
        url = f"http://127.0.0.1:{port}"
        wait_for(lambda: _answers(url))
        yield Site(url, house, *emails)
    house.database.engine.dispose()


@pytest.fixture(scope="session")
def translations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a sixth language, written from right to left."""
    folder = tmp_path_factory.mktemp("translations")
    write_language(folder)
    return folder


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory, translations: Path) -> Iterator[Whole]:
    """The demo's people at every point of their way; tests that change something do so to people of their own."""
    with serving(tmp_path_factory.mktemp("whole"), demo_people=True, translations=translations) as site:
        yield site


@pytest.fixture(scope="module")
def empty_site(tmp_path_factory: pytest.TempPathFactory, translations: Path) -> Iterator[Whole]:
    """A site where nobody is yet."""
    with serving(tmp_path_factory.mktemp("empty"), demo_people=False, translations=translations) as site:
        yield site


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """A page in a browser of its own: `open_page(email, size)` signed in; `open_page()` a visitor."""
    contexts: list[BrowserContext] = []

    def open_one(email: str | None = None, size: dict = PHONE, **more: object) -> Page:
        context = browser.new_context(
            base_url=site.url, viewport=size, locale="ja-JP", timezone_id="Asia/Tokyo", **more
        )
        contexts.append(context)
        page = context.new_page()
        page.foreign = []
        page.on(
            "request",
            lambda r: page.foreign.append(r.url) if not r.url.startswith((site.url, "data:", "blob:")) else None,
        )
        if email is not None:
            page.goto("/sign-in")
            page.fill("[name=name]", email)
            page.fill("[name=password]", make.PASSWORD)
            page.click("main button[type=submit]")
            page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield open_one
    for context in contexts:
        for page in context.pages:
            assert page.foreign == [], "a request to a third party"
        context.close()


@pytest.fixture
def shots(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Pictures for people to look at, in tests/browser/shots (not kept in the repository)."""
    folder = Path(__file__).parent / "shots"
    folder.mkdir(exist_ok=True)
    return lambda page, name: page.screenshot(path=folder / f"{name}.png", full_page=True) and None


def check_accessible(page: Page) -> None:
    """No violation that axe can find, and nothing wider than the screen."""
    found = Axe().run(page, options=AXE).response["violations"]
    assert [(v["id"], [n["html"][:160] for n in v["nodes"]]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "scrolls sideways"
