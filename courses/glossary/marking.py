"""Terms in a running text become links to the glossary, also where readings stand over their kanji."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import unescape
from itertools import accumulate

from flask import url_for
from markupsafe import Markup, escape

from courses.glossary.file import Term
from courses.glossary.terms import glossary
from lms.kernel import i18n

LATIN, KATAKANA = "0-9A-Za-z\u00c0-\u024f\u1e00-\u1eff", "ァ-ヺー"
ATOM = re.compile(
    r"(?P<ruby><ruby\b.*?</ruby>)|(?P<link><(?P<name>a|button)\b.*?</(?P=name)>)|(?P<tag><[^>]*>)|&[#\w]+;|.",
    re.DOTALL | re.IGNORECASE,
)
READING = re.compile(r"<(rt|rp)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)
TAG = re.compile(r"<(?P<end>/?)(?P<name>\w+)")
NOWHERE = "\n\0\n"
"""Stands for what no term may reach over or into: a link that is there already."""


@dataclass(frozen=True)
class Found:
    """A term from `start` to `end` of the text it was looked for in."""

    key: str
    start: int
    end: int


def mark_terms(text: str, language: str) -> Markup:
    """The text with a link around the first mention of each term, as captions in `language` say it.

    `text` may be HTML (a `Markup`), else it is escaped. `language` is the code or tag of a language, offered or not.
    """
    html = str(escape(text))
    # Most lines say none: those are not taken to pieces.
    if next(find_terms(unescape(READING.sub("", html)), language), None) is None:
        return Markup(html)  # noqa: S704  # escaped above
    atoms = [(match[0], _said(match)) for match in ATOM.finditer(html)]
    ends = list(accumulate(len(said) for _, said in atoms))
    told = "".join(said for _, said in atoms)
    pieces: list[str] = []
    seen: set[str] = set()
    done = 0
    for found in find_terms(told, language):
        if found.key in seen:
            continue
        # The pieces that hold its first and its last letter: a word under a reading is never cut.
        first, last = _widened(atoms, bisect_right(ends, found.start), bisect_left(ends, found.end))
        inside = _joined(atoms[first : last + 1])
        if first < done or not _is_whole(inside):
            continue
        seen.add(found.key)
        address = url_for("glossary.glossary_page", _anchor=f"term-{found.key}")
        pieces += [_joined(atoms[done:first]), f'<a class="term" href="{escape(address)}">{inside}</a>']
        done = last + 1
    return Markup("".join(pieces) + _joined(atoms[done:]))  # noqa: S704  # escaped above


def find_terms(text: str, language: str) -> Iterator[Found]:
    """Where a plain text says terms, the longest first wherever several begin; none inside of another word."""
    pattern, keys = _pattern(language.partition("@")[0], i18n.offered())
    for match in pattern.finditer(text):
        yield Found(keys[_same(match[0])], match.start(), match.end())


def _same(form: str) -> str:
    return " ".join(form.casefold().split())


@cache
def _pattern(tag: str, offered: tuple[object, ...]) -> tuple[re.Pattern[str], dict[str, str]]:
    keys = {_same(form): term.key for term in reversed(glossary()) for form in _forms(term, tag)}
    parts = [_bounded(form) for form in sorted(keys, key=len, reverse=True)]
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE), keys


def _forms(term: Term, tag: str) -> tuple[str, ...]:
    return term.forms.get(tag) or term.forms.get(tag.partition("-")[0], ())


def _bounded(form: str) -> str:
    """A pattern of a form that finds it as a word: no letter of its own script on either side; kanji have no ends."""
    before = next((f"(?<![{script}])" for script in (LATIN, KATAKANA) if re.match(f"[{script}]", form)), "")
    after = next((f"(?![{script}])" for script in (LATIN, KATAKANA) if re.search(f"[{script}]$", form)), "")
    return before + r"\s+".join(map(re.escape, form.split())) + after


def _said(atom: re.Match[str]) -> str:
    if atom["link"]:
        return NOWHERE
    return unescape(READING.sub("", atom[0])) if atom["ruby"] else "" if atom["tag"] else unescape(atom[0])


def _joined(atoms: Sequence[tuple[str, str]]) -> str:
    return "".join(piece for piece, _ in atoms)


def _widened(atoms: Sequence[tuple[str, str]], first: int, last: int) -> tuple[int, int]:
    """The same stretch with the tags right beside it that would otherwise be torn from their other half."""
    while not _is_whole(_joined(atoms[first : last + 1])):
        if last + 1 < len(atoms) and atoms[last + 1][0].startswith("</"):
            last += 1
        elif first > 0 and re.match(r"<\w", atoms[first - 1][0]) and not atoms[first - 1][1]:
            first -= 1
        else:
            break
    return first, last


def _is_whole(html: str) -> bool:
    """Whether every tag that begins in this piece also ends in it."""
    opened: list[str] = []
    for tag in TAG.finditer(html):
        if not tag["end"]:
            opened.append(tag["name"])
        elif not opened or opened.pop() != tag["name"]:
            return False
    return not opened
