"""Which message of the catalogue a reported sentence is."""

import re
from collections.abc import Mapping

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
READING = re.compile(r"\{([^{}|]+)\|[^{}|]+\}")


def message_of(sentence: str, *, catalogue: Mapping[str, str]) -> str | None:
    """The msgid whose translation is this sentence, holds it or stands in it; the longest agreement wins.

    `catalogue` maps msgids to sentences; of several that hold the sentence the shortest is meant. Spaces and readings
    do not count, and a placeholder stands for anything.
    """
    reported = _bare(sentence)
    found = ((_agreement(reported, translated), -len(translated), msgid) for msgid, translated in catalogue.items())
    length, _, msgid = max(found, default=(0, 0, ""))
    return msgid if length > 0 else None


def _agreement(reported: str, translated: str) -> int:
    """How many characters the two have in common; 0 if neither holds the other."""
    parts = [_bare(part) for part in PLACEHOLDER.split(READING.sub(r"\1", translated))]
    if re.search(".+?".join(re.escape(part) for part in parts), reported) and any(parts):
        return sum(map(len, parts))
    return max((len(reported) for part in parts if reported in part), default=0)


def _bare(text: str) -> str:
    return "".join(READING.sub(r"\1", text).split())
