"""Which parts of a recording people watched, and which of them again. Pure: values in, values out."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from courses.watching.rules import Interval, merge

PARTS = 40
SHORTEST_PART_MS = 1000


@dataclass(frozen=True)
class Retention:
    """For equally long parts of a recording, how many of the viewers played at least half of each.

    `again` counts those who played it more than once. Lengths in milliseconds.
    """

    viewers: int
    covered: int
    duration_ms: int
    played: tuple[int, ...]
    again: tuple[int, ...]

    @property
    def skipped(self) -> list[Interval]:
        """The parts that fewer than half of the viewers played, neighbours as one."""
        bounds = bounds_of(self.duration_ms)
        return merge((bounds[n], bounds[n + 1]) for n, count in enumerate(self.played) if 2 * count < self.viewers)

    @property
    def repeated(self) -> list[Interval]:
        """The parts that at least a quarter of the viewers, and two of them, played more than once."""
        bounds = bounds_of(self.duration_ms)
        most = max(2, self.viewers / 4)
        return merge((bounds[n], bounds[n + 1]) for n, count in enumerate(self.again) if count >= most)


def retention(
    seen: Sequence[Iterable[Interval]], again: Iterable[Iterable[Interval]], *, covered: int, duration: int
) -> Retention:
    """The picture from what each viewer saw, and what each of them played more than once."""
    return Retention(
        viewers=len(seen),
        covered=covered,
        duration_ms=duration,
        played=counted(seen, duration=duration),
        again=counted(again, duration=duration),
    )


def bounds_of(duration: int) -> list[int]:
    """Where the parts of a recording begin, and its end, in milliseconds."""
    parts = min(PARTS, max(1, duration // SHORTEST_PART_MS))
    return [n * duration // parts for n in range(parts + 1)]


def counted(people: Iterable[Iterable[Interval]], *, duration: int) -> tuple[int, ...]:
    """How many people played at least half of each part: one pass over their intervals, as steps up and down."""
    bounds = bounds_of(duration)
    steps = [0] * len(bounds)
    for intervals in people:
        edges: Counter[int] = Counter()
        for start, end in merge(intervals):
            first, last = bisect_right(bounds, start) - 1, bisect_right(bounds, end - 1) - 1
            edges[first] += min(end, bounds[first + 1]) - start
            if first < last:
                edges[last] += end - bounds[last]
                steps[first + 1] += 1
                steps[last] -= 1
        for part, milliseconds in edges.items():
            if 2 * milliseconds >= bounds[part + 1] - bounds[part]:
                steps[part] += 1
                steps[part + 1] -= 1
    return tuple(accumulate(steps[:-1]))


def played_again(segments: Iterable[Interval]) -> list[Interval]:
    """What was played more than once."""
    changes = sorted(change for start, end in segments for change in ((start, 1), (end, -1)))
    again: list[Interval] = []
    depth, since = 0, 0
    for at, step in changes:
        if depth == 2 and step == -1:
            again.append((since, at))
        elif depth == 1 and step == 1:
            since = at
        depth += step
    return merge(again)
