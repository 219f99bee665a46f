"""A lecture on a thin line: 350 kbit/s and 150 ms carry the smallest picture with its sound, without a stop."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from courses.probe import probe
from courses.queries import lecture
from courses.services import add_recording
from lms.app import create_app, worker_for
from lms.kernel import clock
from lms.kernel.settings import Settings
from lms.migrations import migrate
from lms.web.context import House
from tests import make
from tests.browser.conftest import PHONE
from tests.conftest import load_content
from tests.flows.test_killed import _answers
from tests.media import SPOKEN, clip
from tests.processes import free_port, lms, wait_for

LINE = {"offline": False, "latency": 150, "downloadThroughput": 350_000 / 8, "uploadThroughput": 350_000 / 8}
FILM_SECONDS, WATCHED_SECONDS = 40, 28
# Half of the wait for the first picture is the engine's script, which the browser has kept when the next film is opened.
MOST_TO_FIRST_PICTURE, MOST_STOPPED = 12.0, 1.0
# Runs in the page before everything else: when it was asked to play, when it played, how long it stood still since.
OBSERVED = """() => {
  const seen = window.seen = { asked: 0, first: 0, stops: 0, stopped: 0, lines: [] };
  let since = 0;
  const note = (event) => {
    const video = event.target, now = performance.now();
    if (!(video instanceof HTMLVideoElement)) return;
    if (event.type === "play") seen.asked ||= now;
    if (event.type === "playing" && video.readyState >= 3) {
      seen.first ||= now;
      if (since) seen.stopped += now - since;
      since = 0;
    }
    if (event.type === "waiting" && seen.first && !since) { seen.stops += 1; since = now; }
    if (event.type === "resize" && video.videoHeight) seen.lines.push(Math.min(video.videoHeight, video.videoWidth));
  };
  for (const type of ["play", "playing", "waiting", "resize"]) document.addEventListener(type, note, true);
}"""
# Where the film stands, by the film's clock and by the wall's.
POSITION = "() => [document.querySelector('video').currentTime, performance.now() / 1000]"


@pytest.fixture(scope="module")
def restless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A site and somebody's e-mail address; basic ② is a title, and then the hardest film there is: noise, at every ceiling."""
    folder = tmp_path_factory.mktemp("thin")
    port = free_port()
    app = create_app(Settings(home=folder / "home", port=port))
    house: House = app.extensions["house"]
    migrate(house.database)
    load_content(house.database)
    film = clip(
        folder / "film.mp4", size="854x480", fps="30", seconds=FILM_SECONDS, sound=SPOKEN,
        extra=("-vf", "noise=alls=40:allf=t:enable='gt(t,6)'"),
    )  # fmt: skip
    target = house.storage.path("uploads/film")
    target.parent.mkdir(parents=True)
    shutil.copyfile(film, target)
    with house.database.session(write=True) as session:
        person = make.supporter(session, locale="ja")
        add_recording(
            session, lecture_id=lecture(session, "basic-2").id, source_key="uploads/film", file_name="film.mp4",
            probe=probe(film), by=None, now=clock.now(),
        )  # fmt: skip
        session.commit()
        email = person.email
    worker_for(app).drain()
    with lms("serve", "--no-worker", home=folder / "home", log=folder / "log", port=str(port)):
        wait_for(lambda: _answers(f"http://127.0.0.1:{port}"))
        yield f"http://127.0.0.1:{port}", email
    house.database.engine.dispose()


def test_a_restless_film_plays_without_a_stop_at_350_kbit_a_second(restless, browser: Browser):
    url, email = restless
    context = browser.new_context(base_url=url, viewport=PHONE, locale="ja-JP", timezone_id="Asia/Tokyo")
    context.request.post("/sign-in", form={"name": email, "password": make.PASSWORD}, max_redirects=0)
    page = context.new_page()
    page.add_init_script(f"({OBSERVED})()")
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", LINE)

    page.goto("/courses/basic-2", wait_until="networkidle")
    page.evaluate("() => document.querySelector('video').play().catch(() => undefined)")
    wait_for(lambda: page.evaluate("() => window.seen.first"), seconds=30)
    began, at = page.evaluate(POSITION)
    page.wait_for_timeout(WATCHED_SECONDS * 1000)
    reached, now = page.evaluate(POSITION)
    seen = page.evaluate("() => window.seen")
    context.close()

    assert set(seen["lines"]) == {240}
    assert seen["first"] - seen["asked"] < MOST_TO_FIRST_PICTURE * 1000
    assert seen["stopped"] < MOST_STOPPED * 1000
    assert reached - began >= 0.95 * (now - at)
