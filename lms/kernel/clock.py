"""The one clock. Rules and services take `now` or `on` as an argument; only the edge and the worker ask here."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")
FIRST_DAY = date(1, 1, 2)
"""The first day of Tokyo that begins within what UTC can say."""


def now() -> datetime:
    """The present moment, aware, in UTC, to the microsecond."""
    return datetime.now(UTC)  # noqa: TID251 – the one place


def tokyo_day(moment: datetime) -> date:
    """The calendar day of `moment` where the programme runs; every "by the end of March" is asked of this day."""
    return moment.astimezone(TOKYO).date()


def begin_of(day: date) -> datetime:
    """The moment at which a day begins in Tokyo; of a day before `FIRST_DAY`, when that one begins."""
    return datetime.combine(max(day, FIRST_DAY), time(), TOKYO)


def day_after(day: date) -> date:
    """The next day; of the last day there is, that day itself: people write 9999-12-31 for "until further notice"."""
    return day if day == date.max else day + timedelta(days=1)


def fiscal_year(day: date) -> int:
    """年度: 1 April to 31 March, named by its April (2024-03-31 -> 2023)."""
    return day.year if day.month >= 4 else day.year - 1
