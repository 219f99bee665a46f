"""Where recordings and letters lie: things that appear whole or not at all, in a folder or in an object store."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Protocol, runtime_checkable

from lms.kernel.settings import Settings


class Storage(Protocol):
    """Things under keys such as `recordings/1f3c/master.m3u8`. Keys are ours, never a person's text.

    Every method raises ValueError for a key that would lead elsewhere.
    """

    def put(self, key: str, content: bytes) -> None:
        """Store a file, replacing what was there. A reader sees the old or the new."""

    def get(self, key: str) -> bytes:
        """A file's bytes. Raises FileNotFoundError."""

    def exists(self, key: str) -> bool:
        """Whether there is a file of this key."""

    def keys(self, folder: str) -> list[str]:
        """The keys of all files in a folder and below it, sorted; none if there is no such folder."""

    def delete(self, key: str) -> None:
        """Remove a file or folder; nothing there is fine."""

    def workplace(self, key: str) -> Path:
        """Where on this machine a large file or a folder of that key is put together before `keep`.

        What lies above it exists; it itself perhaps not.
        """

    def keep(self, key: str, *, last: str = "") -> None:
        """Store what was put together in the workplace of the key; nothing there is fine.

        Of a folder, the file named `last` comes last: whoever finds it finds all the others.
        """

    def fetched(self, key: str) -> AbstractContextManager[Path]:
        """A file to read on this machine while the block lasts. Raises FileNotFoundError."""


@runtime_checkable
class Linking(Storage, Protocol):
    """Storage that can be read by address for a while, without us."""

    def link(self, key: str, *, valid: timedelta) -> str:
        """An address from which anybody can read the file while it is valid; not whether there is one."""

    @property
    def origin(self) -> str:
        """Scheme, host and port of those addresses."""


class FileStorage:
    """A local folder, or one that several machines share. Workplace and storage are the same place."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, key: str) -> Path:
        """The file or folder of a key. Raises ValueError for a key that would leave the folder."""
        return self.root / checked(key)

    def put(self, key: str, content: bytes) -> None:
        """Store a file, replacing what was there.

        A reader sees the old or the new, and the new survives a power cut.
        """
        target = self.workplace(key)
        draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)

    def get(self, key: str) -> bytes:
        """A file's bytes. Raises FileNotFoundError."""
        return self.path(key).read_bytes()

    def exists(self, key: str) -> bool:
        """Whether there is a file of this key."""
        return self.path(key).is_file()

    def keys(self, folder: str) -> list[str]:
        """The keys of all files in a folder and below it, sorted; drafts of `put` are none."""
        found = (path for path in self.path(folder).rglob("*") if path.is_file() and not path.name.startswith("."))
        return sorted(path.relative_to(self.root).as_posix() for path in found)

    def delete(self, key: str) -> None:
        """Remove a file or folder; nothing there is fine."""
        remove(self.path(key))

    def workplace(self, key: str) -> Path:
        """The very place of the key: whatever makes a folder here lets it appear at once (courses.transcode)."""
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def keep(self, key: str, *, last: str = "") -> None:
        """It lies where it belongs already."""

    @contextmanager
    def fetched(self, key: str) -> Iterator[Path]:
        """The file itself. Raises FileNotFoundError."""
        path = self.path(key)
        if not path.is_file():
            raise FileNotFoundError(path)
        yield path


def checked(key: str) -> str:
    """The key, if it stays inside. Raises ValueError."""
    if not key or key.startswith("/") or any(part in {"", ".", ".."} for part in key.split("/")):
        raise ValueError(f"not a storage key: {key!r}")
    return key


def remove(path: Path) -> None:
    """Remove a file or folder; nothing there is fine."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def storage_for(settings: Settings) -> Storage:
    """The storage of these settings. Raises SettingsError if an object store cannot be used."""
    if not settings.storage_url:
        return FileStorage(settings.media_folder)
    from lms.kernel.s3 import S3Storage  # noqa: PLC0415 – its client is an extra that most sites do without

    return S3Storage(settings.storage_url, local=settings.media_folder)
