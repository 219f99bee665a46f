"""The shipped terms: all of them, in the order of a language, and those that a word finds."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from courses.glossary.file import Term, read_glossary
from courses.loading import CONTENT
from courses.programme_file import Lectures, read_lectures
from lms.kernel import i18n
from lms.kernel.furigana import set_apart, without_readings
from lms.kernel.languages import Language

KANA_ROWS = {row: re.compile(f"[{kana}]") for row, kana in (
    ("あ", "ぁ-お"), ("か", "か-ご"), ("さ", "さ-ぞ"), ("た", "た-ど"), ("な", "な-の"),
    ("は", "は-ぽ"), ("ま", "ま-も"), ("や", "ゃ-よ"), ("ら", "ら-ろ"), ("わ", "ゎ-ん"),
)}  # fmt: skip
KATAKANA = {katakana: katakana - 0x60 for katakana in range(ord("ァ"), ord("ヶ") + 1)}
ACCENTS = re.compile("[\u0300-\u036f]")
"""The accents of Latin letters; those of kana tell か from が and stay."""


@dataclass(frozen=True)
class Group:
    """The terms under one row of kana or one letter."""

    name: str
    terms: tuple[Term, ...]


def glossary() -> tuple[Term, ...]:
    """Every term there is, in no order that a reader would know. Raises ContentError."""
    return _read(i18n.offered())[0]


def taught() -> Lectures:
    """The lectures that terms speak of."""
    return _read(i18n.offered())[1]


@cache
def _read(languages: tuple[Language, ...]) -> tuple[tuple[Term, ...], Lectures]:
    lectures = read_lectures(CONTENT / "lectures.toml", languages=languages)
    files = sorted((CONTENT / "glossary").glob("*.toml"))
    return read_glossary(files, languages=languages, lectures=lectures.codes), lectures


def folded(text: str) -> str:
    """What two people type for the same word: either width, either case, either kana, with or without accents."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(KATAKANA).replace("đ", "d")
    return unicodedata.normalize("NFC", ACCENTS.sub("", unicodedata.normalize("NFD", plain)))


def groups(terms: Iterable[Term], *, language: Language) -> list[Group]:
    """The terms as a reader of this language looks them up: by rows of kana in Japanese, else by letters."""
    by_kana = language.tag == i18n.language(i18n.DEFAULT).tag
    found: dict[str, list[Term]] = {}
    for term in sorted(terms, key=lambda one: _place(one, language=language, by_kana=by_kana)):
        found.setdefault(_kana_row(term.reading) if by_kana else _letter(_name(term, language)), []).append(term)
    return [Group(name, tuple(members)) for name, members in found.items()]


def _place(term: Term, *, language: Language, by_kana: bool) -> tuple[str, str]:
    name = term.reading if by_kana else _name(term, language)
    return folded(re.sub("^[đĐ]", "d\U0010ffff", name)), name


def _kana_row(reading: str) -> str:
    return next(row for row, kana in KANA_ROWS.items() if kana.match(reading))


def _letter(name: str) -> str:
    return "Đ" if name[0] in "đĐ" else folded(name[0]).upper()


def _name(term: Term, language: Language) -> str:
    return without_readings(i18n.text_in(term.term, language.code))


def search(wanted: str, *, terms: Sequence[Term], language: Language) -> tuple[Term, ...]:
    """Terms in which every word of `wanted` stands.

    First those called just so, in any language, then those called similarly, then those whose explanation says it.
    """
    words = folded(wanted).split()
    ordered = [term for group in groups(terms, language=language) for term in group.terms]
    called = [term for term in ordered if _has(words, folded(" ".join(_names(term))))]
    called.sort(key=lambda term: folded(wanted) not in map(folded, _names(term)))
    explained = [term for term in ordered if term not in called and _has(words, _explanation(term, language))]
    return (*called, *explained)


def _has(words: Sequence[str], text: str) -> bool:
    return all(word in text for word in words)


def _names(term: Term) -> list[str]:
    forms = [form for forms in term.forms.values() for form in forms]
    return [term.key, term.key.replace("-", " "), term.key.replace("-", ""), term.reading, *term.term.values(), *forms]


def _explanation(term: Term, language: Language) -> str:
    told = without_readings(set_apart(i18n.text_in(term.text, language.code)))
    return folded(" ".join([*_names(term), told, term.text[i18n.DEFAULT]]))
