"""How far people have come, and after how many days without a step the desk names somebody. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.kernel.clock import fiscal_year

MONTHS = 12


class Stage(StrEnum):
    """How far somebody who wishes to accompany people has come."""

    REGISTERED = "registered"
    WATCHING = "watching"
    ANSWERED = "answered"
    QUALIFIED = "qualified"
    POSTED = "posted"
    COMPLETE = "complete"


class Gap(StrEnum):
    """Where people stand still, in the order of the way."""

    NOT_WATCHING = "not-watching"
    NOT_ANSWERING = "not-answering"
    NOT_FINISHING = "not-finishing"
    ONE_SHORT = "one-short"
    NO_ADDRESS = "no-address"
    NOT_RETURNED = "not-returned"


STILL_FOR = {
    Gap.NOT_WATCHING: 30,
    Gap.NOT_ANSWERING: 60,
    Gap.NOT_FINISHING: 60,
    # One survey is an evening, an address a minute: who leaves it at that has forgotten it or cannot do it.
    Gap.ONE_SHORT: 14,
    Gap.NO_ADDRESS: 14,
    Gap.NOT_RETURNED: 30,
}
"""Days after which standing still is worth a call."""


@dataclass(frozen=True)
class Cohort:
    """Those who registered from one day to another, a month or a 年度: how many came at least to each stage."""

    first: date
    last: date
    counts: Mapping[Stage, int]


def months_of(year: int, *, on: date) -> list[date]:
    """The first days of the months of a 年度 that have begun by a day, oldest first, and of the month after them."""
    begun = [month for month in range(year * 12 + 3, year * 12 + 3 + MONTHS) if month <= on.year * 12 + on.month - 1]
    return [_first_day(month) for month in (*begun, begun[-1] + 1)]


def last_months(on: date) -> list[date]:
    """The first days of the last twelve months, oldest first, and of the month after them."""
    this = on.year * 12 + on.month - 1
    return [_first_day(month) for month in range(this - MONTHS + 1, this + 2)]


def _first_day(month: int) -> date:
    return date(month // MONTHS, month % MONTHS + 1, 1)


def years_between(first: date, *, on: date) -> list[int]:
    """Every 年度 from that of the first day to today's, the newest first."""
    return list(range(fiscal_year(on), fiscal_year(first) - 1, -1))


def year_starts(years: Iterable[int]) -> list[date]:
    """The first days of these 年度, oldest first, and of the one after them."""
    oldest_first = sorted(years)
    return [date(year, 4, 1) for year in (*oldest_first, oldest_first[-1] + 1)]


def came_to(reached: Mapping[Stage, int]) -> dict[Stage, int]:
    """From how many stopped at each stage to how many came at least to it."""
    stages = list(Stage)
    return {stage: sum(reached.get(later, 0) for later in stages[place:]) for place, stage in enumerate(stages)}


def together(cohorts: Iterable[Cohort]) -> dict[Stage, int]:
    """All of them as one."""
    all_of_them = tuple(cohorts)
    return {stage: sum(cohort.counts[stage] for cohort in all_of_them) for stage in Stage}
