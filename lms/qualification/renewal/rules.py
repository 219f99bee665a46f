"""Who gets this year's papers, and who does not and why. Pure: values in, values out."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.memoranda.rules import State

ACTIVE_FOR_YEARS = 2
"""Whoever sent papers back in this time counts as active: once in every programme of three years, with some leeway."""


class WhyNot(StrEnum):
    """Why somebody is not proposed; for all but the first the secretariat may know better."""

    NO_LONGER_WISHES = "no_longer_wishes"
    WITHDRAWN = "withdrawn"
    STILL_OPEN = "still_open"
    LONG_AGO = "long_ago"

    @property
    def is_final(self) -> bool:
        """Whether nobody can choose them all the same."""
        return self is WhyNot.NO_LONGER_WISHES


@dataclass(frozen=True)
class Before:
    """Somebody who qualified, and the newest memorandum of an earlier year."""

    wishes_to_accompany: bool
    is_trainee: bool
    papers: State
    returned_on: date | None


def why_not(before: Before, *, on: date) -> WhyNot | None:
    """Why somebody is not proposed for this year's papers, or None if they are."""
    if not before.wishes_to_accompany or before.is_trainee:
        return WhyNot.NO_LONGER_WISHES
    if before.papers is State.WITHDRAWN:
        return WhyNot.WITHDRAWN
    if before.papers is not State.COMPLETE or before.returned_on is None:
        return WhyNot.STILL_OPEN
    return None if before.returned_on >= years_before(on, ACTIVE_FOR_YEARS) else WhyNot.LONG_AGO


def years_before(day: date, years: int) -> date:
    """The same day of an earlier year; of 29 February, the day before."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
