"""Answers `/media/…` before Flask is asked: a segment needs no session, no language, no page.

What is refused goes on to Flask, whose view says why (courses/views/media.py).
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from courses.streaming.files import Answer, answer_with, headers_of
from courses.streaming.paths import MediaPath, Signer, parse, viewer_in
from lms.kernel.clock import now
from lms.kernel.storage import FileStorage, Linking, Storage

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# How long an object store's own address of a segment may be used, and how long a browser goes back to it unasked.
LINK_SECONDS = 3600
LINK_CACHE_SECONDS = 1800
# Where nginx finds the folder of recordings; the same name stands in deploy/nginx.
ACCEL_PREFIX = "/stored/"

Sender = Callable[[MediaPath, "WSGIEnvironment"], Answer | None]


class Delivery:
    """A WSGI application around the site's own."""

    def __init__(self, site: "WSGIApplication", *, signer: Signer, send: Sender) -> None:
        self.site = site
        self.signer = signer
        self.send = send

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        answer = self._answer(environ) if environ["REQUEST_METHOD"] in {"GET", "HEAD"} else None
        if answer is None:
            return self.site(environ, start_response)
        start_response(answer.status, answer.headers)
        return answer.body

    def _answer(self, environ: "WSGIEnvironment") -> Answer | None:
        path = parse(environ["PATH_INFO"])
        if path is None:
            return None
        viewer = viewer_in(environ.get("HTTP_COOKIE", ""))
        return self.send(path, environ) if self.signer.holds(path, viewer=viewer, now=now()) else None


def sender_for(form: str, storage: Storage) -> Sender:
    """How the bytes are sent (LMS_MEDIA). Behind `nginx` nobody asks us; whoever does is answered all the same."""
    if isinstance(storage, Linking):
        return _Redirecting(storage)
    assert isinstance(storage, FileStorage)
    return _by_header if form == "accel" else _FromFolder(storage.root)


class _FromFolder:
    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(self, path: MediaPath, environ: "WSGIEnvironment") -> Answer | None:
        return answer_with(self.root / path.key, kind=path.kind, environ=environ)


def _by_header(path: MediaPath, environ: "WSGIEnvironment") -> Answer:
    """A word to nginx, which sends the file, its ranges and its own ETag."""
    return Answer("200 OK", [*headers_of(path.kind), ("X-Accel-Redirect", ACCEL_PREFIX + path.key)])


class _Redirecting:
    """Texts from here, the rest by an address of the object store.

    Playlists and lists of thumbnails name what they need relatively: a player must read them under our own address.
    """

    def __init__(self, storage: Linking) -> None:
        self.storage = storage

    def __call__(self, path: MediaPath, environ: "WSGIEnvironment") -> Answer | None:
        if path.file.endswith((".m3u8", ".vtt")):
            return self._text(path, environ)
        link = self.storage.link(path.key, valid=timedelta(seconds=LINK_SECONDS))
        cached = ("Cache-Control", f"private, max-age={LINK_CACHE_SECONDS}")
        return Answer("302 Found", [("Location", link), cached, ("Content-Length", "0")])

    def _text(self, path: MediaPath, environ: "WSGIEnvironment") -> Answer | None:
        try:
            text = self.storage.get(path.key)
        except FileNotFoundError:
            return None
        headers = [*headers_of(path.kind), ("Content-Length", str(len(text)))]
        return Answer("200 OK", headers, () if environ["REQUEST_METHOD"] == "HEAD" else (text,))
