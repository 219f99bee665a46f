"""Content files: TOML read with the line of every value, and texts checked in every offered language.

Whoever edits a programme or a survey is told the file, the line and what is wrong there.
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple, TypeAlias, TypeVar

from lms.kernel.languages import Language

EASY = "ja@easy"
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

KANJI = "々〆\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
READ_WORD = re.compile(rf"\{{[^{{}}|]*[{KANJI}][^{{}}|]*\|[ぁ-ゖー]+\}}")
UNREAD_KANJI = re.compile(rf"[{KANJI}]+")
MARK = re.compile(r"[{|}]")

TOKEN = re.compile(
    r"""(?P<string>\"{3}(?:\\.|[^\\])*?\"{3,5} | '{3}.*?'{3,5} | "(?:\\.|[^"\\])*" | '[^']*')
      | (?P<comment>\#[^\n]*) | (?P<newline>\n) | (?P<mark>[\[\]{},=.]) | (?P<word>[^\s\[\]{},=.\#"']+)""",
    re.VERBOSE | re.DOTALL,
)
SYNTAX_LINE = re.compile(r" \(at line (\d+), column \d+\)$")

Place: TypeAlias = tuple[str | int, ...]
"""The way to a value from the top of a file: names of keys, and numbers counted from 0 inside arrays."""
T = TypeVar("T")


class ContentError(ValueError):
    """What is wrong in a content file, for the person who edits it; printed as `file:line: problem`."""

    def __init__(self, file: Path, line: int, problem: str) -> None:
        super().__init__(f"{file}:{line}: {problem}")
        self.file = file
        self.line = line
        self.problem = problem


@dataclass(frozen=True)
class Node:
    """A value of a content file that knows its line: gives itself as what was asked, or raises `ContentError`."""

    file: Path
    languages: Sequence[Language]
    lines: Mapping[Place, int]
    place: Place
    value: object

    @property
    def name(self) -> str:
        """The key that leads here; the file itself has none."""
        return next(step for step in reversed(self.place) if isinstance(step, str))

    @property
    def line(self) -> int:
        """Counted from 1."""
        return self.lines[self.place]

    def error(self, problem: str) -> ContentError:
        """`problem` at this value's line."""
        return ContentError(self.file, self.line, problem)

    def _as(self, kind: type[T], kind_name: str) -> T:
        # Not isinstance: true is no whole number here, and a moment is no day.
        if type(self.value) is not kind:
            raise self.error(f"'{self.name}' must be {kind_name}")
        return self.value

    def _inside(self, step: str | int, value: object) -> "Node":
        return replace(self, place=(*self.place, step), value=value)

    def __contains__(self, key: str) -> bool:
        return key in self.table()

    def __getitem__(self, key: str) -> "Node":
        """The value under a key of this table."""
        table = self.table()
        if key not in table:
            raise self.error(f"'{key}' is missing")
        return table[key]

    def table(self) -> dict[str, "Node"]:
        """The keys and values of this table."""
        return {key: self._inside(key, value) for key, value in self._as(dict, "a table").items()}

    def allow(self, *keys: str) -> None:
        """Refuse every other key: a misspelt optional key must not be silently without effect."""
        for key, node in self.table().items():
            if key not in keys:
                raise node.error(f"unknown key '{key}', known are {_listed(keys)}")

    def items(self, *, least: int = 0) -> list["Node"]:
        """The elements of this array, at least so many."""
        found = [self._inside(i, value) for i, value in enumerate(self._as(list, "an array"))]
        if len(found) < least:
            raise self.error(f"'{self.name}' must have at least {least}, not {len(found)}")
        return found

    def code(self) -> str:
        """A short name for files, addresses and the database: lower-case words joined by hyphens."""
        found = self._as(str, "a text")
        if not CODE.fullmatch(found):
            raise self.error(f"'{self.name}' must be lower-case words joined by hyphens, not '{found}'")
        return found

    def choice(self, known: Collection[str]) -> str:
        """One of the `known` words."""
        found = self._as(str, "a text")
        if found not in known:
            raise self.error(f"unknown {self.name} '{found}', known are {_listed(known)}")
        return found

    def choices(self, known: Collection[str]) -> tuple[str, ...]:
        """An array of `known` words, none of them twice."""
        items = self.items()
        refuse_doubles(items)
        return tuple(item.choice(known) for item in items)

    def whole(self, *, least: int, most: int) -> int:
        """A whole number in a range, both ends included."""
        found = self._as(int, "a whole number")
        if not least <= found <= most:
            raise self.error(f"'{self.name}' must be from {least} to {most}, not {found}")
        return found

    def share(self) -> float:
        """A part of a whole: above 0, at most 1."""
        found = self._as(float, "a number with a decimal point")
        if not 0 < found <= 1:
            raise self.error(f"'{self.name}' must be above 0.0 and at most 1.0, not {found}")
        return found

    def flag(self) -> bool:
        """Either true or false."""
        return self._as(bool, "true or false")

    def day(self) -> date:
        """A calendar day, written 2023-07-10 without quotes."""
        return self._as(date, "a day such as 2023-07-10, without quotes")

    def texts(self) -> dict[str, str]:
        """A text in every complete language, perhaps in others that are offered, in the order of the offer."""
        given, known = self.table(), [language.code for language in self.languages]
        for locale, node in given.items():
            if locale not in known:
                raise node.error(f"'{self.name}' is in unknown language '{locale}', known are {_listed(known)}")
        for language in self.languages:
            if language.complete and language.code not in given:
                raise self.error(f"'{self.name}' is missing in the language '{language.code}'")
        return {locale: given[locale].text(locale=locale) for locale in known if locale in given}

    def string(self) -> str:
        """A text in no particular language, which may be empty."""
        return self._as(str, "a text")

    def text(self, *, locale: str) -> str:
        """A text that can be shown in `locale`."""
        found = self._as(str, "a text")
        if problem := text_problem(found, locale=locale):
            raise self.error(f"the text in the language '{locale}' {problem}")
        return found


def read_toml(file: Path, *, languages: Sequence[Language]) -> Node:
    """The whole of a TOML file in UTF-8, whose texts are to be in these languages."""
    try:
        raw = file.read_bytes()
        text = raw.decode("utf-8-sig")
        values = tomllib.loads(text)
    except OSError as error:
        raise ContentError(file, 1, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ContentError(file, raw[: error.start].count(b"\n") + 1, "is not in UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        problem = str(error)
        at = SYNTAX_LINE.search(problem)  # absent at the end of the document
        line = int(at[1]) if at else text.rstrip().count("\n") + 1
        raise ContentError(file, line, f"is not TOML: {SYNTAX_LINE.sub('', problem)}") from error
    return Node(file, languages, find_lines(text), (), values)


def refuse_doubles(nodes: Iterable[Node]) -> None:
    """Refuse the second of two nodes with the same value."""
    seen: dict[str, Node] = {}
    for node in nodes:
        first = seen.setdefault(repr(node.value), node)  # the value itself may be a list, which nothing has refused yet
        if first is not node:
            raise node.error(f"{node.name} '{node.value}' is already in line {first.line}")


def text_problem(text: str, *, locale: str) -> str | None:
    """What forbids showing this text in `locale`, as the end of an English sentence; None if nothing does.

    Easy Japanese carries a reading on every kanji, `{漢字|かんじ}`; no other language may hold that markup.
    """
    if not text.strip():
        return "is empty"
    if locale != EASY:
        mark = MARK.search(text)
        return f"has a '{mark[0]}', kept for readings in '{EASY}'" if mark else None
    rest = READ_WORD.sub(" ", text)
    if mark := MARK.search(rest):
        return f"has a broken reading near '{rest[max(mark.start() - 8, 0) : mark.end() + 8].strip()}'"
    unread = UNREAD_KANJI.search(rest)
    return f"has no reading for '{unread[0]}'" if unread else None


def find_lines(text: str) -> dict[Place, int]:
    """Where every key, table and array element of a valid TOML text begins: its place to its line, counted from 1.

    tomllib keeps no positions, so the text is walked a second time; what tomllib accepted need not be checked again.
    """
    return _Walk(text).lines


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words) or "none"


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


class _Walk:
    """One walk over the tokens of a TOML text, noting the line of each place."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Place, int] = {(): 1}
        self.counts: dict[Place, int] = {}
        self.tokens = list(_tokens(text))
        self.at = 0
        table: Place = ()
        while self.skip_newlines().kind != "end":
            if self.peek().text == "[":
                table = self.header()
            else:
                self.pair(table)

    def peek(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def skip_newlines(self) -> _Token:
        while self.peek().kind == "newline":
            self.at += 1
        return self.peek()

    def note(self, place: Place, line: int) -> None:
        self.lines.setdefault(place, line)

    def names(self) -> list[str]:
        found = [_name(self.take())]
        while self.peek().text == ".":
            self.take()
            found.append(_name(self.take()))
        return found

    def header(self) -> Place:
        """`[a.b]` or `[[a.b]]`; a name on the way that is an array of tables means its last table."""
        line = self.take().line
        is_array = self.peek().text == "["
        self.at += is_array
        *way, last = self.names()
        self.at += 1 + is_array
        place: Place = ()
        for name in way:
            place = (*place, name)
            self.note(place, line)
            if place in self.counts:
                place = (*place, self.counts[place] - 1)
        place = (*place, last)
        self.note(place, line)
        if is_array:
            number = self.counts.get(place, 0)
            self.counts[place] = number + 1
            place = (*place, number)
            self.note(place, line)
        return place

    def pair(self, table: Place) -> None:
        """`a.b = value`."""
        line = self.peek().line
        place = table
        for name in self.names():
            place = (*place, name)
            self.note(place, line)
        self.take()
        self.value(place)

    def value(self, place: Place) -> None:
        first = self.take()
        if first.text == "[":
            self.array(place)
        elif first.text == "{":
            self.inline_table(place)
        elif first.kind == "word":
            # A number may hold a point and a moment a space: one value, several tokens.
            while self.peek().kind == "word" or self.peek().text == ".":
                self.at += 1

    def array(self, place: Place) -> None:
        number = 0
        while self.skip_newlines().text != "]":
            self.note((*place, number), self.peek().line)
            self.value((*place, number))
            number += 1
            if self.skip_newlines().text == ",":
                self.at += 1
        self.at += 1

    def inline_table(self, place: Place) -> None:
        while self.skip_newlines().text != "}":
            self.pair(place)
            if self.skip_newlines().text == ",":
                self.at += 1
        self.at += 1


def _tokens(text: str) -> Iterable[_Token]:
    line = 1
    for match in TOKEN.finditer(text):
        kind = str(match.lastgroup)
        if kind != "comment":
            yield _Token(kind, match[0], line)
        line += match[0].count("\n")
    yield _Token("end", "", line)


def _name(token: _Token) -> str:
    """A key as tomllib reads it: quotes and escapes undone."""
    return next(iter(tomllib.loads(f"{token.text} = 0"))) if token.kind == "string" else token.text
