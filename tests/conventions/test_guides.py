"""The guides say what is so: links lead somewhere, commands, settings and checks exist, buttons are called like that."""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from urllib.parse import unquote

import click
import pytest
from babel.messages.pofile import read_po
from markdown_it import MarkdownIt
from werkzeug.exceptions import NotFound

from lms.cli import cli
from lms.kernel.languages import Language, shipped
from lms.kernel.settings import PREFIX, Settings
from tests.conventions.test_house import tracked
from tests.processes import ROOT
from translations.collect import collect
from translations.easy import findings

DOCS = ROOT / "docs"
GUIDES = DOCS / "guide"
SERVED = ("guide", "accessibility")
# Variables that are no settings of the site: the build's and make's own.
OF_THE_BUILD = {"LMS_ASSETS"}
READING = re.compile(r"\{([^{}|]+)\|[^{}|]+\}")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
LARGEST_PICTURE = 60_000


def documents() -> list[Path]:
    return [path for path in tracked("*.md") if "node_modules" not in path.parts]


def without_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE))


def code_of(path: Path) -> Iterator[str]:
    """Every line of its code blocks, and its code spans."""
    text = path.read_text()
    for block in re.findall(r"^ *```.*?\n(.*?)^ *```", text, flags=re.DOTALL | re.MULTILINE):
        yield from block.splitlines()
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE))


def links_of(path: Path) -> list[str]:
    return re.findall(r"\]\(([^)\s]+)\)", without_code(path.read_text()))


def anchors_of(path: Path) -> set[str]:
    """The anchors a reader of Markdown makes of its headings."""
    headings = re.findall(r"^#+ (.+)$", without_code(path.read_text()), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_links_from_one_document_to_another_lead_somewhere():
    dead = []
    for path in documents():
        for link in links_of(path):
            target, _, anchor = unquote(link).partition("#")
            if re.match(r"[a-z]+:|/", target):
                continue
            there = (path.parent / target).resolve() if target else path
            if not there.exists() or (anchor and anchor not in anchors_of(there)):
                dead.append(f"{path.relative_to(ROOT)}: {link}")

    assert dead == []


def test_links_into_the_site_are_pages_of_it(app):
    pages, dead = app.url_map.bind("localhost"), []
    for path in documents():
        for link in links_of(path):
            if link.startswith("/"):
                try:
                    pages.match(link.partition("#")[0], method="GET")
                except NotFound:
                    dead.append(f"{path.relative_to(ROOT)}: {link}")

    assert dead == []


def test_a_guide_that_the_site_shows_links_to_the_site_only():
    """A file beside it is no page."""
    away = [
        f"{path.relative_to(ROOT)}: {link}"
        for folder in SERVED
        for path in (DOCS / folder).glob("*.md")
        for link in links_of(path)
        if not re.match("/|#|https:|mailto:", link)
    ]

    assert away == []


def test_every_make_target_that_is_named_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = {
        f"{path.relative_to(ROOT)}: make {target}": target
        for path in documents()
        for line in code_of(path)
        for target in re.findall(r"(?:^|[\s;&(])make (?:[A-Z]+=\S+ )*([a-z]+)", line)
    }

    assert {where: target for where, target in named.items() if target not in targets} == {}
    assert set(named.values()) >= {"run", "test", "format", "messages", "readings", "pictures"}


def test_every_command_that_is_named_exists():
    wrong, seen = [], set()
    for path in documents():
        for line in code_of(path):
            for words in re.findall(r"(?<![\w./-])(?:\S*/bin/)?lms ((?:[a-z-]+ ?|--[a-z-]+ ?)+)", line):
                seen.add(words.split()[0])
                if not _is_command(words.split()):
                    wrong.append(f"{path.relative_to(ROOT)}: lms {words}")

    assert wrong == []
    assert seen >= {"serve", "work", "migrate", "check", "settings", "lectures", "supporters"}


def _is_command(words: list[str]) -> bool:
    here: click.Command = cli
    for word in words:
        if word.startswith("--"):
            if word not in {option for p in here.params for option in (*p.opts, *p.secondary_opts)}:
                return False
        elif isinstance(here, click.Group):
            if word not in here.commands:
                return False
            here = here.commands[word]
        elif not any(isinstance(p, click.Argument) for p in here.params):
            return False
    return not isinstance(here, click.Group)


def test_every_setting_that_is_named_exists():
    known = {PREFIX + setting.name.upper() for setting in fields(Settings)} | OF_THE_BUILD
    named = {name: path for path in documents() for name in re.findall(rf"\b{PREFIX}[A-Z_]+\b", path.read_text())}

    assert {name: str(path) for name, path in named.items() if name not in known} == {}


def test_the_operators_table_of_settings_is_the_sites_own():
    rows = re.findall(rf"^\| `({PREFIX}\w+)` \| (.*?) \| (.*) \|$", (DOCS / "operating.md").read_text(), re.MULTILINE)

    assert rows == [
        (PREFIX + setting.name.upper(), f"`{setting.default}`" if setting.default else "", setting.metadata["help"])
        for setting in fields(Settings)
    ]


def test_the_operators_table_of_checks_is_the_sites_own():
    rows = re.findall(r"^\| ([EW]\d\d) \|", (DOCS / "operating.md").read_text(), re.MULTILINE)

    assert rows == sorted(set(re.findall(r'"([EW]\d\d)"', (ROOT / "lms" / "checks.py").read_text())))


def test_every_floor_of_the_house_is_in_its_picture():
    config, drawn = (ROOT / "pyproject.toml").read_text(), (DOCS / "pictures" / "house.svg").read_text()
    floors = re.search(r"layers = \[(.*?)\]", config, re.DOTALL)
    assert floors is not None

    names = set(re.findall(r"[\w.]+", floors[1])) - {"lms.demo"}
    assert names - set(re.findall(r"(?<![\w/.])(?:lms\.\w+|courses|surveys)(?![\w/.])", drawn)) == set()


def languages() -> list[Language]:
    """Those with a guide of their own; readers of a language that is just beginning get the one of its fallback."""
    return [one for one in shipped().values() if (GUIDES / f"{one.code}.md").is_file()]


def names_in(language: Language) -> set[str]:
    """Every sentence and word that pages show in a language, and what the languages are called."""
    shown = {one.own_name for one in shipped().values()}
    if not language.catalogue.is_file():
        return shown | {m.id if isinstance(m.id, str) else m.id[0] for m in collect() if m.id}
    with language.catalogue.open("rb") as file:
        found = [message.string for message in read_po(file) if message.id]
    return shown | {text for forms in found for text in ([forms] if isinstance(forms, str) else forms) if text}


def plain(text: str) -> str:
    """Without readings, and without the mark at its end that a guide's own sentence would stumble over."""
    return READING.sub(r"\1", text).strip().rstrip("。.:：")


def quoted(path: Path) -> list[str]:
    """What a guide sets in bold: the words of a button, a heading or a choice of the site."""
    return re.findall(r"\*\*(.+?)\*\*", without_code(path.read_text()))


@pytest.mark.parametrize("language", languages(), ids=lambda one: one.code)
def test_buttons_in_a_guide_are_called_as_on_the_pages(language):
    names = {plain(name) for name in names_in(language)}
    guides = [GUIDES / f"{language.code}.md"] + ([DOCS / "handbook.md"] if language.code == "ja" else [])
    unknown = [f"{guide.name}: {name}" for guide in guides for name in quoted(guide) if plain(name) not in names]

    assert unknown == []
    assert all(len(quoted(guide)) > 20 for guide in guides)


def test_the_guide_is_there_in_every_language_with_the_same_headings():
    levels = {
        language.code: [
            len(h) for h in re.findall(r"^(#+) ", (GUIDES / f"{language.code}.md").read_text(), re.MULTILINE)
        ]
        for language in languages()
    }

    assert levels.keys() >= {"ja", "ja@easy", "en", "vi", "es"}
    assert {code: found for code, found in levels.items() if found != levels["ja"]} == {}
    assert len(levels["ja"]) > 8


@pytest.mark.parametrize(
    "path", sorted(p for f in SERVED for p in (DOCS / f).glob("*.md")), ids=lambda p: f"{p.parent.name}/{p.stem}"
)
def test_a_guide_leaves_no_markdown_on_the_page(path):
    """Bold beside Japanese punctuation may stay as asterisks."""
    shown = MarkdownIt("commonmark").enable("table").render(path.read_text())

    assert re.findall(r".{0,20}(?:\*\*|\]\(|^#).{0,20}", re.sub(r"<[^>]+>", "", shown), flags=re.MULTILINE) == []


def test_the_guide_in_easy_japanese_keeps_its_rules():
    broken = []
    for line in (GUIDES / "ja@easy.md").read_text().splitlines():
        said = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", re.sub(r"^(#+|\s*-|\s*\d+\.) ", "", line)).replace("**", "")
        broken += [(found.rule, found.excerpt) for found in findings(said)]

    assert broken == []


def test_pictures_are_small_and_all_of_them_are_shown():
    shown = {(path.parent / link).resolve() for path in documents() for link in links_of(path) if "pictures/" in link}
    kept = {path for path in tracked("docs/pictures/*") if path.suffix != ".py"}

    assert {path.name: path.stat().st_size for path in kept if path.stat().st_size > LARGEST_PICTURE} == {}
    assert {path.name for path in kept - shown} == set()
