"""The one clock. Rules and services take `now` or `on` as an argument; only the edge and the worker ask here."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")


def now() -> datetime:
    """The present moment, aware, in UTC, to the microsecond."""
    return datetime.now(UTC)  # noqa: TID251 – the one place


def tokyo_day(moment: datetime) -> date:
    """The calendar day of `moment` where the programme runs; every "by the end of March" is asked of this day."""
    return moment.astimezone(TOKYO).date()


def fiscal_year(day: date) -> int:
    """年度: 1 April to 31 March, named by its April (2024-03-31 -> 2023)."""
    return day.year if day.month >= 4 else day.year - 1
