"""Finding words in captions however they are typed: letters of any case and width, either kana, readings.

A caption is folded twice, as it is written and as it is read aloud; each folded letter knows the letters it came from.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from courses.captions.markup import Piece
from lms.kernel.folding import CLUSTER, plain_letter

LONGEST = 100
Span = tuple[int, int]

JAPANESE = re.compile(r"[\u3001-\u30ff\u3400-\u9fff\uf900-\ufaff]")
KANJI = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True)
class Folded:
    """A folded text, and for each of its letters the span of the plain text that it stands for."""

    text: str
    spans: tuple[Span, ...]


def fold(text: str) -> str:
    """The form in which words are compared."""
    return _folded((cluster[0], cluster.span()) for cluster in CLUSTER.finditer(text)).text.strip()


def searchable(pieces: Sequence[Piece]) -> str:
    """What the database compares: the caption as it is written and, on a second line if it differs, as it is read."""
    return "\n".join(dict.fromkeys(form.text for form in _forms(pieces)))


def hits(pieces: Sequence[Piece], wanted: str) -> list[Span]:
    """Where a folded word stands in the plain text: disjoint spans in order. Of a reading, the word it belongs to."""
    found: list[Span] = []
    for form in _forms(pieces) if wanted else ():
        at = form.text.find(wanted)
        while at >= 0:
            last = at + len(wanted) - 1
            found.append((form.spans[at][0], form.spans[last][1]))
            at = form.text.find(wanted, last + 1)
    disjoint: list[Span] = []
    for start, end in sorted(found):
        if disjoint and start <= disjoint[-1][1]:
            disjoint[-1] = (disjoint[-1][0], max(end, disjoint[-1][1]))
        else:
            disjoint.append((start, end))
    return disjoint


def is_too_short(folded: str) -> bool:
    """Whether a folded word would be found nearly everywhere: one letter that is no kanji."""
    return len(folded) < 2 and not KANJI.match(folded)


def _forms(pieces: Sequence[Piece]) -> tuple[Folded, Folded]:
    return _folded(_letters(pieces, read=False)), _folded(_letters(pieces, read=True))


def _letters(pieces: Sequence[Piece], *, read: bool) -> Iterator[tuple[str, Span]]:
    here = 0
    for piece in pieces:
        whole = (here, here + len(piece.text))
        if read and piece.reading:
            yield from ((cluster[0], whole) for cluster in CLUSTER.finditer(piece.reading))
        else:
            for cluster in CLUSTER.finditer(piece.text):
                yield cluster[0], (here + cluster.start(), here + cluster.end())
        here = whole[1]


def _folded(letters: Iterable[tuple[str, Span]]) -> Folded:
    """Spaces beside Japanese go, as between the phrases of easy Japanese; others become one."""
    text: list[str] = []
    spans: list[Span] = []
    gap: Span | None = None
    for letter, span in letters:
        if letter.isspace():
            gap = gap or span
            continue
        plain = plain_letter(letter)
        if gap and text and not JAPANESE.match(text[-1]) and not JAPANESE.match(plain):
            text.append(" ")
            spans.append(gap)
        gap = None
        text += plain
        spans += [span] * len(plain)
    return Folded("".join(text), tuple(spans))
