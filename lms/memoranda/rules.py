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
    """Where a memorandum stands (PRODUCT.md R5): the way it goes, then what can happen beside it."""

    DUE = "due"
    PRINTED = "printed"
    POSTED = "posted"
    RETURNED = "returned"
    CHECKED = "checked"
    COMPLETE = "complete"
    HELD = "held"
    UNDELIVERABLE = "undeliverable"
    INCOMPLETE = "incomplete"
    WITHDRAWN = "withdrawn"


ORDER = (State.DUE, State.PRINTED, State.POSTED, State.RETURNED, State.CHECKED, State.COMPLETE)
"""The way that goes well."""

ASIDE = tuple(state for state in State if state not in ORDER)

NEXT = {
    State.DUE: {State.PRINTED, State.HELD, State.WITHDRAWN},
    State.PRINTED: {State.POSTED, State.DUE, State.WITHDRAWN},
    # Due again: the papers are posted again under the same number.
    State.POSTED: {State.RETURNED, State.INCOMPLETE, State.UNDELIVERABLE, State.DUE, State.WITHDRAWN},
    State.RETURNED: {State.CHECKED, State.INCOMPLETE},
    State.CHECKED: {State.COMPLETE, State.INCOMPLETE},
    State.COMPLETE: set[State](),
    State.HELD: {State.DUE, State.WITHDRAWN},
    State.UNDELIVERABLE: {State.DUE, State.WITHDRAWN},
    State.INCOMPLETE: {State.RETURNED, State.INCOMPLETE, State.DUE, State.WITHDRAWN},
    State.WITHDRAWN: {State.DUE},
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


class PostingKind(StrEnum):
    """Why an envelope went out."""

    PACK = "pack"
    FOLLOW_UP = "follow_up"


class BatchState(StrEnum):
    """The way of a batch: chosen and proved, released by a person, printed, posted; or called off before that."""

    CHOSEN = "chosen"
    RELEASED = "released"
    PRINTED = "printed"
    POSTED = "posted"
    CANCELLED = "cancelled"


OPEN_BATCH = frozenset({BatchState.CHOSEN, BatchState.RELEASED, BatchState.PRINTED})

NEXT_OF_BATCH = {
    BatchState.CHOSEN: {BatchState.RELEASED, BatchState.CANCELLED},
    BatchState.RELEASED: {BatchState.PRINTED, BatchState.CHOSEN, BatchState.CANCELLED},
    BatchState.PRINTED: {BatchState.POSTED, BatchState.RELEASED},
    BatchState.POSTED: set[BatchState](),
    BatchState.CANCELLED: set[BatchState](),
}


class Fault(StrEnum):
    """What can be wrong with what came back; each has its sentence in letter and mail."""

    MEMORANDUM_MISSING = "memorandum_missing"
    MEMORANDUM_NOT_SIGNED = "memorandum_not_signed"
    MEMORANDUM_NOT_DATED = "memorandum_not_dated"
    MEMORANDUM_DAMAGED = "memorandum_damaged"
    BANK_FORM_MISSING = "bank_form_missing"
    BANK_FORM_NOT_SIGNED = "bank_form_not_signed"
    ACCOUNT_UNREADABLE = "account_unreadable"
    ACCOUNT_INCOMPLETE = "account_incomplete"
    HOLDER_DIFFERS = "holder_differs"

    @property
    def is_of_memorandum(self) -> bool:
        """Whether the memorandum must be sent in again; otherwise the bank form."""
        return self.value.startswith("memorandum")


def check_step(current: State, wanted: State) -> None:
    """Raises Conflict when a memorandum in one state cannot go to another."""
    if wanted not in NEXT[current]:
        raise Conflict("This memorandum has changed meanwhile. Look at it again.")


def check_batch_step(current: BatchState, wanted: BatchState) -> None:
    """Raises Conflict when a batch in one state cannot go to another."""
    if wanted not in NEXT_OF_BATCH[current]:
        raise Conflict("This batch has changed meanwhile. Look at it again.")


def number_of(year: int, memorandum_id: int) -> str:
    """The document number printed on every sheet: 年度, running number, check digit; `2026-00012-2`."""
    return f"{year}-{memorandum_id:05d}-{check_digit(f'{year}{memorandum_id:05d}')}"


TYPED_IN_JAPANESE = str.maketrans(dict.fromkeys("ー‐‑‒–—―−", "-") | {"・": "/"})


def parse_number(text: str) -> int | None:
    """The memorandum id meant by a number that was typed or scanned, or None if it cannot be one.

    A scanner types what the code on a sheet holds: an address that ends with the number. Where the computer is set to
    Japanese input, its hyphens and slashes arrive as other signs.
    """
    last = unicodedata.normalize("NFKC", text).translate(TYPED_IN_JAPANESE).strip().rpartition("/")[2]
    found = re.fullmatch(r"(\d{4})-?(\d{5,9})-?(\d)", last, re.ASCII)
    if found is None or check_digit(found[1] + found[2]) != found[3]:
        return None
    return int(found[2])
