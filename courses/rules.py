"""Which programme says what on which day, and the states of a recording. Pure: values in, values out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Confirmation(StrEnum):
    """Who says that a required survey counts."""

    BY_PERSON = "by_person"
    ON_SUBMISSION = "on_submission"


class Earlier(StrEnum):
    """What people owe who concluded a memorandum under an earlier programme or in an earlier year."""

    AGAIN = "again"
    NOTHING = "nothing"


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
class NotViewable:
    """`lecture` cannot be watched from `first` to `last`, both included."""

    lecture: str
    first: date
    last: date


@dataclass(frozen=True)
class Programme:
    """What a programme says, as values.

    `required` are the lectures whose survey is required; `require_watched` is lecture to the share of it that must have
    been watched before its survey can be sent.
    """

    code: str
    first_day: date
    last_day: date
    required: tuple[str, ...]
    confirmation: Confirmation
    exemptions: tuple[Exemption, ...] = ()
    not_viewable: tuple[NotViewable, ...] = ()
    require_watched: Mapping[str, float] = field(default_factory=dict)
    earlier: Earlier = Earlier.AGAIN

    def runs_on(self, day: date) -> bool:
        """Whether the programme is open that day."""
        return self.first_day <= day <= self.last_day

    def hides(self, lecture: str, *, on: date) -> bool:
        """Whether a lecture cannot be watched that day."""
        return any(n.lecture == lecture and n.first <= on <= n.last for n in self.not_viewable)


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


def day_without_surveys(programme: Programme) -> date | None:
    """The first day of a programme on which no survey at all is required; such a day would qualify everybody."""
    begins = {programme.first_day, *(e.first for e in programme.exemptions)}
    days = sorted(day for day in begins if programme.runs_on(day))
    return next((day for day in days if not required_surveys(programme, on=day)), None)
