"""Who somebody is: named ids, roles, and the check digits of numbers that people retype."""

import unicodedata
from enum import StrEnum
from typing import NewType

SupporterId = NewType("SupporterId", int)


class Role(StrEnum):
    """What a signed-in person may do on the site; being a trainee is a standing, not a role."""

    SUPPORTER = "supporter"
    SECRETARIAT = "secretariat"


def check_digit(digits: str) -> str:
    """The check digit of a string of digits by ISO/IEC 7064, MOD 11,10.

    It finds every single wrong digit and nearly every swap of two neighbours, and is itself a digit,
    so the whole number can be typed on a telephone's keypad.
    """
    carry = 10
    for digit in digits:
        carry = (carry + int(digit)) % 10 or 10
        carry = carry * 2 % 11
    return str((11 - carry) % 10)


def format_network_id(number: int) -> str:
    """伴走ネットID of a seven-digit number: `1234-567C`, C being the check digit."""
    digits = f"{number:07d}"
    return f"{digits[:4]}-{digits[4:]}{check_digit(digits)}"


def parse_network_id(text: str) -> str | None:
    """The network ID meant by what somebody typed, or None if it cannot be one; full-width and any dash are fine."""
    digits = "".join(c for c in unicodedata.normalize("NFKC", text) if c not in " -‐‑‒–—―ー−")
    if len(digits) != 8 or not (digits.isascii() and digits.isdigit()) or check_digit(digits[:7]) != digits[7]:
        return None
    return f"{digits[:4]}-{digits[4:]}"
