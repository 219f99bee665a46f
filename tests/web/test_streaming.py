"""A recording's bytes as the site itself sends them, and the addresses they have."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from courses.models import NotViewableRow, ProgrammeRow
from courses.streaming.paths import parse, signer_for
from lms.kernel.clock import tokyo_day
from lms.kernel.identity import SupporterId
from tests import make

BYTES = bytes(range(256)) * 4
RECORDING = "0123456789abcdef" * 2


@pytest.fixture
def person(session):
    return make.supporter(session, at=make.days_ago(1))


@pytest.fixture
def film(session, house):
    film = make.recording(session, "basic-2")
    house.storage.put(f"{film.folder}/480p/s0001.m4s", BYTES)
    house.storage.put(f"{film.folder}/master.m3u8", b"#EXTM3U\n")
    return film


@pytest.fixture
def learner(browser_of, person):
    return browser_of(person)


def address(browser, file: str) -> str:
    """The address of a file as the lecture's page gives it, with the cookie that belongs to it."""
    found = re.search(r'"(/media/[^"]+/)master\.m3u8"', browser.get("/courses/basic-2").html)
    assert found is not None
    return found[1] + file


def test_a_viewer_gets_the_bytes_whole_and_in_part(learner, film):
    url = address(learner, "480p/s0001.m4s")

    whole = learner.client.get(url, buffered=True)
    part = learner.client.get(url, buffered=True, headers={"Range": "bytes=100-199"})
    tail = learner.client.get(url, buffered=True, headers={"Range": "bytes=-10"})

    assert (whole.status_code, whole.data, whole.headers["Accept-Ranges"]) == (200, BYTES, "bytes")
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, BYTES[100:200], "bytes 100-199/1024")
    assert (tail.status_code, tail.data) == (206, BYTES[-10:])
    assert whole.headers["Cache-Control"] == "private, max-age=86400, immutable"


def test_ranges_that_cannot_be_served(learner, film):
    url = address(learner, "480p/s0001.m4s")
    etag = learner.client.get(url, buffered=True).headers["ETag"]

    def status(**headers: str) -> int:
        return learner.client.get(
            url, buffered=True, headers={k.replace("_", "-"): v for k, v in headers.items()}
        ).status_code

    assert status(Range="bytes=5000-") == 416
    assert status(Range="bytes=0-1,5-6") == 200
    assert status(Range="apples=1-2") == 200
    assert status(If_None_Match=etag) == 304
    assert status(If_None_Match=etag, Range="bytes=0-1") == 304
    assert status(Range="bytes=0-1", If_Range=etag) == 206
    assert status(Range="bytes=0-1", If_Range='"old"') == 200
    assert learner.client.head(url, buffered=True).headers["Content-Length"] == "1024"


def test_no_query_is_asked_for_a_segment(learner, film, queries):
    url = address(learner, "480p/s0001.m4s")
    queries.clear()

    learner.client.get(url, buffered=True)

    assert queries == []


def test_the_bytes_are_refused_to_others_to_visitors_and_with_a_forged_path(browser_of, session, learner, film):
    url = address(learner, "480p/s0001.m4s")
    expires, signature = url.split("/")[2:4]
    other = browser_of(make.supporter(session))
    address(other, "")

    assert other.client.get(url).status_code == 403
    assert browser_of().client.get(url).status_code == 403
    mine = learner.client
    assert mine.get(url.replace(signature, signature[::-1])).status_code == 403
    assert mine.get(url.replace(expires, str(int(expires) + 1))).status_code == 403
    assert mine.get(url.replace(film.key, RECORDING)).status_code == 403


def test_a_refusal_is_a_page_that_says_what_to_do(learner, browser_of, film):
    page = browser_of().get(address(learner, "master.m3u8"), status=403)

    assert "Open the lecture's page again." in page.text


@pytest.mark.parametrize("path", ["480p/none.m4s", "../../../secret.key", "480p", "480p/%2e%2e/%2e%2e/x.mp4"])
def test_nothing_but_a_recordings_own_files_is_there(learner, film, path):
    assert learner.client.get(address(learner, path)).status_code == 404


def test_somebody_who_may_not_watch_gets_no_address(learner, session):
    film = make.recording(session, "basic-5")
    programme = session.scalars(sa.select(ProgrammeRow).where(ProgrammeRow.code == "open")).one()
    days = {"first": tokyo_day(make.now()), "last": tokyo_day(make.now())}
    reasons = {"ja": "見本", "ja@easy": "見本", "en": "Not this year", "vi": "x", "es": "x"}
    session.add(NotViewableRow(programme_id=programme.id, lecture_id=film.lecture_id, reasons=reasons, **days))
    session.commit()

    pages = [learner.get(url).html for url in ("/courses", "/courses/basic-5")]

    assert [film.key in page for page in pages] == [False, False]


@pytest.mark.parametrize("form", ["app", "nginx"])
def test_a_signature_holds_for_one_viewer_one_recording_and_some_hours(form):
    now = make.moment("2026-11-22 09:00")
    signer = signer_for(form, secret_key="見本")
    viewer = signer.viewer(SupporterId(1))
    expires, signature = signer.folder(RECORDING, viewer=viewer, now=now)
    path = parse(f"/media/{expires}/{signature}/{RECORDING}/480p/s0001.m4s")

    assert path.key == f"recordings/{RECORDING}/480p/s0001.m4s"
    assert signer.holds(path, viewer=viewer, now=now + timedelta(hours=5, minutes=59))
    assert not signer.holds(path, viewer=viewer, now=now + timedelta(hours=12, seconds=1))
    assert not signer.holds(path, viewer=signer.viewer(SupporterId(2)), now=now)
    assert not signer_for(form, secret_key="別").holds(path, viewer=viewer, now=now)


def test_a_browser_finds_in_its_cache_what_it_fetched_an_hour_ago():
    signer = signer_for("app", secret_key="見本")
    viewer = signer.viewer(SupporterId(1))

    morning = signer.folder(RECORDING, viewer=viewer, now=make.moment("2026-11-22 09:00"))
    later = signer.folder(RECORDING, viewer=viewer, now=make.moment("2026-11-22 10:00"))

    assert morning == later
