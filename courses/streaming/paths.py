"""Addresses of recordings that one person's browser can use for some hours: `/media/EXPIRES/SIGNATURE/RECORDING/FILE`.

The signature covers the time, the recording and the viewer, a value that only this person's browsers have in a cookie.
A copied address is worth nothing without the cookie, the cookie nothing without an address.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime

from lms.kernel.identity import SupporterId

# Addresses change at fixed moments, so that a browser finds in its cache what it fetched an hour ago.
BUCKET_SECONDS = 6 * 3600
VALID_SECONDS = 12 * 3600
COOKIE = "viewer"
COOKIE_PATH = "/media"

KINDS = {
    "m3u8": "application/vnd.apple.mpegurl",
    "m4s": "video/iso.segment",
    "mp4": "video/mp4",
    "jpg": "image/jpeg",
    "vtt": "text/vtt",
}
# The same words stand in deploy/nginx. No name begins with a dot, so nothing leads out of the recording's folder.
_NAME = r"[A-Za-z0-9@_-][A-Za-z0-9@._-]*"
_PATH = re.compile(
    rf"/media/(?P<expires>[0-9]{{1,12}})/(?P<signature>[A-Za-z0-9_-]{{22,32}})"
    rf"/(?P<recording>[0-9a-f]{{32}})/(?P<file>(?:{_NAME}/)?{_NAME}\.(?P<kind>{'|'.join(KINDS)}))"
)
_VIEWER = re.compile(rf"(?:^|;)\s*{COOKIE}=([A-Za-z0-9_-]+)")


@dataclass(frozen=True)
class MediaPath:
    """What an address of a recording's file says; nothing of it is checked yet."""

    expires: int
    signature: str
    recording: str
    file: str
    kind: str

    @property
    def key(self) -> str:
        """The storage key of the file."""
        return f"recordings/{self.recording}/{self.file}"


def parse(path: str) -> MediaPath | None:
    """The address, or None for anything that cannot be one: traversal, odd characters, other kinds of files."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    return MediaPath(
        expires=int(found["expires"]),
        signature=found["signature"],
        recording=found["recording"],
        file=found["file"],
        kind=KINDS[found["kind"]],
    )


@dataclass(frozen=True)
class Signer:
    """Makes and checks addresses. With `md5` it signs as nginx's secure_link_md5 does, which knows no better digest."""

    secret: str
    md5: bool

    def viewer(self, supporter: SupporterId) -> str:
        """The value of a person's cookie; nobody can make another person's."""
        return _text(_hmac(self.secret, f"viewer:{supporter}")[:18])

    def folder(self, recording: str, *, viewer: str, now: datetime) -> tuple[int, str]:
        """Expiry and signature for a recording's files. Playlists refer to segments relatively."""
        expires = (int(now.timestamp()) // BUCKET_SECONDS) * BUCKET_SECONDS + VALID_SECONDS
        return expires, self._signature(expires, recording, viewer)

    def holds(self, path: MediaPath, *, viewer: str, now: datetime) -> bool:
        """Whether the address was made for this viewer and has not expired. No database is asked."""
        right = self._signature(path.expires, path.recording, viewer)
        return hmac.compare_digest(right.encode(), path.signature.encode()) and now.timestamp() <= path.expires

    def _signature(self, expires: int, recording: str, viewer: str) -> str:
        text = f"{expires}:{recording}:{viewer}"
        if self.md5:
            return _text(hashlib.md5(f"{text}:{self.secret}".encode(), usedforsecurity=False).digest())
        return _text(_hmac(self.secret, text)[:24])


def media_secret(secret_key: str) -> str:
    """What addresses are signed with: made from the site's key, which nginx need not know."""
    return _hmac(secret_key, "media").hex()


def signer_for(form: str, *, secret_key: str) -> Signer:
    """The signer of a site whose bytes are sent by that form (LMS_MEDIA)."""
    return Signer(media_secret(secret_key), md5=form == "nginx")


def viewer_in(cookies: str) -> str:
    """The viewer in a Cookie header; empty if there is none."""
    found = _VIEWER.search(cookies)
    return found[1] if found else ""


def _hmac(secret: str, text: str) -> bytes:
    return hmac.digest(secret.encode(), text.encode(), hashlib.sha256)


def _text(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
