"""Which message of the catalogue a reported sentence is."""

import re
from collections.abc import Iterable

from lms.kernel.furigana import NOTATION

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def message_of(sentence: str, *, messages: Iterable[tuple[str, str]]) -> str | None:
    """The msgid whose translation is this sentence, holds it or stands in it; the longest agreement wins.

    `messages` are pairs of msgid and translation; of several that hold the sentence the shortest is meant. Spaces and
    readings do not count, and a placeholder stands for anything. The time taken grows no faster than the texts.
    """
    reported = _bare(sentence)
    found = ((_agreement(reported, translated), -len(translated), msgid) for msgid, translated in messages)
    length, _, msgid = max(found, default=(0, 0, ""))
    return msgid if length > 0 else None


def _agreement(reported: str, translated: str) -> int:
    """How many characters the two have in common; 0 if neither holds the other, or only a word of it."""
    parts = [part for part in map(_bare, PLACEHOLDER.split(translated)) if part]
    if 2 * sum(map(len, parts)) >= len(reported) and _in_order(parts, reported):
        return sum(map(len, parts))
    return max((len(reported) for part in parts if reported in part), default=0)


def _in_order(parts: Iterable[str], text: str) -> bool:
    """Whether the parts stand in the text one after another."""
    end = 0
    for part in parts:
        begin = text.find(part, end)
        if begin < 0:
            return False
        end = begin + len(part)
    return True


def _bare(text: str) -> str:
    return "".join(NOTATION.sub(r"\1", text).split())
