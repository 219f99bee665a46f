"""Keys: made once, kept in the home folder, rotated by listing the newest first; and text that only they can read."""

import hashlib
import hmac
import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from lms.kernel.settings import Settings

_keyring: list[MultiFernet] = []
_hash_keys: list[bytes] = []


def secret_key(settings: Settings) -> str:
    """The key that signs cookies and links."""
    return settings.secret_key or _kept(settings.home / "secret.key", secrets.token_urlsafe(48))


def open_keyring(settings: Settings) -> None:
    """Make encrypted columns readable in this process. The first key encrypts, all of them decrypt."""
    text = settings.encryption_keys or _kept(settings.home / "encryption.key", Fernet.generate_key().decode())
    keys = [key.strip() for key in text.split(",")]
    _keyring[:] = [MultiFernet([Fernet(key) for key in keys])]
    _hash_keys[:] = [hmac.digest(key.encode(), b"finding what is encrypted", "sha256") for key in keys]


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


def sealed(text: str) -> str:
    """Text as it may stand in an address: nobody but this site can read it, and it looks different each time."""
    return _keyring[0].encrypt(text.encode()).decode().rstrip("=")


def unsealed(token: str) -> str | None:
    """The text of a token that this site has sealed, else None."""
    try:
        return _keyring[0].decrypt(token + "=" * (-len(token) % 4)).decode()
    except (InvalidToken, ValueError):
        return None


def hash_marks() -> list[str]:
    """How hashes made with each of the keys begin, the newest first."""
    return [hashlib.sha256(key).hexdigest()[:8] + ":" for key in _hash_keys]


def keyed_hashes(text: str) -> list[str]:
    """What an encrypted value can be found by, for each of the keys; the first is the one to store."""
    found = [hmac.digest(key, text.encode(), "sha256").hex()[:32] for key in _hash_keys]
    return [mark + digest for mark, digest in zip(hash_marks(), found, strict=True)]


class EncryptedText(TypeDecorator[str]):
    """Text that only this site's keys can read: addresses, phone numbers, bank details."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _keyring[0].encrypt(value.encode()).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _keyring[0].decrypt(value.encode()).decode()
