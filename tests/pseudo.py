"""A sixth language for tests, in Arabic letters: right to left, longer than English, and nothing left untranslated."""

import re
from collections.abc import Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po

from translations.collect import collect

# Nobody can read it, but it joins, shapes and runs as Arabic does.
LETTERS = dict(zip("abcdefghijklmnopqrstuvwxyz", "ابثدعفجهيحكلمنوبقرستعوضخية", strict=True))
# What is filled in later, what only looks like it, and HTML's own names.
KEPT = re.compile(r"(%\(\w+\)[sd]|%%|</?\w+[^>]*>|&\w+;)")
LONGER = 0.3
LANGUAGE = """\
own_name = "العربية"
tag = "ar"
day = "EEEE d MMMM y"
complete = false
"""


def write_language(folder: Path, code: str = "ar") -> None:
    """A whole language in `folder/code`: its settings, and every sentence of code and templates."""
    target = folder / code / "LC_MESSAGES" / "messages.po"
    target.parent.mkdir(parents=True)
    (folder / code / "language.toml").write_text(LANGUAGE)
    catalog = Catalog(locale=code, project="bansou-lms", charset="utf-8", fuzzy=False)
    for message in collect():
        if message.id:
            catalog.add(message.id, string=_translated(message, forms=catalog.num_plurals), context=message.context)
    with target.open("wb") as file:
        write_po(file, catalog)


def arabic(sentence: str) -> str:
    """The sentence in Arabic letters, its placeholders as they were, its words repeated until it is long enough."""
    said = "".join(part if KEPT.fullmatch(part) else _letters(part) for part in KEPT.split(sentence))
    words = [word for word in _letters(KEPT.sub(" ", sentence)).split() if len(word) > 1]
    more: list[str] = []
    while words and len(" ".join(more)) < LONGER * len(sentence):
        more.append(words[len(more) % len(words)])
    return f"{said} {' '.join(more)}" if more else said


def _letters(text: str) -> str:
    return "".join(LETTERS.get(letter, letter) for letter in text.lower())


def _translated(message: Message, *, forms: int) -> str | list[str]:
    if isinstance(message.id, str):
        return arabic(message.id)
    plural: Sequence[str] = message.id
    return [arabic(plural[-1])] * forms
