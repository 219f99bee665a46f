"""A file whole, by one range, or not at all if the browser has it."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from werkzeug.datastructures import Range
from werkzeug.http import is_resource_modified, parse_range_header
from werkzeug.wsgi import FileWrapper

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

CACHE_SECONDS = 24 * 3600
BLOCK = 65536


@dataclass(frozen=True)
class Answer:
    """What a WSGI server sends."""

    status: str
    headers: list[tuple[str, str]]
    body: Iterable[bytes] = ()


def headers_of(kind: str) -> list[tuple[str, str]]:
    """What every file of a recording carries; a published file never changes."""
    return [
        ("Content-Type", kind),
        ("Cache-Control", f"private, max-age={CACHE_SECONDS}, immutable"),
        ("X-Content-Type-Options", "nosniff"),
    ]


def answer_with(path: Path, *, kind: str, environ: "WSGIEnvironment") -> Answer | None:
    """The answer to a GET or HEAD, or None if there is no such file.

    The body is handed to the server's own file sender for ranges too: Flask's 206 would by-pass it, and 200 slow phones
    would then cost gigabytes of spool files (measured).
    """
    try:
        file = path.open("rb", buffering=0)
    except OSError:
        return None
    stat = os.fstat(file.fileno())
    etag = f"{stat.st_mtime_ns:x}-{stat.st_size:x}"
    modified = formatdate(int(stat.st_mtime), usegmt=True)
    headers = [*headers_of(kind), ("ETag", f'"{etag}"'), ("Last-Modified", modified), ("Accept-Ranges", "bytes")]
    if not is_resource_modified(environ, etag, last_modified=modified):
        file.close()
        return Answer("304 Not Modified", headers[1:])
    start, stop, status = 0, stat.st_size, "200 OK"
    wanted = _wanted_range(environ, {f'"{etag}"', modified})
    if wanted is not None:
        span = wanted.range_for_length(stat.st_size)
        if span is None:
            file.close()
            beyond = ("Content-Range", f"bytes */{stat.st_size}")
            return Answer("416 Range Not Satisfiable", [*headers, beyond, ("Content-Length", "0")])
        start, stop = span
        status = "206 Partial Content"
        headers.append(("Content-Range", f"bytes {start}-{stop - 1}/{stat.st_size}"))
    headers.append(("Content-Length", str(stop - start)))
    if environ["REQUEST_METHOD"] == "HEAD":
        file.close()
        return Answer(status, headers)
    return Answer(status, headers, _body(file, start, stop, environ))


def _wanted_range(environ: "WSGIEnvironment", current: set[str]) -> Range | None:
    """The one range asked for.

    None for the whole file: no range, several, garbage, or an If-Range that no longer holds.
    """
    wanted = parse_range_header(environ.get("HTTP_RANGE"))
    if wanted is None or wanted.units != "bytes" or len(wanted.ranges) != 1:
        return None
    condition = environ.get("HTTP_IF_RANGE")
    return wanted if condition is None or condition in current else None


def _body(file: IO[bytes], start: int, stop: int, environ: "WSGIEnvironment") -> Iterable[bytes]:
    file.seek(start)
    wrapper = environ.get("wsgi.file_wrapper", FileWrapper)
    if wrapper is FileWrapper:
        return _at_most(file, stop - start)
    return cast("Iterable[bytes]", wrapper(file, BLOCK))  # a server's own wrapper stops at Content-Length and closes


def _at_most(file: IO[bytes], length: int) -> Iterator[bytes]:
    with file:
        while length > 0 and (block := file.read(min(BLOCK, length))):
            length -= len(block)
            yield block
