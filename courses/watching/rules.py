"""What counts as watched: intervals, their union, and how much of a report is credited. Pure: values in, values out."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from lms.kernel.errors import Invalid, msgid

# Half-open, in milliseconds of media time.
Interval = tuple[int, int]

UNREADABLE = msgid("The report of what was watched cannot be read.")

# The share of a lecture's milliseconds that makes it "watched" on pages; a programme that requires watching sets its
# own.
WATCHED_SHARE = 0.9

# A player may run a moment past the length that was measured.
END_SLACK_MS = 1500
# A player's clock is read a moment after the film's.
SPAN_SLACK_MS = 1500
# Nobody plays faster than this; the player offers twice the speed, and clocks and add-ons need some room.
FASTEST = 3

MOST_INTERVALS = 500
# In how many pieces a record may be; whoever moves about every second of an hour stays below it.
MOST_PIECES = 5000
# Nobody opens so many pages of lectures in so short a time. At three times the speed of time, two days are 144 hours:
# more than there are of film, so that what was opened before can no longer be short of time (docs/decisions/0010).
MOST_OPENINGS = 500
BUDGET_WINDOW = timedelta(days=2)


@dataclass(frozen=True)
class Report:
    """One report of a player: intervals in milliseconds of media time, numbered within a play session.

    `wall_ms` is how long the device's own clock ran while they were played, `late_ms` how long ago that ended.
    """

    recording: str
    ticket: str
    play_session: str
    sequence: int
    intervals: list[object]
    wall_ms: int
    late_ms: int
    rate: float
    position: int


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """The union of half-open intervals in milliseconds of media time, sorted, disjoint, not touching."""
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif start < end:
            merged.append((start, end))
    return merged


def covered_ms(intervals: Iterable[Interval]) -> int:
    """How many milliseconds of the film the intervals hold, each counted once."""
    return sum(end - start for start, end in merge(intervals))


def subtract(intervals: Iterable[Interval], taken: Iterable[Interval]) -> list[Interval]:
    """What of the intervals is in none of the taken ones, sorted and disjoint."""
    left: list[Interval] = []
    gone = merge(taken)
    nearest = 0
    for start, end in merge(intervals):
        here = start
        while nearest < len(gone) and gone[nearest][1] <= start:
            nearest += 1
        for gone_start, gone_end in gone[nearest:]:
            if gone_start >= end:
                break
            if here < gone_start:
                left.append((here, gone_start))
            here = min(gone_end, end)
        if here < end:
            left.append((here, end))
    return left


def milliseconds(since: datetime, until: datetime) -> int:
    """Whole milliseconds from one moment to another, none if the second is the earlier one."""
    return max(0, (until - since) // timedelta(milliseconds=1))


@dataclass(frozen=True)
class Opening:
    """When the page of a sitting was opened, and how much new film was credited to that sitting."""

    opened_at: datetime
    credited_ms: int


def affordable(openings: Iterable[Opening], *, opened_at: datetime, now: datetime) -> int:
    """How many new milliseconds of film a report from a page opened at `opened_at` can be credited with now.

    Whatever somebody watched on pages opened since a moment cannot be more than three times the time that has passed
    since that moment, in however many tabs, and this holds of every moment at which one of their pages was opened. So
    a page opened an hour ago, which reports for the first time now, has three hours; a page opened just now has next to
    nothing, and opening more of them gives none of them more. Only time adds to it, no request does.
    """
    spent, least = 0, FASTEST * milliseconds(opened_at, now)
    for opening in sorted([*openings, Opening(opened_at, 0)], key=lambda o: o.opened_at, reverse=True):
        spent += opening.credited_ms
        if opening.opened_at <= opened_at:
            least = min(least, FASTEST * milliseconds(opening.opened_at, now) - spent)
    return max(0, least)


def playable(wall_ms: int) -> int:
    """How much film can have been played while a device's own clock ran for so long, in milliseconds."""
    return FASTEST * wall_ms + SPAN_SLACK_MS


@dataclass(frozen=True)
class Credit:
    """What became of a report: all that is seen now, how much of it is new, and what could not be credited."""

    seen: list[Interval]
    credited_ms: int
    beyond: list[Interval]


def credit(seen: Iterable[Interval], played: Iterable[Interval], *, affordable_ms: int) -> Credit:
    """Add to what was seen as much of what was played as can be afforded; only what is new costs something."""
    already, bought, beyond, left = merge(seen), list[Interval](), list[Interval](), affordable_ms
    for start, end in subtract(played, already):
        paid = start + min(end - start, left)
        left -= paid - start
        bought.append((start, paid))
        beyond.append((paid, end))
    return Credit(merge([*already, *bought]), affordable_ms - left, merge(beyond))


class Segment(NamedTuple):
    """A part played in one go, by the reports numbered from `first` to `last`; times in milliseconds of media time."""

    first: int
    last: int
    start: int
    end: int


def arranged(segments: Iterable[Segment], played: Iterable[Interval], *, sequence: int) -> list[Segment]:
    """The segments of a sitting with those of one more report, in the order in which they were played.

    A segment goes on where the one before it ended if no report is missing between them, so the outcome is the same in
    whatever order the reports came. The report must be new to the sitting.
    """
    parts = list(segments)
    place = bisect_left(parts, sequence, key=lambda s: s.first)
    new = [Segment(sequence, sequence, start, end) for start, end in sorted(played)]
    joined: list[Segment] = []
    for part in [*parts[max(0, place - 1) : place], *new, *parts[place : place + 1]]:
        if joined and joined[-1].end == part.start and part.first - joined[-1].last <= 1:
            joined[-1] = Segment(joined[-1].first, part.last, joined[-1].start, part.end)
        else:
            joined.append(part)
    return [*parts[: max(0, place - 1)], *joined, *parts[place + 1 :]]


def share_of(covered: int, duration: int) -> float:
    """Covered milliseconds as a share of the film, 0 to 1."""
    return min(covered / duration, 1.0) if duration > 0 else 0.0


def is_watched(covered: int, duration: int) -> bool:
    """Whether enough of the film was played."""
    return share_of(covered, duration) >= WATCHED_SHARE


def checked_intervals(raw: Sequence[object], *, duration: int) -> list[Interval]:
    """What a player reported, as intervals inside the film, sorted and disjoint as they came.

    Raises Invalid for anything that cannot have been played.
    """
    if not 0 < len(raw) <= MOST_INTERVALS:
        raise Invalid(UNREADABLE)
    checked: list[Interval] = []
    here = 0
    for pair in raw:
        match pair:
            case [int(start), int(end)] if (
                not isinstance(start, bool)
                and not isinstance(end, bool)
                and here <= start < end <= duration + END_SLACK_MS
            ):
                checked.append((min(start, duration), min(end, duration)))
                here = end
            case _:
                raise Invalid(UNREADABLE)
    return merge(checked)


def checked_position(position: int, *, duration: int) -> int:
    """Where a player stood, inside the film. Raises Invalid for a place that is not in it."""
    if not 0 <= position <= duration + END_SLACK_MS:
        raise Invalid(UNREADABLE)
    return min(position, duration)
