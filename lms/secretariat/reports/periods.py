"""The time a report is about: a month of Tokyo's calendar, the 年度 up to its end, or days somebody chose."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from lms.kernel.clock import begin_of, day_after, fiscal_year

MONTHS_OFFERED = 24


class Span(StrEnum):
    """Whether a report counts the month alone, or the fiscal year from its April to the end of that month."""

    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True)
class Period:
    """Tokyo days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def begin(self) -> datetime:
        """The moment it begins."""
        return begin_of(self.first)

    @property
    def end(self) -> datetime:
        """The moment after its last."""
        return begin_of(day_after(self.last))


def period_of(month: date, span: Span) -> Period:
    """The period of a report; `month` is any day of its month."""
    after = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    first = month.replace(day=1) if span is Span.MONTH else date(fiscal_year(month), 4, 1)
    return Period(first, after - timedelta(days=1))


def month_asked(text: str, *, on: date) -> date:
    """The first day of the month meant by `2026-10`; the month before `on` for anything that is none of `months`."""
    months = months_offered(on=on)
    found = re.fullmatch(r"(\d{4})-(\d{2})", text, re.ASCII)
    return next((each for each in months if found and each.strftime("%Y-%m") == text), months[1])


def months_offered(*, on: date) -> list[date]:
    """The first days of the months that can be reported, today's first."""
    number = on.year * 12 + on.month - 1
    return [date(each // 12, each % 12 + 1, 1) for each in range(number, number - MONTHS_OFFERED, -1)]
