"""Keys: made once, kept in the home folder, rotated by listing the newest first; and text that is encrypted at rest."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from lms.kernel.settings import Settings

_keyring: list[MultiFernet] = []


def secret_key(settings: Settings) -> str:
    """The key that signs cookies and links."""
    return settings.secret_key or _kept(settings.home / "secret.key", secrets.token_urlsafe(48))


def open_keyring(settings: Settings) -> None:
    """Make encrypted columns readable in this process. The first key encrypts, all of them decrypt."""
    text = settings.encryption_keys or _kept(settings.home / "encryption.key", Fernet.generate_key().decode())
    _keyring[:] = [MultiFernet([Fernet(key.strip()) for key in text.split(",")])]


def _kept(path: Path, fresh: str) -> str:
    """The text in `path`, written there first if the file is new; two processes that start together agree on one."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        number, draft = tempfile.mkstemp(dir=path.parent)  # readable for its owner only
        with os.fdopen(number, "w") as file:
            file.write(fresh)
            file.flush()
            os.fsync(number)
        with suppress(FileExistsError):
            os.link(draft, path)
        Path(draft).unlink()
    return path.read_text().strip()


class EncryptedText(TypeDecorator[str]):
    """Text that only this site's keys can read: addresses, phone numbers, bank details."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _keyring[0].encrypt(value.encode()).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _keyring[0].decrypt(value.encode()).decode()
