"""Passwords: argon2id with the parameters OWASP names for small servers (19 MiB, 2 passes, 1 lane)."""

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Verified for somebody who does not exist, so that the answer takes as long as for somebody who does.
_nobody = _hasher.hash("nobody")


def hash_password(password: str) -> str:
    """The hash to store."""
    return _hasher.hash(password)


def is_right(password: str, stored: str | None) -> bool:
    """Whether `password` is the one behind `stored`; takes its time for None too."""
    try:
        _hasher.verify(stored or _nobody, password)
    except (Argon2Error, InvalidHashError):
        return False
    return stored is not None
