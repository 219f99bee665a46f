"""The lecture player in a real browser: what was played is recorded, in whatever way and however often it was played."""

from collections.abc import Callable, Sequence
from contextlib import suppress

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from courses import queries
from courses.models import Viewing
from lms.supporters import queries as supporters
from tests import make
from tests.browser.conftest import DESK, PHONE, Site, check_accessible
from tests.processes import wait_for

SECONDS = 20
CHAPTERS = "0:00 はじめに\n0:06 {在留資格|ざいりゅうしかく}とは\n0:14 まとめ\n"
VIDEO = "document.querySelector('video')"
# Faster than most people watch, and slower than the server thinks possible.
RATE = 2.5
# A browser tells of its position four times a second.
SLACK = 0.8
# Plays the parts [from, to] one after another, as somebody does who drags the bar in between, and tells what it played.
PLAY = """async ([parts, rate]) => {
  const video = document.querySelector("video"), played = [];
  const happened = (event) => new Promise((done) => video.addEventListener(event, done, { once: true }));
  for (const [from, to] of parts) {
    if (from !== null && video.readyState > 0) {
      video.currentTime = from;
      await happened("seeked");
    }
    video.playbackRate = rate;
    const begun = video.currentTime;
    await video.play();
    while (video.currentTime < to && !video.ended) await happened("timeupdate");
    if (!video.ended) {
      video.pause();
      await happened("pause");
    }
    played.push([begun, video.currentTime]);
  }
  return played;
}"""


class Seat:
    """Somebody before the lecture's page, and what the server knows of what they saw."""

    def __init__(self, site: Site, email: str, page: Page) -> None:
        self.site, self.email, self.page = site, email, page

    def open(self, address: str = "/courses/basic-2") -> Page:
        self.page.goto(address)
        return self.page

    def play(self, *parts: tuple[float | None, float], rate: float = RATE) -> list[list[float]]:
        """Play parts in seconds of the film, None for where it stands; returns what was played, which is a bit more."""
        self.begin(*parts, rate=rate)
        return self.finish()

    def begin(self, *parts: tuple[float | None, float], rate: float = RATE) -> None:
        """The same without waiting."""
        self.page.evaluate(f"given => {{ window.played = 0; ({PLAY})(given).then(at => window.played = at) }}",
                           [parts, rate])  # fmt: skip

    def finish(self) -> list[list[float]]:
        return wait_for(lambda: self.page.evaluate("window.played"), seconds=40)

    def position(self) -> float:
        return self.page.evaluate(f"{VIDEO}.currentTime")

    def holds(self, expression: str) -> None:
        wait_for(lambda: self.page.evaluate(expression), seconds=20)

    def says(self, status: str) -> None:
        expect(self.page.locator(f"[data-status='{status}']")).to_be_visible(timeout=20_000)

    def chooses(self, amount: str) -> None:
        self.page.locator(f"[data-amounts] [value={amount}]").check()

    def viewing(self) -> Viewing | None:
        with self.site.house.database.read() as session:
            person = supporters.by_sign_in_name(session, self.email)
            return session.scalars(sa.select(Viewing).where(Viewing.supporter_id == person.id)).one_or_none()

    def intervals(self) -> list[list[float]]:
        """What is recorded, in seconds of the film."""
        found = self.viewing()
        return [[start / 1000, end / 1000] for start, end in found.intervals] if found else []

    def has_seen(self, *parts: Sequence[float]) -> None:
        """Wait until these parts and no others are recorded, more or less: to pause takes a moment."""
        wanted = [pytest.approx(part, abs=SLACK) for part in parts]
        with suppress(AssertionError):
            wait_for(lambda: self.intervals() == wanted, seconds=20)
        assert self.intervals() == wanted


@pytest.fixture(scope="module")
def lecture(site: Site) -> None:
    """The film is ready, and has chapters."""

    def ready() -> bool:
        with site.house.database.read() as session:
            return queries.published(session, "basic-2") is not None

    wait_for(ready, seconds=120, every=0.5)
    with site.house.database.write() as session:
        make.captions(session, queries.published(session, "basic-2"), {"ja": CHAPTERS}, kind="chapters")


@pytest.fixture
def seat(site: Site, lecture: None, open_page: Callable[..., Page]) -> Callable[..., Seat]:
    """A new person before the lecture's page; with `email` one who is there already, on another device."""

    def take(email: str | None = None, size: dict = DESK) -> Seat:
        if email is None:
            with site.house.database.write() as session:
                email = make.supporter(session, locale="ja").email
        taken = Seat(site, email, open_page(email, size))
        taken.open()
        return taken

    return take


def test_who_has_watched_the_lecture_and_who_has_not(seat):
    honest, halves, dragger, skipper, sampler = (seat() for _ in range(5))
    sampled = [(second, second + 0.3) for second in range(0, SECONDS, 5)]

    honest.begin((None, SECONDS))
    halves.begin((None, 10))
    dragger.begin((None, 1), (SECONDS - 2, SECONDS))
    skipper.begin((None, 7), (13, SECONDS))
    sampler.begin(*sampled)
    halves.finish()
    again = seat(halves.email)
    again.play((None, SECONDS))
    honest.finish()

    honest.has_seen((0, SECONDS))
    again.has_seen((0, SECONDS))
    for person in (dragger, skipper, sampler):
        person.has_seen(*person.finish())
    watched = [person.viewing().covered_at is not None for person in (honest, again, dragger, skipper, sampler)]
    assert watched == [True, True, False, False, False]
    assert [person.viewing().unverified for person in (honest, again, dragger, skipper)] == [[], [], [], []]


def test_however_much_data_it_may_use_it_goes_on_where_it_was_and_counts_without_a_gap(seat):
    viewer = seat()
    radios = viewer.page.locator("[data-amounts] label")
    assert ["MB" in text for text in radios.all_inner_texts()] == [True, True, True], "known before anything is fetched"
    viewer.play((None, 3), rate=1)

    stopped = viewer.position()
    viewer.chooses("sound")
    assert viewer.play((None, 5), rate=1) == [pytest.approx([stopped, 5], abs=1)]
    viewer.holds(f"{VIDEO}.videoWidth === 0")
    viewer.page.evaluate(f"void {VIDEO}.play()")
    viewer.chooses("saver")
    viewer.holds(f"!{VIDEO}.paused && {VIDEO}.videoHeight === 240 && {VIDEO}.currentTime > {stopped + 4}")
    viewer.chooses("picture")
    viewer.holds(f"{VIDEO}.currentTime > {stopped + 6}")
    viewer.page.evaluate(f"{VIDEO}.pause()")

    ended = viewer.position()
    viewer.has_seen((0, ended))
    check_accessible(viewer.page)


def test_size_and_speed_and_amount_are_remembered_on_the_device(seat):
    viewer = seat()
    viewer.page.locator("media-rendition-menu-button").click()
    viewer.page.locator("media-rendition-menu [role=menuitemradio][value='240']").click()
    viewer.page.locator("media-playback-rate-menu-button").click()
    viewer.page.locator("media-playback-rate-menu [role=menuitemradio][value='1.75']").click()
    viewer.page.evaluate(f"void {VIDEO}.play()")
    viewer.holds(f"{VIDEO}.videoHeight === 240 && {VIDEO}.playbackRate === 1.75")

    viewer.open()
    expect(viewer.page.locator("[data-amounts] [value=picture]")).to_be_checked()
    viewer.page.evaluate(f"void {VIDEO}.play()")
    viewer.holds(f"{VIDEO}.currentTime > 0.5 && {VIDEO}.videoHeight === 240 && {VIDEO}.playbackRate === 1.75")
    viewer.chooses("sound")
    viewer.open()
    expect(viewer.page.locator("[data-amounts] [value=sound]")).to_be_checked()


def test_the_keys_move_by_seconds(seat):
    viewer = seat()
    press = viewer.page.keyboard.press
    viewer.page.locator("media-time-range input").focus()

    press("ArrowRight")
    viewer.holds(f"{VIDEO}.currentTime === 5")
    press("End")
    viewer.holds(f"{VIDEO}.currentTime > {SECONDS - 2}")
    press("ArrowLeft")
    viewer.holds(f"Math.abs({VIDEO}.currentTime - {SECONDS - 6}) < 0.2")
    press("PageDown")
    viewer.holds(f"{VIDEO}.currentTime === 0")
    viewer.page.locator("media-play-button").focus()
    press("ArrowRight")
    viewer.holds(f"{VIDEO}.currentTime === 10")
    press("Space")
    viewer.holds(f"!{VIDEO}.paused")
    press("Shift+>")
    viewer.holds(f"{VIDEO}.playbackRate === 1.25")


def test_a_chapter_and_an_address_lead_to_a_moment(seat):
    viewer = seat(size=PHONE)
    chapters = viewer.page.locator("[data-chapters] button")
    expect(chapters).to_have_count(3)
    expect(chapters.nth(1)).to_contain_text("在留資格")

    chapters.nth(1).click()
    viewer.holds(f"!{VIDEO}.paused && {VIDEO}.currentTime > 6 && {VIDEO}.currentTime < 9")
    expect(chapters.nth(1)).to_have_attribute("aria-current", "true")
    check_accessible(viewer.page)

    viewer.open("/courses/basic-2?t=15")
    expect(viewer.page.locator(".player__start")).to_contain_text("0:15")
    viewer.page.locator(".player__start").click()
    viewer.holds(f"{VIDEO}.currentTime > 15.2 && {VIDEO}.currentTime < 18")


def test_at_the_end_the_next_lecture_is_offered_and_does_not_begin(seat):
    viewer = seat()
    card = viewer.page.locator("[data-ended]")
    expect(card).to_be_hidden()

    viewer.play((None, 1), (SECONDS - 2, SECONDS))
    viewer.holds(f"{VIDEO}.ended")

    expect(card.locator("a[href='/courses/basic-3']")).to_be_visible()
    assert viewer.page.url.endswith("/courses/basic-2")
    check_accessible(viewer.page)


def test_what_was_watched_without_a_network_is_reported_afterwards(seat):
    viewer = seat()
    [before] = viewer.play((None, 2), rate=1)
    viewer.says("saved")
    viewer.holds(f"{VIDEO}.buffered.length > 0 && {VIDEO}.buffered.end(0) > {SECONDS - 1}")

    viewer.page.context.set_offline(True)
    [[_, ended]] = viewer.play((None, 9))
    viewer.says("waiting")
    viewer.has_seen(before)
    viewer.page.context.set_offline(False)

    viewer.says("saved")
    viewer.has_seen((0, ended))
    assert viewer.viewing().unverified == []


def test_two_tabs_add_up(seat):
    one = seat()
    second = one.page.context.new_page()
    second.foreign = []
    other = Seat(one.site, one.email, second)
    other.open("/courses/basic-2?t=11")

    one.begin((None, 6))
    other.begin((None, 16))

    one.has_seen(*one.finish(), *other.finish())


def test_the_last_seconds_are_not_lost_when_the_page_is_left_while_it_plays(seat):
    viewer = seat()
    viewer.page.evaluate(f"void {VIDEO}.play()")
    viewer.holds(f"{VIDEO}.currentTime > 3")

    with viewer.page.expect_navigation():
        viewer.page.evaluate("document.querySelector('[name=_language][value=vi]').click()")
    expect(viewer.page.locator("html")).to_have_attribute("lang", "vi")

    wait_for(lambda: viewer.viewing() is not None)
    left = viewer.viewing().position_ms / 1000
    assert left > 3
    viewer.has_seen((0, left))
    assert abs(viewer.position() - left) < 1, "the page that comes next goes on there"


def test_everything_before_the_film_is_less_than_a_hundred_kilobytes(seat):
    page = seat(size=PHONE).page
    page.wait_for_load_state("networkidle")

    sizes = page.evaluate(
        "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
        ".map(e => [new URL(e.name).pathname, e.transferSize])"
    )
    film = [path for path, _ in sizes if path.endswith((".m3u8", ".m4s", ".mp4"))]
    assert film == [], "nothing of the film is fetched before somebody reaches for it"
    assert sum(size for _, size in sizes) < 100_000, sizes
