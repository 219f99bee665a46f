"""What holds for every language: nothing untranslated, nothing guessed, nothing written into a template."""

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup, Comment, Doctype
from jinja2 import Environment

from lms.kernel.i18n import SOURCE, codes, language, offered
from lms.kernel.resources import templates_dir
from tests.processes import ROOT
from translations.collect import collect

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
TRANSLATED = [code for code in codes() if code != SOURCE]
CLASS_NAMES = {"wide", "narrow", "todo", "current", "waits", "half", "done", "closed"}
SAID_BY_ATTRIBUTES = ("alt", "aria-label", "title", "placeholder", "label", "data-confirm", "data-offline")


def catalogue(code: str) -> Catalog:
    with language(code).catalogue.open("rb") as file:
        return read_po(file, locale=code)


def messages(code: str) -> Iterator[Message]:
    return (message for message in catalogue(code) if message.id)


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_sentence_of_the_code_is_in_every_catalogue(code):
    sentences = {(m.context, m.id) for m in collect() if m.id}
    known = {(m.context, m.id) for m in messages(code)}

    assert (sentences - known, known - sentences) == (set(), set()), "run make messages"


@pytest.mark.parametrize("code", TRANSLATED)
def test_nothing_is_untranslated_or_guessed(code):
    missing = [m.id for m in messages(code) if not all(forms(m))] if language(code).complete else []

    assert missing == []
    assert [m.id for m in messages(code) if m.fuzzy] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_translation_keeps_its_placeholders(code):
    whole = catalogue(code)
    for message in messages(code):
        wanted = set(PLACEHOLDER.findall(message.id if isinstance(message.id, str) else message.id[1]))
        assert list(message.check(whole)) == [], message.id
        assert set(PLACEHOLDER.findall(forms(message)[-1])) == wanted, message.id
        # "one person" needs no %(num)d
        assert all(set(PLACEHOLDER.findall(form)) <= wanted for form in forms(message)), message.id


def test_every_language_has_its_folder_and_its_letters():
    folders = {file.parent.name for file in (ROOT / "translations").glob("*/language.toml")}

    assert {one.code for one in offered()} == folders
    assert [one.code for one in offered() if one.complete and not (one.folder / "letters.toml").is_file()] == []


def literal_texts(template: str) -> list[str]:
    """What a template says by itself, outside `_(…)`: its text, and the attributes that are read aloud."""
    env = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    pieces, depth = [], 0
    for _, kind, value in env.lex(template):
        if kind in {"variable_begin", "block_begin", "comment_begin"}:
            depth += 1
        elif kind in {"variable_end", "block_end", "comment_end"}:
            depth -= 1
        elif kind == "data" and depth == 0:
            pieces.append(value)
    soup = BeautifulSoup("\x1f".join(pieces), "html.parser")
    for code in soup.select("script, style"):
        code.decompose()
    said = [str(text) for text in soup.find_all(string=True) if not isinstance(text, Comment | Doctype)]
    said += [str(tag[name]) for tag in soup.find_all() for name in SAID_BY_ATTRIBUTES if tag.get(name)]
    return [
        text
        for text in map(str.strip, "\x1f".join(said).split("\x1f"))
        if re.search(r"[^\W\d_]", text) and text not in CLASS_NAMES
    ]


TEMPLATES = sorted(
    p.relative_to(templates_dir()).as_posix() for p in templates_dir().rglob("*.*") if p.suffix in {".html", ".txt"}
)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_says_nothing_that_cannot_be_translated(name):
    assert literal_texts((templates_dir() / name).read_text("utf-8")) == []


def test_the_check_for_literal_texts_finds_them():
    template = (
        '<p class="x" title="Hello">{{ _("Good") }} bad <img alt="{{ x }}"></p>{# not this #}<a href="y">〒 {{ z }}</a>'
    )

    assert literal_texts(template) == ["bad", "Hello"]
