"""Tracking numbers: read as they are typed, pasted or scanned, and what looks wrong with one. Pure."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from lms.memoranda.rules import TYPED_IN_JAPANESE, Service, parse_number

LETTER_PACKS = frozenset({Service.LETTER_PACK_LIGHT, Service.LETTER_PACK_PLUS})
RECORDED = frozenset({Service.RECORDED, Service.REGISTERED})
MOST_SIGNS = 30
# A document number with its hyphens, in an address, or bare: ten digits, which no tracking number has.
DOCUMENT = re.compile(r".*/\d{4}-?\d{5,}-?\d|\d{4}-\d{5,}-\d|\d{10}", re.ASCII)


class Doubt(StrEnum):
    """What looks wrong with a tracking number; all but a number that stands twice may be right all the same."""

    MISSING = "missing"
    NOT_EXPECTED = "not_expected"
    LENGTH = "length"
    CHECK_DIGIT = "check_digit"
    TWICE = "twice"


@dataclass(frozen=True)
class Pairs:
    """What a pasted text says: the number of each memorandum, and the lines that could not be placed, from 1."""

    numbers: dict[int, str] = field(default_factory=dict)
    misplaced: list[int] = field(default_factory=list)


def normal(text: str) -> str:
    """A tracking number as the post prints it: `131-12-38385-2` or `1234-5678-9012`; anything else as it was typed."""
    plain = unicodedata.normalize("NFKC", text).translate(TYPED_IN_JAPANESE).strip()
    digits = re.sub(r"[\s-]", "", plain)
    if not re.fullmatch(r"\d+", digits, re.ASCII):
        return plain[:MOST_SIGNS]
    if len(digits) == 11:
        return f"{digits[:3]}-{digits[3:5]}-{digits[5:10]}-{digits[10]}"
    if len(digits) == 12:
        return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"
    return digits[:MOST_SIGNS]


def doubt_of(number: str, *, service: Service) -> Doubt | None:
    """What looks wrong with a number of a service; the check digit of Letter Packs is not known to us."""
    digits = number.replace("-", "")
    if service is Service.LETTER:
        return Doubt.NOT_EXPECTED if digits else None
    if not digits:
        return Doubt.MISSING
    expected = 12 if service in LETTER_PACKS else 11
    if not digits.isdecimal() or len(digits) != expected:
        return Doubt.LENGTH
    if service in RECORDED and int(digits[:10]) % 7 != int(digits[10]):
        return Doubt.CHECK_DIGIT
    return None


def doubts(numbers: Mapping[int, str], *, service: Service) -> dict[int, Doubt]:
    """What looks wrong, by memorandum."""
    given = [number for number in numbers.values() if number]
    found = {}
    for memorandum, number in numbers.items():
        doubt = Doubt.TWICE if number and given.count(number) > 1 else doubt_of(number, service=service)
        if doubt:
            found[memorandum] = doubt
    return found


def pairs_of(text: str, *, order: Sequence[int], taken: Collection[int] = ()) -> Pairs:
    """Which number belongs to which memorandum, of a pasted column or of what a scanner typed.

    A line holds a tracking number, or a document number and a tracking number; a document number alone is for the line
    after it. Numbers without a document number go to the memoranda of `order` one after the other, past those `taken`;
    in a column of nothing else, an empty line is an envelope without a number.
    """
    pairs, known = Pairs(), set(order)
    waiting = iter([each for each in order if each not in set(taken)])
    named = False
    meant: int | None = None
    lines = [
        unicodedata.normalize("NFKC", line).translate(TYPED_IN_JAPANESE).replace(",", " ").split(maxsplit=1)
        for line in text.splitlines()
    ]
    is_column = not any(parts and DOCUMENT.fullmatch(parts[0]) for parts in lines)
    for number, parts in enumerate(lines, start=1):
        if is_column and not parts:
            next(waiting, None)
        if parts and DOCUMENT.fullmatch(parts[0]):
            named, meant = True, parse_number(parts[0])
            parts = parts[1:]  # noqa: PLW2901 – what is left of the line
        if not parts:
            continue
        if not named:
            meant = next((each for each in waiting if each not in pairs.numbers), None)
        if meant is not None and meant in known:
            pairs.numbers[meant] = normal(" ".join(parts))
        else:
            pairs.misplaced.append(number)
        named, meant = False, None
    return pairs
