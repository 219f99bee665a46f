"""A folder that appears whole or not at all, whenever the power goes."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def workshop(target: Path) -> Iterator[Path]:
    """An empty folder beside `target`, which becomes `target` when the block ends well and is removed when it does not.

    The folder is locked while its process lives; folders that nobody holds any more are swept out first. If somebody
    else finished the same target meanwhile, theirs stays.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{target.name}."
    for left in target.parent.iterdir():
        if left.name.startswith(prefix) and left.suffix == ".part":
            _remove_if_dead(left)
    folder = target.with_name(f"{prefix}{secrets.token_hex(4)}.part")
    folder.mkdir()
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield folder
        _settle(folder)
        if not target.exists():
            folder.rename(target)
            _sync(target.parent)
    finally:
        os.close(held)
        shutil.rmtree(folder, ignore_errors=True)


def _remove_if_dead(folder: Path) -> None:
    try:
        held = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:  # its owner ended this moment
        return
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(held)


def _settle(folder: Path) -> None:
    """Everything on the disk before the name is: a rename may reach it before the bytes do."""
    for path in [*folder.rglob("*"), folder]:
        _sync(path)


def _sync(path: Path) -> None:
    held = os.open(path, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
