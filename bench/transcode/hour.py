"""A lecture of an hour from its upload to its last second: on the secretariat's page in, prepared, watched in jumps.

python -m bench.transcode.hour [WIDTHxHEIGHT]
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from imageio_ffmpeg import get_ffmpeg_exe
from playwright.sync_api import Browser, Page, sync_playwright

from bench.transcode import films
from courses.models import Recording
from courses.rules import RecordingState
from courses.transcode.playlists import describe, segments
from lms.app import house_for
from lms.kernel.settings import Settings
from lms.kernel.work import OwedWork
from lms.migrations import migrate
from lms.web.context import House
from tests import make
from tests.browser.find_chromium import chromium
from tests.conftest import load_content
from tests.flows.test_killed import _answers
from tests.processes import free_port, lms, wait_for

SECONDS, LOOP_SECONDS = 3600, 120
JUMP_SECONDS, LOOKED_AT_SECONDS = 300, 3
WORDS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
]
POSITION = "() => document.querySelector('video').currentTime"
FAULT = "() => document.querySelector('video').error?.message ?? ''"


@dataclass(frozen=True)
class Site:
    """A site that runs: its address, its parts, somebody of the secretariat, somebody on the way."""

    url: str
    house: House
    office: str
    trainee: str


def film(folder: Path, size: str) -> Path:
    """An hour of slides with a speaker in a corner: two minutes, thirty times."""
    once = films.make("slides-with-speaker", folder / "once.mp4", seconds=LOOP_SECONDS)
    scaled, whole = folder / "scaled.mp4", folder / "hour.mp4"
    sized = ["-vf", f"scale={size.replace('x', ':')}", "-c:v", "libx264", "-preset", "superfast", "-c:a", "copy"]
    _ffmpeg("-i", once, *sized, scaled)
    _ffmpeg("-stream_loop", SECONDS // LOOP_SECONDS - 1, "-i", scaled, "-c", "copy", whole)
    return whole


def _ffmpeg(*words: object) -> str:
    done = subprocess.run(  # noqa: S603 – our own words
        [get_ffmpeg_exe(), "-nostdin", "-v", "error", *map(str, words)], capture_output=True, text=True, check=True
    )
    return done.stderr


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    """A new site with its worker."""
    port = free_port()
    house = house_for(Settings(home=folder / "home", port=port))
    migrate(house.database)
    load_content(house.database)
    with house.database.session(write=True) as session:
        emails = make.secretariat(session).email, make.supporter(session, locale="ja").email
        session.commit()
    with lms("serve", home=folder / "home", log=folder / "log", port=str(port)):
        url = f"http://127.0.0.1:{port}"
        wait_for(lambda: _answers(url))
        yield Site(url, house, *emails)
    house.database.engine.dispose()


def open_page(browser: Browser, site: Site, email: str) -> Page:
    context = browser.new_context(base_url=site.url, locale="ja-JP", timezone_id="Asia/Tokyo")
    context.request.post("/sign-in", form={"name": email, "password": make.PASSWORD}, max_redirects=0)
    return context.new_page()


def send(page: Page, whole: Path) -> None:
    """By the page's own upload, in pieces."""
    page.goto("/secretariat/lectures/basic-2")
    page.locator("input[type=file]").first.set_input_files(whole)
    page.locator("form:has(input[type=file]) button[type=submit]").first.click()


def published(site: Site) -> Recording:
    """The recording, when it is; says once a minute how far it is."""
    said = 0.0
    while True:
        with site.house.database.read() as session:
            one = session.scalars(sa.select(Recording)).one_or_none()
            owed = session.scalars(sa.select(OwedWork).where(OwedWork.key == one.work_key)).one() if one else None
        if one and one.state is RecordingState.PUBLISHED:
            return one
        assert one is None or one.state is RecordingState.PREPARING, one and one.failure
        if owed and time.monotonic() - said > 60:
            said = time.monotonic()
            print(f"  prepared: {owed.progress / 10:.1f} %", flush=True)
        time.sleep(2)


def watch(page: Page) -> None:
    """Three seconds every five minutes, and the last ten to the end."""
    page.goto("/courses/basic-2")
    page.evaluate("() => document.querySelector('video').play()")
    wait_for(lambda: page.evaluate(POSITION) > LOOKED_AT_SECONDS)
    for at in range(JUMP_SECONDS, SECONDS, JUMP_SECONDS):
        page.evaluate("at => { document.querySelector('video').currentTime = at }", at)
        wait_for(lambda at=at: at + LOOKED_AT_SECONDS < page.evaluate(POSITION) < at + JUMP_SECONDS)
        assert page.evaluate(FAULT) == ""
    page.evaluate("() => { const video = document.querySelector('video'); video.currentTime = video.duration - 10 }")
    wait_for(lambda: page.evaluate("() => document.querySelector('video').ended"))
    end = page.evaluate(POSITION)
    assert abs(end - SECONDS) < 1, end


def decode(folder: Path) -> int:
    """Every segment of every size and of the sound, without a fault; how many there were."""
    names = [*(one.name for one in describe(folder).renditions), "audio"]
    for name in names:
        assert _ffmpeg("-i", folder / name / "index.m3u8", "-f", "null", "-") == "", name
        assert abs(sum(seconds for seconds, _ in segments(folder / name)) - SECONDS) < 1, name
    assert _ffmpeg("-i", folder / "fallback.mp4", "-f", "null", "-") == ""
    return sum(len(segments(folder / name)) for name in names)


def main() -> None:
    size = sys.argv[1] if len(sys.argv) > 1 else "1920x1080"
    with tempfile.TemporaryDirectory(prefix="bench-hour-") as made:
        folder = Path(made)
        whole = film(folder, size)
        print(f"film: {size}, {whole.stat().st_size / 1e6:.0f} MB", flush=True)
        with site(folder) as here, sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium(), args=WORDS)
            began = time.monotonic()
            send(open_page(browser, here, here.office), whole)
            recording = published(here)
            print(f"uploaded and prepared in {(time.monotonic() - began) / 60:.1f} minutes", flush=True)
            watch(open_page(browser, here, here.trainee))
            print("watched in jumps to its end", flush=True)
            browser.close()
            package = here.house.storage.path(recording.folder)
            print(f"{decode(package)} segments decoded, {describe(package).bytes / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
