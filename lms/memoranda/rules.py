"""The paper cycle as a table that can be read aloud, and the number on every sheet. Pure: values in, values out."""

import re
import unicodedata
from enum import StrEnum

from lms.kernel.errors import Conflict
from lms.kernel.identity import check_digit


class Route(StrEnum):
    """How somebody came to qualify; the cover letter says which."""

    COURSE = "course"
    EXPERIENCED = "experienced"


class State(StrEnum):
    """Where a memorandum stands (PRODUCT.md R5)."""

    DUE = "due"
    PRINTED = "printed"
    POSTED = "posted"
    RETURNED = "returned"
    CHECKED = "checked"
    COMPLETE = "complete"


ORDER = tuple(State)
NEXT = {
    State.DUE: {State.PRINTED},
    State.PRINTED: {State.POSTED, State.DUE},
    State.POSTED: {State.RETURNED},
    State.RETURNED: {State.CHECKED},
    State.CHECKED: {State.COMPLETE},
    State.COMPLETE: set[State](),
}


class Service(StrEnum):
    """Ways of posting that may carry a letter (信書): no クリックポスト, ゆうメール or ゆうパック here (郵便法4条)."""

    LETTER = "letter"
    RECORDED = "recorded"
    REGISTERED = "registered"
    LETTER_PACK_LIGHT = "letter_pack_light"
    LETTER_PACK_PLUS = "letter_pack_plus"


class Signing(StrEnum):
    """How the returned copy was signed; a foreigner's signature stands for a seal (明治32年法律第50号)."""

    SEALED = "sealed"
    SIGNED = "signed"


def check_step(current: State, wanted: State) -> None:
    """Raises Conflict when a memorandum in one state cannot go to another."""
    if wanted not in NEXT[current]:
        raise Conflict("This memorandum has changed meanwhile. Look at it again.")


def number_of(year: int, memorandum_id: int) -> str:
    """The document number printed on every sheet: 年度, running number, check digit; `2026-00012-2`."""
    return f"{year}-{memorandum_id:05d}-{check_digit(f'{year}{memorandum_id:05d}')}"


def parse_number(text: str) -> int | None:
    """The memorandum id meant by a number that was typed or scanned, or None if it cannot be one."""
    found = re.fullmatch(r"(\d{4})-?(\d{5,})-?(\d)", unicodedata.normalize("NFKC", text).strip(), re.ASCII)
    if found is None or check_digit(found[1] + found[2]) != found[3]:
        return None
    return int(found[2])
