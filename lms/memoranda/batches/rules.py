"""What the proof sheet of a batch finds in names and addresses before anything is printed. Pure."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """What can be found."""

    ADDRESS_MISSING = "address_missing"
    PAPERS_MISSING = "papers_missing"
    UNKNOWN_POSTCODE = "unknown_postcode"
    PREFECTURE_DIFFERS = "prefecture_differs"
    CITY_DIFFERS = "city_differs"
    MISSING_NUMBER = "missing_number"
    MISSING_ROOM = "missing_room"
    NOT_PRINTABLE = "not_printable"
    CHANGED_SINCE = "changed_since"
    HOUSEHOLD = "household"
    OVERLONG = "overlong"


class Severity(StrEnum):
    """Whether something must be mended, answered by a person, or only known."""

    BLOCKS = "blocks"
    ASKS = "asks"
    NOTE = "note"


SEVERITY = dict.fromkeys(Code, Severity.ASKS) | {
    Code.ADDRESS_MISSING: Severity.BLOCKS,
    Code.PAPERS_MISSING: Severity.BLOCKS,
    Code.HOUSEHOLD: Severity.NOTE,
    Code.OVERLONG: Severity.NOTE,
}

LONGEST_LINE = 26
"""So many full-width signs go into the window of a long-3 envelope, set as small as the letter sets them."""

JAPANESE = re.compile(r"[ぁ-ヿ々\u3400-\u9fff\uf900-\ufaff]")
KANJI_NUMBER = re.compile(r"[〇一二三四五六七八九十]+(丁目|番|号|条|線|地割)")
WITHOUT_NUMBER = re.compile(r"番外地|無番地|番地なし")
BUILDING = re.compile(
    r"アパート|マンション|ハイツ|コーポ|メゾン|レジデンス|ハイム|パレス|ビル|タワー|ドミトリー|シェアハウス|荘|寮|団地"
    r"|\b(?:apartments?|mansion|heights?|corpo|maison|residence|building|bldg|tower|dormitory|share ?house)\b",
    re.IGNORECASE,
)
INSIDE = re.compile(r"(方|内|気付|様)$|\bc/o\b", re.IGNORECASE)
"""Somebody living with others or staying with an institution: there is no room number to be written."""
DASHES = re.compile(r"[‐‑‒–—―ー−-]|丁目|番地の?|番|号")


@dataclass(frozen=True)
class Place:
    """Prefecture and city of a postcode."""

    prefecture: str
    city: str


@dataclass(frozen=True)
class Envelope:
    """What the proof sheet looks at for one memorandum.

    `places` are those of the postcode, `unprintable` the signs that no typeface of the letters holds, `made_for` the
    fingerprint of the receiver when they were last looked at and `receiver` the one of today.
    """

    memorandum_id: int
    number: str
    name: str
    postal_code: str | None
    lines: tuple[str, ...]
    has_papers: bool
    places: tuple[Place, ...]
    unprintable: str
    made_for: str
    receiver: str


@dataclass(frozen=True)
class Finding:
    """Something found, with what it is about: the signs, the place, the other document numbers.

    `key` is what is kept when a person accepts it: of another address, or another fault, it is another.
    """

    code: Code
    about: str
    key: str

    @property
    def severity(self) -> Severity:
        """What has to follow."""
        return SEVERITY[self.code]


def findings(envelope: Envelope, *, household: Sequence[str], prefectures: frozenset[str]) -> list[Finding]:
    """Everything about one envelope, the gravest first; `household` are the document numbers of who lives there too."""
    found = dict(_found(envelope, prefectures))
    if household:
        found[Code.HOUSEHOLD] = ", ".join(household)
    return [Finding(code, found[code], _key(code, found[code], envelope.receiver)) for code in Code if code in found]


def _found(envelope: Envelope, prefectures: frozenset[str]) -> list[tuple[Code, str]]:
    if envelope.postal_code is None:
        return [(Code.ADDRESS_MISSING, "")]
    found = [] if envelope.has_papers else [(Code.PAPERS_MISSING, "")]
    if envelope.made_for != envelope.receiver:
        found.append((Code.CHANGED_SINCE, ""))
    if envelope.unprintable:
        found.append((Code.NOT_PRINTABLE, " ".join(envelope.unprintable)))
    if any(_width(line) > LONGEST_LINE for line in envelope.lines):
        found.append((Code.OVERLONG, max(envelope.lines, key=_width)))
    whole = " ".join(_plain(line) for line in envelope.lines)
    if not envelope.places:
        found.append((Code.UNKNOWN_POSTCODE, envelope.postal_code))
    elif JAPANESE.search(whole):  # in Latin letters the order is another one, and nothing can be compared
        found += _where(whole, envelope.places, prefectures)
    if not re.search(r"\d", whole) and not KANJI_NUMBER.search(whole) and not WITHOUT_NUMBER.search(whole):
        found.append((Code.MISSING_NUMBER, ""))
    elif _lacks_room(envelope.lines):
        found.append((Code.MISSING_ROOM, envelope.lines[-1]))
    return found


def _where(whole: str, places: Sequence[Place], prefectures: frozenset[str]) -> list[tuple[Code, str]]:
    packed = re.sub(r"\s", "", whole)
    written = next((each for each in prefectures if packed.startswith(each)), "")
    rest = _loose(packed.removeprefix(written))
    in_prefecture = [place for place in places if place.prefecture == written or not written]
    names = "、".join(dict.fromkeys(place.prefecture + place.city for place in places))
    if not in_prefecture:
        return [(Code.PREFECTURE_DIFFERS, names)]
    if any(rest.startswith((_loose(place.city), _loose(_without_district(place.city)))) for place in in_prefecture):
        return []
    return [(Code.CITY_DIFFERS if written else Code.PREFECTURE_DIFFERS, names)]


def _without_district(city: str) -> str:
    """A town without its 郡, which many leave out; 蒲郡市, 大和郡山市 and the like have no district."""
    return re.sub(r"^.{1,4}?郡(?=.+[町村]$)", "", city)


def _loose(text: str) -> str:
    return text.translate(str.maketrans("ヶヵッ", "ケカツ"))


def _lacks_room(lines: Sequence[str]) -> bool:
    last = _plain(lines[-1]).strip()
    if INSIDE.search(last):
        return False
    buildings = list(BUILDING.finditer(last))
    # The last word counts: of「パレスビル3」it is ビル. In Latin letters the number stands before as often as after.
    after = last[buildings[-1].end() :] if buildings and JAPANESE.search(last) else last
    return bool(buildings or len(lines) > 1) and not re.search(r"\d|[一二三四五六七八九十](号|階)", after)


def households(addresses: Mapping[str, tuple[str, Sequence[str]]]) -> dict[str, tuple[str, ...]]:
    """Which document numbers share an address: number → the others, of (postcode, lines) by number."""
    homes: dict[tuple[str, str], list[str]] = {}
    for number, (postal_code, lines) in addresses.items():
        homes.setdefault((postal_code, same_address(lines)), []).append(number)
    return {one: tuple(n for n in home if n != one) for home in homes.values() if len(home) > 1 for one in home}


def same_address(lines: Sequence[str]) -> str:
    """An address as it is compared: without spaces, 丁目, 番地 and the like as one dash, digits and letters plain."""
    packed = re.sub(r"\s", "", "".join(_plain(line) for line in lines)).casefold().replace("号室", "")
    # A dash counts between digits only: 「1丁目2番3号 見本荘」 is 「1-2-3見本荘」.
    return re.sub(r"-+(?=\D|$)|(?<=\D)-+", "", re.sub(r"-+", "-", DASHES.sub("-", packed)))


def unanswered(found: Sequence[Finding], accepted: frozenset[str]) -> list[Finding]:
    """What still stands between this envelope and the printer."""
    return [
        each
        for each in found
        if each.severity is Severity.BLOCKS or (each.severity is Severity.ASKS and each.key not in accepted)
    ]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _width(text: str) -> float:
    return sum(1.0 if unicodedata.east_asian_width(sign) in "WF" else 0.5 for sign in text)


def _key(code: Code, about: str, receiver: str) -> str:
    return f"{code.value}:{hashlib.sha256(repr((about, receiver)).encode()).hexdigest()[:16]}"
