"""Which programme says what on which day, and what counts as watched. Pure: values in, values out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from lms.kernel.errors import Invalid

Interval = tuple[int, int]

# The share of a lecture's milliseconds that makes it "watched" on pages; a programme that requires watching sets its
# own.
WATCHED_SHARE = 0.9
MOST_INTERVALS = 500

# Nobody plays faster than this; the player offers twice the speed, and clocks and add-ons need some room.
FASTEST = 3
# What somebody may have saved up while offline: more than the longest lecture.
MOST_ALLOWANCE_MS = 6 * 3600 * 1000


class Confirmation(StrEnum):
    """Who says that a required survey counts."""

    BY_PERSON = "by_person"
    ON_SUBMISSION = "on_submission"


class RecordingState(StrEnum):
    """A recording is prepared, then published; a newer one replaces it."""

    PREPARING = "preparing"
    PUBLISHED = "published"
    REPLACED = "replaced"
    FAILED = "failed"


NEXT = {
    RecordingState.PREPARING: {RecordingState.PUBLISHED, RecordingState.FAILED},
    RecordingState.PUBLISHED: {RecordingState.REPLACED},
    RecordingState.REPLACED: set[RecordingState](),
    RecordingState.FAILED: set[RecordingState](),
}


@dataclass(frozen=True)
class Exemption:
    """The survey of `lecture` is not required from `first` to `last`, both included."""

    lecture: str
    first: date
    last: date


@dataclass(frozen=True)
class Programme:
    """What a programme says, as values.

    `required` are the lectures whose survey is required; `not_viewable` are (lecture, 年度).
    """

    code: str
    first_day: date
    last_day: date
    required: tuple[str, ...]
    confirmation: Confirmation
    exemptions: tuple[Exemption, ...] = ()
    not_viewable: frozenset[tuple[str, int]] = frozenset()
    require_watched: Mapping[str, float] | None = None

    def runs_on(self, day: date) -> bool:
        """Whether the programme is open that day."""
        return self.first_day <= day <= self.last_day


def programme_for(programmes: Iterable[Programme], *, on: date) -> Programme | None:
    """The programme whose rules hold on a day.

    The running one, else the last that had begun, else the first to come.
    """
    ordered = sorted(programmes, key=lambda p: p.first_day)
    begun = [p for p in ordered if p.first_day <= on]
    running = [p for p in begun if p.runs_on(on)]
    choice = running or begun or ordered[::-1]
    return choice[-1] if choice else None


def required_surveys(programme: Programme, *, on: date) -> frozenset[str]:
    """Lectures whose survey is required on that day: the required ones less the exemptions in force (PRODUCT.md R2)."""
    exempt = {e.lecture for e in programme.exemptions if e.first <= on <= e.last}
    return frozenset(programme.required) - exempt


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
    for start, end in merge(intervals):
        here = start
        for gone_start, gone_end in gone:
            if gone_end <= here or gone_start >= end:
                continue
            if here < gone_start:
                left.append((here, gone_start))
            here = min(gone_end, end)
        if here < end:
            left.append((here, end))
    return left


def refill(allowance_ms: int, *, since: datetime, now: datetime) -> int:
    """How many new milliseconds of film somebody may be credited with now, `since` the allowance was last counted.

    One allowance for a person, whatever they watch and in however many tabs: it grows with the time that passes, a
    request adds nothing to it, and reports that come late find what had been saved up (docs/decisions/0009).
    """
    passed = max(0, int((now - since).total_seconds() * 1000))
    return min(allowance_ms + FASTEST * passed, MOST_ALLOWANCE_MS)


@dataclass(frozen=True)
class Credit:
    """What became of a report: all that is seen now, what of the allowance is left, and what went beyond it."""

    seen: list[Interval]
    allowance_ms: int
    beyond: list[Interval]


def credit(seen: Iterable[Interval], played: Iterable[Interval], *, allowance_ms: int) -> Credit:
    """Add to what was seen as much of what was played as the allowance pays for; only what is new costs something."""
    already, bought, beyond = merge(seen), list[Interval](), list[Interval]()
    for start, end in subtract(played, already):
        paid = start + min(end - start, allowance_ms)
        allowance_ms -= paid - start
        bought.append((start, paid))
        beyond.append((paid, end))
    return Credit(merge([*already, *bought]), allowance_ms, merge(beyond))


def share_of(covered: int, duration: int) -> float:
    """Covered milliseconds as a share of the film, 0 to 1."""
    return min(covered / duration, 1.0) if duration > 0 else 0.0


def is_watched(covered: int, duration: int) -> bool:
    """Whether enough of the film was played."""
    return share_of(covered, duration) >= WATCHED_SHARE


def checked_intervals(raw: Sequence[Sequence[object]], *, duration: int, slack: int = 1500) -> list[Interval]:
    """What a player reported, as intervals inside the film. Raises Invalid for anything that cannot have been played.

    A player may run a moment past the length that was measured; `slack` milliseconds of that are cut off.
    """
    if len(raw) > MOST_INTERVALS:
        raise Invalid("The report of what was watched cannot be read.")
    checked: list[Interval] = []
    for pair in raw:
        match pair:
            case [int(start), int(end)] if (
                not isinstance(start, bool) and not isinstance(end, bool) and 0 <= start < end <= duration + slack
            ):
                checked.append((min(start, duration), min(end, duration)))
            case _:
                raise Invalid("The report of what was watched cannot be read.")
    return merge(checked)
