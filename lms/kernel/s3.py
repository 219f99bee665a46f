"""Storage in an S3-compatible object store."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from lms.kernel.settings import SettingsError
from lms.kernel.storage import checked, remove

try:
    import obstore
    from obstore.exceptions import BaseError
    from obstore.store import S3Store
except ImportError as missing:
    raise SettingsError("LMS_STORAGE_URL needs the package obstore: pip install 'bansou-lms[s3]'") from missing

if TYPE_CHECKING:
    from obstore import Attributes

OPTIONS = {"endpoint", "region"}
PIECE = 8 * 2**20
# For one piece. Nobody who waits for a page should wait long for a store that is down; work is tried again anyway.
CONNECT, PATIENCE, RETRIES = timedelta(seconds=5), timedelta(minutes=2), 3
# Browsers fetch these from the store itself, which says of them what it was told.
KINDS = {
    ".jpg": "image/jpeg",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4s": "video/iso.segment",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".vtt": "text/vtt",
}
CACHE = "private, max-age=86400, immutable"


class S3Storage:
    """A bucket, or a prefix in it. Credentials come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and their like.

    `local` is the folder of this machine in which uploads and packages are put together.
    """

    def __init__(self, url: str, *, local: Path) -> None:
        """Asks nothing of the store yet. Raises SettingsError for an address it cannot understand."""
        parts = urlsplit(url)
        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if unknown := options.keys() - OPTIONS:
            raise SettingsError(f"LMS_STORAGE_URL: unknown {', '.join(sorted(unknown))} (known: endpoint, region)")
        endpoint = options.get("endpoint")
        try:
            self._store = S3Store(
                parts.netloc,
                prefix=parts.path.strip("/") or None,
                endpoint=endpoint,
                region=options.get("region", "us-east-1"),
                client_options={
                    "allow_http": bool(endpoint and endpoint.startswith("http://")),
                    "connect_timeout": CONNECT,
                    "timeout": PATIENCE,
                },
                retry_config={"max_retries": RETRIES, "retry_timeout": PATIENCE},
            )
        except BaseError as error:
            raise SettingsError(f"LMS_STORAGE_URL cannot be used: {error}") from error
        self.local = local

    @property
    def origin(self) -> str:
        """Scheme, host and port of the store's addresses."""
        parts = urlsplit(self.link("origin", valid=timedelta(seconds=1)))
        return f"{parts.scheme}://{parts.netloc}"

    def link(self, key: str, *, valid: timedelta) -> str:
        """An address from which anybody can read the file while it is valid; the store is not asked."""
        return obstore.sign(self._store, "GET", checked(key), valid)

    def put(self, key: str, content: bytes) -> None:
        """Store a file, replacing what was there. A reader sees the old or the new."""
        obstore.put(self._store, checked(key), content, attributes=_attributes(key))

    def get(self, key: str) -> bytes:
        """A file's bytes. Raises FileNotFoundError."""
        return obstore.get(self._store, checked(key)).bytes().to_bytes()

    def exists(self, key: str) -> bool:
        """Whether there is a file of this key."""
        try:
            obstore.head(self._store, checked(key))
        except FileNotFoundError:
            return False
        return True

    def keys(self, folder: str) -> list[str]:
        """The keys of all files in a folder and below it, sorted."""
        return sorted(found["path"] for some in obstore.list(self._store, checked(folder)) for found in some)

    def delete(self, key: str) -> None:
        """Remove a file or folder, here and in the store; nothing there is fine."""
        remove(self.local / checked(key))
        obstore.delete(self._store, [key, *self.keys(key)])

    def workplace(self, key: str) -> Path:
        """A place in the local folder."""
        path = self.local / checked(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def keep(self, key: str, *, last: str = "") -> None:
        """Send what was put together, `last` last, then remove it from this machine."""
        here = self.workplace(key)
        if here.is_file():
            self._send(here, key)
        files = (path for path in here.rglob("*") if path.is_file())
        for path in sorted(files, key=lambda path: (path == here / last, path)):
            self._send(path, f"{key}/{path.relative_to(here).as_posix()}")
        remove(here)

    def _send(self, path: Path, key: str) -> None:
        obstore.put(self._store, key, path, attributes=_attributes(key), chunk_size=PIECE)

    @contextmanager
    def fetched(self, key: str) -> Iterator[Path]:
        """A copy that is removed again. Raises FileNotFoundError."""
        self.local.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.local, prefix=".fetched-") as folder:
            path = Path(folder, "file")
            with path.open("wb") as target:
                for piece in obstore.get(self._store, checked(key)).stream(min_chunk_size=PIECE):
                    target.write(piece)
            yield path


def _attributes(key: str) -> "Attributes":
    kind = KINDS.get(Path(key).suffix, "application/octet-stream")
    return {"Content-Type": kind, "Cache-Control": CACHE}
