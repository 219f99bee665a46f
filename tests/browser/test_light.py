"""Light on prepaid data and quiet under the thumb: few bytes, few requests, and nothing that jumps while it loads."""

import pytest

from lms.demo import people
from tests.browser.whole import page_of

KILOBYTE = 1000
MOST_BYTES, MOST_REQUESTS, MOST_SHIFT = 100 * KILOBYTE, 10, 0.02
TRAINEES = [
    "/my-training", "/courses", "/courses/basic-2", "/courses/basic-3", "/surveys/basic-1", "/surveys/basic-2",
    "/my-address", "/my-training/accompany", "/registered",
]  # fmt: skip
VISITORS = ["/", "/register", "/sign-in"]
STEADY = ["/", "/my-training", "/courses", "/courses/basic-2", "/surveys/basic-2"]
# What moved without anybody having done something, as the browser itself counts it.
SHIFT = """() => new Promise((done) => {
  let sum = 0; const moved = [];
  new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) { sum += e.value;
    moved.push(...e.sources.map((s) => s.node?.outerHTML?.slice(0, 100) ?? "text")); } })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done([sum, moved]), 300);
})"""


def who_opens(path: str) -> str | None:
    return None if path in VISITORS else people.TRAINEE.email


@pytest.mark.parametrize("path", [*VISITORS, *TRAINEES])
def test_a_page_weighs_little_before_its_video(whole, browser, path):
    page = page_of(browser, whole.url, who_opens(path))
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    asked: dict[str, str] = {}  # what a page carries in itself (data:) or makes itself (blob:) is not asked for
    weights: dict[str, float] = {}
    session.on("Network.requestWillBeSent", lambda e: asked.setdefault(e["requestId"], e["request"]["url"]))
    session.on("Network.loadingFinished", lambda e: weights.setdefault(e["requestId"], e["encodedDataLength"]))

    page.goto(path, wait_until="networkidle")

    # Sound, pictures and captions are the recording; a page shows them for its own sake only where it has none to play.
    film = {key for key, url in asked.items() if "/media/" in url and not (path == "/courses" and url.endswith(".jpg"))}
    own = {url: round(weights.get(key, 0)) for key, url in asked.items() if key not in film and url.startswith("http")}
    page.context.close()
    assert sum(own.values()) < MOST_BYTES, own
    assert len(own) <= MOST_REQUESTS, own


@pytest.mark.parametrize("path", STEADY)
def test_nothing_jumps_while_a_page_loads(whole, browser, path):
    page = page_of(browser, whole.url, who_opens(path))

    page.goto(path, wait_until="networkidle")
    shift, moved = page.evaluate(SHIFT)

    page.context.close()
    assert shift < MOST_SHIFT, moved
