"""Who may read which bytes of a recording, and how they are sent.

Signed paths, ranges, no thread held by a slow phone.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime
from email.utils import formatdate
from pathlib import Path
from typing import cast

from flask import Response, request
from werkzeug.datastructures import Range
from werkzeug.http import is_resource_modified, parse_range_header
from werkzeug.wsgi import ClosingIterator, FileWrapper

from lms.kernel.errors import NotFound, Refused
from lms.kernel.identity import SupporterId

# Paths change at fixed moments, so that a browser finds in its cache what it fetched an hour ago.
BUCKET_SECONDS = 6 * 3600
VALID_SECONDS = 12 * 3600
CACHE_SECONDS = 24 * 3600
BLOCK = 65536

KINDS = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4s": "video/iso.segment",
    ".mp4": "video/mp4",
    ".jpg": "image/jpeg",
    ".vtt": "text/vtt",
}


def media_path(recording_key: str, *, supporter: SupporterId, secret: str, now: datetime) -> str:
    """The folder part of a recording's addresses: expiry, signature, recording.

    Playlists refer to segments relatively.
    """
    expires = (int(now.timestamp()) // BUCKET_SECONDS) * BUCKET_SECONDS + VALID_SECONDS
    return f"{expires}/{_signature(expires, recording_key, supporter, secret)}/{recording_key}"


def check_media_path(
    expires: int, signature: str, recording_key: str, *, supporter: SupporterId | None, secret: str, now: datetime
) -> None:
    """Raises Refused unless the path was made for this signed-in person and has not expired. No database is asked."""
    right = supporter is not None and hmac.compare_digest(
        _signature(expires, recording_key, supporter, secret).encode(), signature.encode()
    )
    if not right or now.timestamp() > expires:
        raise Refused("This address of the recording has expired. Open the lecture's page again.")


def _signature(expires: int, recording_key: str, supporter: SupporterId, secret: str) -> str:
    text = f"media:{expires}:{recording_key}:{supporter}"
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


def send_media(path: Path) -> Response:
    """A file whole, by one range, or not at all if the browser has it; a published file never changes.

    The body is handed to the server's own file sender for ranges too: Flask's 206 would by-pass it, and 200 slow phones
    would then cost gigabytes of spool files (measured).
    """
    try:
        stat = path.stat()
    except (OSError, ValueError) as error:
        raise NotFound("There is no such page.") from error
    kind = KINDS.get(path.suffix)
    if kind is None or not path.is_file():
        raise NotFound("There is no such page.")
    etag = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
    modified = formatdate(int(stat.st_mtime), usegmt=True)
    headers = {
        "ETag": etag,
        "Last-Modified": modified,
        "Accept-Ranges": "bytes",
        "Cache-Control": f"private, max-age={CACHE_SECONDS}, immutable",
    }
    if not is_resource_modified(request.environ, etag.strip('"'), last_modified=modified):
        return Response(status=304, headers=headers)
    wanted = _wanted_range(etag, modified)
    if wanted is None:
        return _part(path, 0, stat.st_size, kind, headers, status=200)
    span = wanted.range_for_length(stat.st_size)
    if span is None:
        return Response(status=416, headers=headers | {"Content-Range": f"bytes */{stat.st_size}"})
    start, stop = span
    part = headers | {"Content-Range": f"bytes {start}-{stop - 1}/{stat.st_size}"}
    return _part(path, start, stop, kind, part, status=206)


def _wanted_range(etag: str, modified: str) -> Range | None:
    """The one range asked for.

    None for the whole file: no range, several, garbage, or an If-Range that no longer holds.
    """
    wanted = parse_range_header(request.headers.get("Range"))
    if wanted is None or wanted.units != "bytes" or len(wanted.ranges) != 1:
        return None
    condition = request.headers.get("If-Range")
    return wanted if condition in {None, etag, modified} else None


def _part(path: Path, start: int, stop: int, kind: str, headers: dict[str, str], *, status: int) -> Response:
    file = path.open("rb")
    file.seek(start)
    wrapper = request.environ.get("wsgi.file_wrapper", FileWrapper)
    body = cast("Iterable[bytes]", wrapper(file, BLOCK))  # a server's own wrapper closes the file itself
    if wrapper is FileWrapper:
        body = ClosingIterator(_at_most(body, stop - start), file.close)
    response = Response(body, status=status, mimetype=kind, headers=headers, direct_passthrough=True)
    response.content_length = stop - start
    return response


def _at_most(blocks: Iterable[bytes], length: int) -> Iterable[bytes]:
    for block in blocks:
        yield block[:length]
        length -= len(block)
        if length <= 0:
            return
