"""What people are found by: names as they are compared, and hashes in the place of what is encrypted."""

import re
import unicodedata
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.kernel import crypto
from lms.kernel.folding import without_spaces
from lms.kernel.identity import SupporterId, parse_network_id
from lms.kernel.work import Job
from lms.supporters.models import Supporter

SWEEP = "supporters.make_findable"
PORTION = 500
MOST_WORDS = 8
END_DIGITS = 4
FEWEST_PHONE_DIGITS = 9


def make_findable(person: Supporter) -> None:
    """Bring up to date what somebody is found by; to be called whenever a name, an address or a number has changed."""
    own = (person.display_name, person.name_kana, person.network_id, person.network_id.replace("-", ""), person.email)
    person.search_text = "\n".join(dict.fromkeys(without_spaces(text) for text in own if text))
    person.sort_name = without_spaces(person.name_kana or person.display_name)
    digits = _digits(person.phone or "")
    person.phone_hash = crypto.keyed_hashes(digits)[0] if digits else None
    person.phone_end_hash = crypto.keyed_hashes(digits[-END_DIGITS:])[0] if len(digits) > END_DIGITS else None


def matches(text: str) -> list[sa.ColumnElement[bool]]:
    """What must hold of whoever is meant by a text that somebody typed: each of its words, in any order.

    A word is a part of a name in any script, a network ID, a part of an e-mail address, a whole phone number or its
    last four digits.
    """
    parted = text.split()
    if _is_one_number(text):
        return [_matches_word(text)]
    return [_matches_word(word) for word in dict.fromkeys(parted[:MOST_WORDS])]


def _is_one_number(text: str) -> bool:
    """Whether the spaces are those of a phone number."""
    plain = unicodedata.normalize("NFKC", text)
    return len(_digits(text)) >= FEWEST_PHONE_DIGITS and re.fullmatch(r"[+()\d\s\-‐‑‒–—―ー−]+", plain) is not None


def _matches_word(word: str) -> sa.ColumnElement[bool]:
    found = [_contains(Supporter.search_text, without_spaces(parse_network_id(word) or word))]
    digits = _digits(word)
    if _is_one_number(word):
        found.append(Supporter.phone_hash.in_(crypto.keyed_hashes(digits)))
    elif len(digits) == END_DIGITS and len(word.strip()) == END_DIGITS:
        found.append(Supporter.phone_end_hash.in_(crypto.keyed_hashes(digits)))
    return sa.or_(*found)


def _contains(column: sa.ColumnElement[str] | sa.orm.InstrumentedAttribute[str], part: str) -> sa.ColumnElement[bool]:
    return column.contains(part, autoescape=True)


def _digits(text: str) -> str:
    """The digits of a phone number as it is dialled inside Japan."""
    plain = unicodedata.normalize("NFKC", text).strip()
    digits = re.sub(r"\D", "", plain, flags=re.ASCII)
    if plain.startswith("+81") and len(digits) > END_DIGITS:
        return "0" + digits[2:].removeprefix("0")
    return digits


def not_findable(session: Session, *, after: SupporterId, limit: int) -> Sequence[Supporter]:
    """People for whom that has never been done, or whose number is found by an older key; ordered by id."""
    old = sa.and_(
        Supporter.phone.is_not(None),
        sa.or_(Supporter.phone_hash.is_(None), sa.not_(Supporter.phone_hash.startswith(crypto.hash_marks()[0]))),
    )
    wanted = sa.select(Supporter).where(Supporter.id > after, sa.or_(Supporter.search_text == "", old))
    return session.scalars(wanted.order_by(Supporter.id).limit(limit)).all()


def sweep(job: Job) -> None:
    """Once a day: everybody who registered before there was a search like this, in portions."""
    last = SupporterId(0)
    while True:
        with job.transaction() as session:
            people = not_findable(session, after=last, limit=PORTION)
            for person in people:
                make_findable(person)
        if not people:
            return
        last = people[-1].id
