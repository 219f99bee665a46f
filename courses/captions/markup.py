"""The text of a caption: pieces with readings, speakers and emphasis, as WebVTT, as people type it, as HTML.

Both ways of writing are read by one parser: WebVTT's `<ruby>漢字<rt>かんじ</rt></ruby>` and our `{漢字|かんじ}`.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from markupsafe import Markup, escape

from lms.kernel.errors import msgid
from lms.kernel.furigana import MARKS, NOTATION

STYLES = "biu"
DROPPED = {"c", "lang", "font", "s", "span"}
TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[A-Za-z]+)(?:\.[^\s<>]*)?(?:[ \t]++(?P<said>[^<>]*?))?>|<[\d:.]+>|\{\\[^{}]*\}"
)
# Looked for from where the blanks begin, not again from each of them.
BREAK = re.compile(r"(?<![^\S\n])[^\S\n]*+\n\s*")
# Control characters have no place in a caption; the marks are how this site writes readings inside.
NEVER = dict.fromkeys([*(n for n in range(32) if n not in {9, 10}), *map(ord, MARKS)])

UNKNOWN = msgid("The tag %(tag)s is not known. Known are <v Name>, <i>, <b>, <u> and <ruby>.")
NOT_CLOSED = msgid("The tag %(tag)s is opened but not closed.")
NOT_OPENED = msgid("The tag %(tag)s closes what was not opened.")


@dataclass(frozen=True)
class Piece:
    """A run of text: its reading if it is ruby, who speaks, and how it is set (letters of `STYLES`, in that order)."""

    text: str
    reading: str = ""
    voice: str = ""
    styles: str = ""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a tag: in which line of the caption (from 0), as an English msgid with what fills it."""

    line: int
    message: str
    params: Mapping[str, object]


@dataclass
class _Reader:
    """What is open while a caption is read."""

    pieces: list[Piece] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    stack: list[str] = field(default_factory=list)
    voice: str = ""
    base: str | None = None
    reading: str | None = None
    line: int = 0
    dropped: bool = False

    def text(self, text: str) -> None:
        self.line += text.count("\n")
        if self.reading is not None:
            self.reading += text
        elif self.base is not None:
            self.base += text
        else:
            here = 0
            for found in NOTATION.finditer(text):
                self._add(text[here : found.start()])
                self._add(found[1], found[2])
                here = found.end()
            self._add(text[here:])

    def _add(self, text: str, reading: str = "") -> None:
        styles = "".join(style for style in STYLES if style in self.stack)
        text, reading = html.unescape(text), html.unescape(reading)
        self.pieces.append(Piece(text, reading, self.voice, styles))

    def _end_base(self) -> None:
        if self.base:
            self._add(self.base, self.reading or "")
        self.reading = None

    def open(self, name: str, said: str) -> None:
        if name == "v":
            self.voice = _line(html.unescape(said))
        elif name == "rt":
            if self.base is None:
                self._fault(NOT_OPENED, "<rt>")
                return
            self.reading = ""
        elif name == "ruby":
            self.base = ""
            self.stack.append(name)
        elif name in DROPPED:
            self.dropped = True
        elif name in STYLES:
            self.stack.append(name)
        else:
            self._fault(UNKNOWN, f"<{name}>")

    def close(self, name: str) -> None:
        if name == "v":
            self.voice = ""
        elif name == "rt" and self.reading is not None:
            self._end_base()
            self.base = ""
        elif name == "ruby" and self.base is not None:
            self._end_base()
            self.base = None
            self.stack.remove(name)
        elif name in STYLES and name in self.stack:
            self.stack.remove(name)
        elif name in DROPPED:
            self.dropped = True
        else:
            self._fault(NOT_OPENED if name in {*STYLES, "rt", "ruby"} else UNKNOWN, f"</{name}>")

    def end(self) -> None:
        for name in self.stack:
            self._fault(NOT_CLOSED, f"<{name}>")
        self._end_base()

    def _fault(self, message: str, tag: str) -> None:
        self.faults.append(Fault(self.line, message, {"tag": tag}))


@dataclass(frozen=True)
class Parsed:
    """A caption's pieces, what was wrong with its tags, and whether formatting was left out."""

    pieces: tuple[Piece, ...]
    faults: tuple[Fault, ...]
    dropped: bool


def parse(payload: str) -> Parsed:
    """Read a caption's text. A `<` that begins no tag is a sign like any other."""
    reader, here = _Reader(), 0
    payload = payload.translate(NEVER)
    for tag in TAG.finditer(payload):
        reader.text(payload[here : tag.start()])
        here = tag.end()
        if not tag["name"]:
            reader.dropped = True  # times inside a caption, and positions in the manner of SSA
        elif tag["close"]:
            reader.close(tag["name"].lower())
        else:
            reader.open(tag["name"].lower(), tag["said"] or "")
    reader.text(payload[here:])
    reader.end()
    return Parsed(normal(reader.pieces), tuple(reader.faults), reader.dropped)


def normal(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """The same in the one form in which it is kept: runs joined, no empty line, nothing blank at either end."""
    kept: list[Piece] = []
    for given in pieces:
        reading, voice = _line(given.reading), _line(given.voice)
        if reading:
            text = _line(given.text)
        else:
            text = given.text.translate(NEVER)
            if kept and (kept[-1].reading, kept[-1].voice, kept[-1].styles) == ("", voice, given.styles):
                text = kept.pop().text + text
            text = unicodedata.normalize("NFC", BREAK.sub("\n", text))
        if not kept or kept[-1].text.endswith("\n"):
            text = text.lstrip()
        if text:
            kept.append(Piece(text, reading, voice, given.styles))
    while kept and not (text := kept[-1].text.rstrip()):
        kept.pop()
    return (*kept[:-1], replace(kept[-1], text=text)) if kept else ()


def _line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text.translate(NEVER)).split()) if text else ""


def to_webvtt(pieces: Iterable[Piece]) -> str:
    """As it stands in a WebVTT file."""

    def written(piece: Piece) -> str:
        text = _escaped(piece.text)
        return f"<ruby>{text}<rt>{_escaped(piece.reading)}</rt></ruby>" if piece.reading else text

    return "".join(_tagged(pieces, written))


def to_typed(pieces: Iterable[Piece]) -> str:
    """As people type it: readings in our notation, signs as they are unless they would be taken for something else."""

    def written(piece: Piece) -> str:
        text, reading = _typed(piece.text), _typed(piece.reading)
        if not reading:
            return text
        fits = NOTATION.fullmatch(f"{{{text}|{reading}}}") and not text.startswith("\\")
        return f"{{{text}|{reading}}}" if fits else f"<ruby>{text}<rt>{reading}</rt></ruby>"

    return "".join(_tagged(pieces, written))


def to_html(pieces: Iterable[Piece], *, readings: bool, marked: Sequence[tuple[int, int]] = ()) -> Markup:
    """For a page: line breaks, readings if they are wanted, speakers in bold; `marked` are spans of the plain text."""
    made, voice, here = "", "", 0
    for piece in pieces:
        if piece.voice != voice:
            voice = piece.voice
            made += f"<b>{escape(voice)}:</b> " if voice else ""
        if piece.reading and readings:
            hit = any(start < here + len(piece.text) and here < end for start, end in marked)
            word = f"<mark>{escape(piece.text)}</mark>" if hit else escape(piece.text)
            text = f"<ruby>{word}<rp>（</rp><rt>{escape(piece.reading)}</rt><rp>）</rp></ruby>"
        else:
            text = _marked(piece.text, [(start - here, end - here) for start, end in marked])
        made += f"<em>{text}</em>" if piece.styles else text
        here += len(piece.text)
    return Markup(made)  # noqa: S704 – every text in it was escaped


def _marked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    made, here = "", 0
    for left, right in spans:
        start, end = max(left, here), min(right, len(text))
        if start < end:
            made += f"{escape(text[here:start])}<mark>{escape(text[start:end])}</mark>"
            here = end
    return f"{made}{escape(text[here:])}".replace("\n", "<br>")


def plain(pieces: Iterable[Piece]) -> str:
    """The text alone."""
    return "".join(piece.text for piece in pieces)


def _tagged(pieces: Iterable[Piece], written: Callable[[Piece], str]) -> Iterator[str]:
    voice, styles = "", ""
    for piece in (*pieces, Piece("")):
        if (piece.voice, piece.styles) != (voice, styles):
            yield "".join(f"</{style}>" for style in reversed(styles))
            if piece.voice != voice:
                yield "</v>" if voice else ""
                yield f"<v {_escaped(piece.voice).replace('--', '&#45;-')}>" if piece.voice else ""  # no arrow
            yield "".join(f"<{style}>" for style in piece.styles)
            voice, styles = piece.voice, piece.styles
        yield written(piece)


def _escaped(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("{", "&#123;")


def _typed(text: str) -> str:
    strange = html.unescape(text) != text or "-->" in text or "{" in text or TAG.search(text)
    return _escaped(text) if strange else text
