"""The glossary as data: from TOML files to frozen terms, or one `ContentError` with file and line."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lms.kernel.content import Node, read_toml, refuse_doubles
from lms.kernel.languages import Language

KANA = re.compile("[ぁ-ゖー・]+")


@dataclass(frozen=True, kw_only=True)
class Term:
    """One word; `term` and `text` (the explanation) hold a text in every language, `reading` is in hiragana.

    `forms` says by the tag of a language how lectures say it; without an entry of its own a language has the term.
    `as_of` is the day whose laws the explanation describes.
    """

    key: str
    reading: str
    term: Mapping[str, str]
    forms: Mapping[str, tuple[str, ...]]
    text: Mapping[str, str]
    related: tuple[str, ...]
    lectures: tuple[str, ...]
    as_of: date


def read_glossary(
    files: Iterable[Path], *, languages: Sequence[Language], lectures: Collection[str]
) -> tuple[Term, ...]:
    """The terms of all these files, which may speak of each other and of these lectures."""
    nodes = [(node, day) for file in files for node, day in _terms(read_toml(file, languages=languages))]
    first: dict[str, Node] = {}
    for node, _ in nodes:
        key = node["key"]
        known = first.setdefault(key.code(), node)
        if known is not node:
            raise key.error(f"key '{key.code()}' is already in {known.file.name}, line {known['key'].line}")
    return tuple(_term(node, as_of=day, keys=first.keys(), lectures=lectures) for node, day in nodes)


def _terms(file: Node) -> list[tuple[Node, date]]:
    file.allow("as_of", "term")
    day = file["as_of"].day()
    return [(node, day) for node in file["term"].items(least=1)]


def _term(node: Node, *, as_of: date, keys: Collection[str], lectures: Collection[str]) -> Term:
    node.allow("key", "reading", "term", "forms", "text", "related", "lectures")
    term = node["term"].texts()
    key = node["key"].code()
    return Term(
        key=key,
        reading=_reading(node["reading"]),
        term=term,
        forms=_forms(node, term=term),
        text=node["text"].texts(),
        related=_related(node["related"], key=key, keys=keys) if "related" in node else (),
        lectures=node["lectures"].choices(lectures) if "lectures" in node else (),
        as_of=as_of,
    )


def _related(node: Node, *, key: str, keys: Collection[str]) -> tuple[str, ...]:
    items = node.items()
    refuse_doubles(items)
    for item in items:
        if item.code() == key or item.code() not in keys:
            raise item.error(f"there is no other term '{item.code()}'")
    return tuple(item.code() for item in items)


def _reading(node: Node) -> str:
    if not KANA.fullmatch(node.string()):
        raise node.error(f"'{node.name}' must be in hiragana, not '{node.string()}'")
    return node.string()


def _forms(node: Node, *, term: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    # Of languages that share a tag the first counts: lectures in easy Japanese say the same words as those in Japanese.
    shown: dict[str, tuple[str, ...]] = {}
    for language in node.languages:
        if language.code in term:
            shown.setdefault(language.tag, (term[language.code],))
    given = node["forms"].table() if "forms" in node else {}
    for tag, forms in given.items():
        if tag not in shown:
            raise forms.error(f"'forms' is in unknown language '{tag}'")
        items = forms.items(least=1)
        refuse_doubles(items)
        shown[tag] = tuple(item.text(locale=tag) for item in items)
    return shown
