"""Pages of a long list without counting rows off: each page begins behind the last row of the one before.

A page costs the same however deep it lies, and nobody is shown twice or left out when somebody new arrives meanwhile.
"""

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import InstrumentedAttribute

from lms.kernel import crypto
from lms.kernel.db import UtcDateTime

AFTER, BEFORE = "a", "b"
MOST_INT = 2**31 - 1
MANY = 1000
"""Further than this nobody counts for a page."""


@dataclass(frozen=True)
class Order:
    """What a list is sorted by: columns that are never empty, all in one direction, the last of them unique.

    `secret`: the columns hold names, so that a place in the list is sealed before it stands in an address.
    """

    columns: Sequence[InstrumentedAttribute[Any]]
    descending: bool = False
    secret: bool = False


@dataclass(frozen=True)
class Slice:
    """Rows of one page, and where the pages beside it begin; None at either end of the list.

    `total` is how many rows the whole list has, at most one more than `MANY`; None where nobody asked.
    """

    rows: list[Any]
    previous: str | None
    following: str | None
    total: int | None = None


def page_of(
    session: Session, wanted: sa.Select[Any], *, order: Order, at: str | None, size: int, count: bool = False
) -> Slice:
    """The page of `wanted` that begins at a place; one that is no place of this list is its beginning.

    `count`: the first page is counted in the same query, by looking ahead, which is cheap if `wanted` asks for ids
    alone; the other pages with one more.
    """
    place = _place_of(at, order) if at else None
    if place is None:
        seen, more = _rows(session, wanted, order=order, place=None, size=max(size, MANY) if count else size)
        total = min(len(seen) + more, MANY + 1) if count else None
        rows, more = seen[:size], more or len(seen) > size
        return Slice(rows, None, _mark(AFTER, rows[-1], order) if more else None, total)
    direction, values = place
    rows, more = _rows(session, wanted, order=order, place=place, size=size)
    if direction == BEFORE and not more:  # the beginning of the list: a whole page, not what is left over
        return page_of(session, wanted, order=order, at=None, size=size, count=count)
    total = _count(session, wanted) if count else None
    if direction == AFTER:
        back = _mark(BEFORE, rows[0], order) if rows else _written(BEFORE, values, order)
        return Slice(rows, back, _mark(AFTER, rows[-1], order) if more else None, total)
    return Slice(rows, _mark(BEFORE, rows[0], order), _mark(AFTER, rows[-1], order), total)


def portions(session: Session, wanted: sa.Select[Any], *, order: Order, size: int) -> Iterator[list[Any]]:
    """The whole list in order, so many rows at a time."""
    rows, more = _rows(session, wanted, order=order, place=None, size=size)
    while rows:
        yield rows
        if not more:
            return
        rows, more = _rows(session, wanted, order=order, place=(AFTER, _values(rows[-1], order)), size=size)


def _count(session: Session, wanted: sa.Select[Any]) -> int:
    some = wanted.with_only_columns(sa.literal(1).label("one")).order_by(None).limit(MANY + 1).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(some)) or 0


def _rows(
    session: Session, wanted: sa.Select[Any], *, order: Order, place: tuple[str, list[Any]] | None, size: int
) -> tuple[list[Any], bool]:
    backwards = place is not None and place[0] == BEFORE
    falling = order.descending is not backwards
    if place is not None:
        here = sa.tuple_(*order.columns)
        there = sa.tuple_(*(sa.literal(v, c.type) for v, c in zip(place[1], order.columns, strict=True)))
        wanted = wanted.where(here < there if falling else here > there)
    keys = [column.label(f"key_{n}") for n, column in enumerate(order.columns)]
    sorted_by = [column.desc() if falling else column.asc() for column in order.columns]
    rows = list(session.execute(wanted.add_columns(*keys).order_by(None).order_by(*sorted_by).limit(size + 1)).all())
    more = len(rows) > size
    rows = rows[:size]
    return (rows[::-1] if backwards else rows), more


def _mark(direction: str, row: sa.Row[Any], order: Order) -> str:
    return _written(direction, _values(row, order), order)


def _values(row: sa.Row[Any], order: Order) -> list[Any]:
    return [getattr(row, f"key_{n}") for n in range(len(order.columns))]


def _written(direction: str, values: list[Any], order: Order) -> str:
    text = json.dumps([direction, *(v.isoformat() if isinstance(v, date) else v for v in values)], ensure_ascii=False)
    return crypto.sealed(text) if order.secret else base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place_of(mark: str, order: Order) -> tuple[str, list[Any]] | None:
    try:
        padded = mark.encode() + b"=" * (-len(mark) % 4)
        text = crypto.unsealed(mark) if order.secret else base64.urlsafe_b64decode(padded).decode()
        direction, *written = json.loads(text or "")
        values = [_read(value, column.type) for value, column in zip(written, order.columns, strict=True)]
    except (ValueError, TypeError, OverflowError):
        return None
    return (direction, values) if direction in {AFTER, BEFORE} else None


def _read(value: object, kind: sa.types.TypeEngine[Any]) -> Any:
    if isinstance(kind, UtcDateTime):
        moment = datetime.fromisoformat(str(value))
        if moment.tzinfo is None:
            raise ValueError("naive datetime")
        return moment.astimezone(UTC)
    if isinstance(kind, sa.Date):
        return date.fromisoformat(str(value))
    if not isinstance(value, kind.python_type) or isinstance(value, bool):
        raise TypeError("not of this column")
    if isinstance(value, int) and abs(value) > MOST_INT:
        raise ValueError("no number of ours")
    if isinstance(value, str) and "\0" in value:
        raise ValueError("no text of ours")
    return value.encode().decode() if isinstance(value, str) else value
