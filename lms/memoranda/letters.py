"""The pack posted to a supporter: cover letter, memorandum twice, bank form, return label; set by typst."""

import json
import struct
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache, lru_cache
from io import BytesIO
from itertools import zip_longest
from pathlib import Path
from typing import Any, Literal

import segno
import typst
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from lms.kernel import i18n, resources
from lms.kernel.languages import Language

TEMPLATE_VERSION = "2026-11"
"""Printed on every page and kept with the record: another wording of the memorandum is another version."""

PAGES_PER_PACK = 5

FACES = (
    "BIZUDPGothic_400Regular.ttf",
    "BIZUDPGothic_700Bold.ttf",
    "NotoSansJP_400Regular.ttf",
    "NotoSansJP_700Bold.ttf",
)
JAPANESE = Locale("ja")
WORDS = "letters.toml"


@dataclass(frozen=True)
class Organisation:
    """Party 甲, and where the papers come back to. A space in `name` or `address` is where a line may end."""

    name: str
    postal_code: str
    address: str
    representative: str
    phone: str
    email: str


@dataclass(frozen=True)
class Recipient:
    """Party 乙 as the letterbox shows them; what stands beside the Japanese is in the language `locale`."""

    name: str
    name_kana: str
    postal_code: str
    address_lines: tuple[str, ...]
    network_id: str
    locale: str


@dataclass(frozen=True)
class ProgrammeTerms:
    """What the memorandum promises. `honorarium`: pairs (from how many minutes, yen), ascending."""

    title: str
    first_day: date
    last_day: date
    honorarium: tuple[tuple[int, int], ...]
    claim_within_months: int


@dataclass(frozen=True)
class Pack:
    """Five papers for one person; `number` stands on all of them, as text and as a QR code of just that text."""

    number: str
    issued_on: date
    recipient: Recipient
    organisation: Organisation
    programme: ProgrammeTerms
    route: Literal["course", "experienced"]


def render(packs: Sequence[Pack], *, fonts: Path | None = None) -> bytes:
    """One tagged PDF of all packs in their order, `PAGES_PER_PACK` A4 pages each; the same packs make the same bytes.

    Each paper is one page and starts a new sheet, so the file is to be printed on one side: printed on both, one copy
    of the memorandum would stand on the back of the letter. Blank pages are not put in between to prevent that.

    Names and addresses travel as data and are never read as typst markup. `fonts` is a folder with the `FACES`; letters
    without them would go out as empty boxes, so a missing one raises FileNotFoundError.
    """
    if not packs:
        raise ValueError("There is no pack to print.")
    fonts = fonts or resources.fonts_dir()
    for face in FACES:
        if not (fonts / face).is_file():
            raise FileNotFoundError(fonts / face)

    dated = packs[0].issued_on
    data = {
        "date": [dated.year, dated.month, dated.day],
        "author": packs[0].organisation.name,
        "packs": [_pack(pack) for pack in packs],
        "japanese": words(i18n.language(i18n.DEFAULT)),
    }
    templates = resources.templates_dir() / "letters"
    return typst.compile(
        templates / "pack.typ",
        root=templates,
        font_paths=[fonts],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data)},
    )


def missing_glyphs(text: str, *, fonts: Path | None = None) -> str:
    """The characters, each once, that neither typeface of the letters holds.

    They come out as empty boxes or in a stopgap face: look at the proof, or ask for another spelling.
    """
    fonts = fonts or resources.fonts_dir()
    known = _characters(fonts / FACES[0]) | _characters(fonts / FACES[2])
    composed = unicodedata.normalize("NFC", text)
    # Controls, joiners and variation selectors have no shape of their own.
    shaped = (c for c in composed if unicodedata.category(c) not in {"Cc", "Cf", "Mn", "Zs"})
    return "".join(dict.fromkeys(c for c in shaped if ord(c) not in known))


def spoken(locale: str) -> Language:
    """The language that a letter speaks beside Japanese: the receiver's, or its next fallback that has letters."""
    return next(one for one in i18n.chain(locale) if (one.folder / WORDS).is_file())


@cache
def words(language: Language) -> dict[str, Any]:
    """What the letters say in a language that has letters; of Japanese, only the units."""
    return tomllib.loads((language.folder / WORDS).read_text("utf-8"))


def _pack(pack: Pack) -> dict[str, object]:
    language = spoken(pack.recipient.locale)
    theirs = Locale.parse(language.code.partition("@")[0])
    return {
        "number": pack.number,
        "version": TEMPLATE_VERSION,
        "qr": _qr(pack.number),
        "issued": format_date(pack.issued_on, "long", JAPANESE),
        "route": pack.route,
        "recipient": asdict(pack.recipient) | {"locale": language.code},
        "words": words(language),
        "organisation": asdict(pack.organisation),
        "programme": _programme(pack.programme, theirs),
    }


def _programme(terms: ProgrammeTerms, theirs: Locale) -> dict[str, object]:
    starts = [minutes for minutes, _ in terms.honorarium]
    bands = [
        {
            # A first band from zero is said as "less than …", without its beginning.
            "from": None if below and not minutes else minutes,
            "below": below,
            "yen": format_decimal(yen, locale=JAPANESE),
            "yen_in_their_language": format_decimal(yen, locale=theirs),
        }
        for (minutes, yen), below in zip_longest(terms.honorarium, starts[1:])
    ]
    return {
        "title": terms.title,
        "first_day": format_date(terms.first_day, "long", JAPANESE),
        "last_day": format_date(terms.last_day, "long", JAPANESE),
        "days_in_their_language": [format_date(day, "long", theirs) for day in (terms.first_day, terms.last_day)],
        "claim_within_months": terms.claim_within_months,
        "bands": bands,
    }


def _qr(number: str) -> str:
    drawing = BytesIO()
    segno.make(number, micro=False, error="m").save(drawing, kind="svg", border=0)
    return drawing.getvalue().decode()


@lru_cache
def _characters(font: Path) -> frozenset[int]:
    """The code points a TrueType file draws, read from the ranges (format 12) of its `cmap` table."""
    data = font.read_bytes()

    def number(layout: str, at: int) -> int:
        return int(struct.unpack_from(layout, data, at)[0])

    tables = (12 + 16 * n for n in range(number(">H", 4)))
    cmap = next(number(">I", at + 8) for at in tables if data[at : at + 4] == b"cmap")
    subtables = (cmap + number(">I", cmap + 8 + 8 * n) for n in range(number(">H", cmap + 2)))
    ranges = next(at for at in subtables if number(">H", at) == 12)
    groups = (struct.unpack_from(">II", data, ranges + 16 + 12 * n) for n in range(number(">I", ranges + 12)))
    return frozenset(code for first, last in groups for code in range(first, last + 1))
