"""Bytes to viewers in the four forms, with the real servers: the site, nginx with deploy/nginx, an object store."""

import http.client
import re
import signal
import socket
import subprocess
import sys
import urllib.parse
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

import pytest

from courses.streaming import Signer, signer_for
from lms.app import house_for
from lms.kernel import clock
from lms.kernel.identity import SupporterId
from lms.kernel.settings import Settings
from lms.migrations import migrate
from lms.web.context import House
from tests import make
from tests.conftest import load_content
from tests.nginx import nginx
from tests.processes import environment, free_port, is_listening, lms, wait_for

FORMS = ("app", "nginx", "accel", "redirect")
SEGMENT = bytes(range(256)) * 400
FILES = {
    "master.m3u8": b"#EXTM3U\n480p/index.m3u8\n",
    "480p/index.m3u8": b"#EXTM3U\ns0000.m4s\n",
    "480p/s0000.m4s": SEGMENT,
    "poster.jpg": b"picture",
    "thumbs.vtt": b"WEBVTT\n",
}
KINDS = {
    "master.m3u8": "application/vnd.apple.mpegurl",
    "480p/s0000.m4s": "video/iso.segment",
    "poster.jpg": "image/jpeg",
    "thumbs.vtt": "text/vtt",
}


@dataclass(frozen=True)
class Site:
    form: str
    house: House
    port: int
    process: subprocess.Popen[bytes]
    folder: str
    other: str

    @property
    def signer(self) -> Signer:
        return signer_for(self.form, secret_key=self.house.secret_key)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Visitor:
    """One browser: cookies, keep-alive, and redirections to the object store."""

    def __init__(self, port: int) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        self.cookies: dict[str, str] = {}

    def ask(self, target: str, method: str = "GET", body: str | None = None, **headers: str) -> Answer:
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            said["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            said["Content-Type"] = "application/x-www-form-urlencoded"
        self.line.request(method, target, body, said)
        with self.line.getresponse() as answer:
            found = Answer(answer.status, answer.headers, answer.read())
        for cookie in found.headers.get_all("Set-Cookie") or ():
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value.strip('"')
        return found

    def fetch(self, target: str, method: str = "GET", **headers: str) -> Answer:
        """Ask, and go where the answer leads."""
        found = self.ask(target, method, **headers)
        if found.status != 302:
            return found
        there = urllib.parse.urlsplit(found.headers["Location"])
        line = http.client.HTTPConnection(there.netloc, timeout=10)
        line.request(
            method, f"{there.path}?{there.query}", headers={k.replace("_", "-"): v for k, v in headers.items()}
        )
        with line.getresponse() as answer:
            found = Answer(answer.status, answer.headers, answer.read())
        line.close()
        return found

    def sign_in(self, email: str) -> "Visitor":
        form = urllib.parse.urlencode({"name": email, "password": make.PASSWORD})
        assert self.ask("/sign-in", "POST", form).status == 303
        return self

    def media(self, file: str) -> str:
        """The address of a file as the lecture's page gives it."""
        page = self.ask("/courses/basic-2").body.decode()
        found = re.search(r'"(/media/[^"]+/)master\.m3u8"', page)
        assert found is not None
        return found[1] + file


@pytest.fixture(scope="module", params=FORMS)
def site(request, tmp_path_factory):
    """A site in one of the forms, with two people and one recording in a folder with a space in its name."""
    form = request.param
    folder = tmp_path_factory.mktemp(form) / "見本 の site"
    more = {"media": form}
    if form == "redirect":
        more["storage_url"] = request.getfixturevalue("object_store").url()
    house = house_for(Settings(home=folder / "home", **more))
    migrate(house.database)
    load_content(house.database)
    with house.database.session(write=True) as session:
        for name in ("one", "other"):
            make.supporter(session, email=f"{name}@example.jp")
        film = make.recording(session, "basic-2")
        other = make.recording(session, "basic-1")
        for name, content in FILES.items():
            house.storage.put(f"{film.folder}/{name}", content)
        house.storage.put(f"{other.folder}/poster.jpg", b"another lecture's")
        session.commit()
    port, log = free_port(), folder / "log"
    proxies = {"proxies": "1"} if form in {"nginx", "accel"} else {}
    with ExitStack() as stack:
        stack.callback(house.database.engine.dispose)
        process = stack.enter_context(
            lms("serve", "--no-worker", home=folder / "home", log=log, port=str(port), **more, **proxies)
        )
        wait_for(lambda: is_listening(port))
        front = port
        if proxies:
            said = subprocess.run(
                [sys.executable, "-m", "lms", "nginx-media"], env=environment(folder / "home", **more),
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            front = stack.enter_context(nginx(folder / "nginx", form=form, app_port=port, media=said.stdout)).port
        yield Site(form, house, front, process, film.key, other.key)


@pytest.fixture
def viewer(site):
    visitor = Visitor(site.port).sign_in("one@example.jp")
    yield visitor
    visitor.line.close()


@pytest.mark.parametrize("file", FILES)
def test_a_viewer_gets_every_file_with_its_kind_and_keeps_it(viewer, file):
    answer = viewer.fetch(viewer.media(file))

    assert (answer.status, answer.body) == (200, FILES[file])
    assert answer.headers.get_content_type() == KINDS.get(file, KINDS["master.m3u8"])


def test_what_was_fetched_may_be_kept_by_the_browser_alone(site, viewer):
    answer = viewer.ask(viewer.media("480p/s0000.m4s"))

    seconds = "max-age=1800" if site.form == "redirect" else "max-age=86400, immutable"
    assert answer.headers["Cache-Control"] == f"private, {seconds}"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites_and_goes_to_recordings_only(viewer):
    page = viewer.ask("/courses/basic-2")

    cookie = next(c for c in page.headers.get_all("Set-Cookie") if c.startswith("viewer="))
    assert {part.strip() for part in cookie.split(";")[1:]} >= {"HttpOnly", "SameSite=Lax", "Path=/media"}


def test_parts_heads_and_what_the_browser_has_already(viewer):
    segment = viewer.media("480p/s0000.m4s")

    whole = viewer.fetch(segment)
    part = viewer.fetch(segment, Range="bytes=100-199")
    tail = viewer.fetch(segment, Range="bytes=-10")
    beyond = viewer.fetch(segment, Range=f"bytes={len(SEGMENT)}-")
    known = viewer.fetch(segment, If_None_Match=whole.headers["ETag"])

    assert (part.status, part.body) == (206, SEGMENT[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(SEGMENT)}"
    assert (tail.status, tail.body) == (206, SEGMENT[-10:])
    assert (beyond.status, SEGMENT in beyond.body) == (416, False)
    assert (known.status, known.body) == (304, b"")


def test_a_head_says_how_long_and_nothing_more(site, viewer):
    answer = viewer.ask(viewer.media("480p/s0000.m4s"), "HEAD")

    assert (answer.status, answer.body) == (302 if site.form == "redirect" else 200, b"")
    if site.form != "redirect":
        assert answer.headers["Content-Length"] == str(len(SEGMENT))


def test_many_segments_come_over_one_connection(viewer):
    segment = viewer.media("480p/s0000.m4s")
    line = viewer.line.sock

    assert [viewer.fetch(segment).body == SEGMENT for _ in range(20)] == [True] * 20
    assert viewer.line.sock is line


def test_without_the_cookie_there_is_nothing(site, viewer):
    segment = viewer.media("480p/s0000.m4s")
    for cookies in (
        {},
        {"viewer": ""},
        {"viewer": "x" * 24},
        {k: v for k, v in viewer.cookies.items() if k != "viewer"},
    ):
        viewer.cookies = cookies
        answer = viewer.ask(segment)
        assert (answer.status, SEGMENT in answer.body) == (403, False)


def test_another_persons_copied_address_is_worth_nothing(site, viewer):
    other = Visitor(site.port).sign_in("other@example.jp")
    other.media("480p/s0000.m4s")  # has a cookie of their own

    answer = other.ask(viewer.media("480p/s0000.m4s"))
    other.line.close()

    assert (answer.status, SEGMENT in answer.body) == (403, False)


def test_a_changed_address_is_worth_nothing(site, viewer):
    segment = viewer.media("480p/s0000.m4s")
    _, _, expires, signature, recording, _ = segment.split("/", 5)

    for wrong in (
        segment.replace(signature, signature[::-1]),
        segment.replace(expires, str(int(expires) + 3600)),
        segment.replace(recording, site.other).replace("480p/s0000.m4s", "poster.jpg"),
    ):
        answer = viewer.ask(wrong)
        assert (answer.status, b"another" in answer.body, SEGMENT in answer.body) == (403, False, False)


def test_an_expired_address_gives_nothing_not_even_a_segment(site, viewer):
    cookie = site.signer.viewer(SupporterId(1))
    at = clock.now() - timedelta(hours=13)
    expires, signature = site.signer.folder(site.folder, viewer=cookie, now=at)
    viewer.media("master.m3u8")
    assert viewer.cookies["viewer"] == cookie

    answer = viewer.ask(f"/media/{expires}/{signature}/{site.folder}/480p/s0000.m4s")

    assert (answer.status, answer.body.count(SEGMENT)) == (410 if site.form == "nginx" else 403, 0)


def test_signing_out_takes_the_cookie_away(viewer):
    viewer.media("master.m3u8")

    viewer.ask("/sign-out", "POST", "")

    assert viewer.cookies["viewer"] == ""


@pytest.mark.parametrize(
    "odd",
    [
        "../../../secret.key", "../OTHER/poster.jpg", "..%2f..%2f..%2fsecret.key", "%2e%2e/%2e%2e/%2e%2e/secret.key",
        "..%5c..%5csecret.key", "480p/../../OTHER/poster.jpg", "480p/..;/s0000.m4s", ".hidden.jpg", "480p/.s0000.m4s",
        "480p/s0000.m4s%00.jpg", "480p/s0000.m4s%0d%0aX:1", "480p//s0000.m4s/", "480p/s0000.m4s/x", "480p/x/s0000.m4s",
        "/etc/passwd", "480p/s0000.txt", "480p", "", "480p/%C0%AE%C0%AE/x.jpg", "480p/s0000.m4s?x=../..", "480p/日.jpg",
    ],
)  # fmt: skip
def test_an_odd_address_with_a_good_signature_opens_nothing_else(site, viewer, odd):
    base = viewer.media("")
    target = base + odd.replace("OTHER", site.other)
    cookie = f"viewer={viewer.cookies['viewer']}"

    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as line:
        line.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: line.recv(65536), b""))

    status = int(answer.split()[1])
    assert b"another lecture's" not in answer
    # A question mark changes nothing; slashes too many are put right, and then there is nothing.
    plain = {200, 302} if odd.startswith("480p/s0000.m4s?") else {308} if odd.startswith("/") else set()
    assert status in {400, 403, 404} | plain


@pytest.mark.parametrize("target", ["/stored/recordings/KEY/480p/s0000.m4s", "/recordings/KEY/480p/s0000.m4s"])
def test_the_folder_itself_has_no_address(site, viewer, target):
    answer = viewer.ask(target.replace("KEY", site.folder))

    assert (answer.status, SEGMENT in answer.body) == (404, False)


@pytest.mark.parametrize("site", ["nginx"], indirect=True)
def test_behind_nginx_python_is_not_asked_for_a_segment_nor_for_a_refusal(site, viewer):
    segment = viewer.media("480p/s0000.m4s")
    site.process.send_signal(signal.SIGSTOP)
    try:
        seen = [viewer.ask(segment).status, viewer.ask(segment, Range="bytes=0-1").status]
        viewer.cookies = {}
        seen.append(viewer.ask(segment).status)
    finally:
        site.process.send_signal(signal.SIGCONT)

    assert seen == [200, 206, 403]


@pytest.mark.parametrize("site", ["redirect"], indirect=True)
def test_an_address_of_the_object_store_ends_soon(site, viewer):
    answer = viewer.ask(viewer.media("480p/s0000.m4s"))

    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(answer.headers["Location"]).query)
    assert asked["X-Amz-Expires"] == ["3600"]


def test_pages_come_through_packed_in_every_form(site, viewer):
    page = viewer.ask("/courses", Accept_Encoding="gzip")

    assert (page.status, page.headers.get("Content-Encoding")) == (200, "gzip")


def test_a_page_allows_the_object_store_and_nothing_else(site, viewer):
    policy = viewer.ask("/courses").headers["Content-Security-Policy"]

    origin = site.house.storage.origin if site.form == "redirect" else ""
    assert (f"connect-src 'self' {origin}" in policy) == (site.form == "redirect")
    assert f"media-src 'self' blob:{origin and ' ' + origin};" in policy
