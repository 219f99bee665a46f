"""Where recordings and letters lie: a folder whose things appear whole or not at all."""

import os
import secrets
import shutil
from pathlib import Path


class FileStorage:
    """Things under keys such as `recordings/1f3c/master.m3u8` in a local folder.

    Keys are ours, never a person's text.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, key: str) -> Path:
        """The file or folder of a key. Raises ValueError for a key that would leave the folder."""
        if not key or key.startswith("/") or any(part in {"", ".", ".."} for part in key.split("/")):
            raise ValueError(f"not a storage key: {key!r}")
        return self.root / key

    def put(self, key: str, content: bytes) -> None:
        """Store a file, replacing what was there.

        A reader sees the old or the new, and the new survives a power cut.
        """
        target = self.path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)

    def delete(self, key: str) -> None:
        """Remove a file or folder; nothing there is fine."""
        path = self.path(key)
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
