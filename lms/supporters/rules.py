"""What a registration must hold, and how a way of taking part becomes a wish, a standing and an experience."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from lms.kernel.errors import Invalid

PASSWORD_MIN = 8
FREE_TRIES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
EMAIL = re.compile(r"[!-?A-~]+@[a-z0-9-]+(\.[a-z0-9-]+)+")


class Wish(StrEnum):
    """What somebody registered for; only those who wish to accompany can owe or be owed papers."""

    ACCOMPANY = "accompany"
    LEARN = "learn"


class StandingKind(StrEnum):
    """A dated state of a participant."""

    TRAINEE = "trainee"


class Participation(StrEnum):
    """The four ways of taking part that the registration form offers (PRODUCT.md R3)."""

    EXPERIENCED = "experienced"
    INEXPERIENCED = "inexperienced"
    LEARN = "learn"
    TRAINEE = "trainee"

    @property
    def wish(self) -> Wish:
        """Whether this way leads to accompanying people."""
        return Wish.ACCOMPANY if self in {Participation.EXPERIENCED, Participation.INEXPERIENCED} else Wish.LEARN


@dataclass(frozen=True)
class Address:
    """Where papers are posted: seven digits as 110-0015, then one to three lines."""

    postal_code: str
    lines: tuple[str, ...]


def wait_after(failures: int) -> timedelta:
    """How long a name must rest after so many wrong passwords in a row: not at first, then twice as long each time."""
    if failures < FREE_TRIES:
        return timedelta(0)
    doubled: int = 2 ** min(failures - FREE_TRIES, 10)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


def normal_email(text: str) -> str:
    """An address as it is compared and stored. Old docomo addresses with two dots in a row are real and accepted.

    Raises Invalid if it cannot be an e-mail address.
    """
    email = unicodedata.normalize("NFKC", text).strip().lower()
    if not EMAIL.fullmatch(email):
        raise Invalid("Enter an e-mail address, such as name@example.jp.")
    return email


def normal_postal_code(text: str) -> str:
    """`NNN-NNNN` from 〒, full-width digits and any dash. Raises Invalid if it has not seven digits."""
    digits = re.sub(r"[〒\s\-‐‑‒–—―ー−]", "", unicodedata.normalize("NFKC", text))
    if not re.fullmatch(r"[0-9]{7}", digits):
        raise Invalid("Enter the seven digits of the postcode, such as 110-0015.")
    return f"{digits[:3]}-{digits[3:]}"


def address_of(postal_code: str, text: str) -> Address:
    """The postal address somebody typed. Raises Invalid when it is empty or longer than a window envelope can show."""
    lines = tuple(line.strip() for line in text.splitlines() if line.strip())
    if not lines:
        raise Invalid("Enter the address, with the building and room number.")
    if len(lines) > 3:
        raise Invalid("Write the address in at most three lines.")
    return Address(normal_postal_code(postal_code), lines)
