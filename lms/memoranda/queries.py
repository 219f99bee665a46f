"""Questions about memoranda."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.kernel.errors import NotFound
from lms.kernel.identity import SupporterId
from lms.kernel.keyset import Order, Slice, page_of
from lms.memoranda.models import BatchItem, Memorandum, Posting
from lms.memoranda.rules import Service, State, number_of
from lms.supporters.models import Supporter

PAGE = 50
OLDEST_FIRST = Order((Memorandum.due_at, Memorandum.id))


@dataclass(frozen=True)
class MemorandumRow:
    """A memorandum as the secretariat's list shows it, with its open batch and the newest posting."""

    id: int
    year: int
    state: State
    supporter_id: SupporterId
    supporter_name: str
    network_id: str
    has_address: bool
    has_pack: bool
    due_at: datetime
    batch_id: int | None
    printed_at: datetime | None
    posted_on: date | None
    service: Service | None
    tracking: str | None
    returned_on: date | None
    completed_at: datetime | None

    @property
    def number(self) -> str:
        """The document number on every sheet."""
        return number_of(self.year, self.id)

    @property
    def can_be_chosen(self) -> bool:
        """Whether it can be put into a batch now."""
        return self.state is State.DUE and self.has_address and self.batch_id is None


def memorandum(session: Session, memorandum_id: int) -> Memorandum:
    """A memorandum. Raises NotFound."""
    found = session.get(Memorandum, memorandum_id)
    if found is None:
        raise NotFound("There is no such memorandum.")
    return found


def of_supporter(session: Session, supporter: SupporterId) -> list[Memorandum]:
    """Somebody's memoranda, the newest first."""
    wanted = sa.select(Memorandum).where(Memorandum.supporter_id == supporter)
    return list(session.scalars(wanted.order_by(Memorandum.year.desc())))


def postings(session: Session, memorandum_id: int) -> list[Posting]:
    """The times the papers went out, oldest first."""
    return list(session.scalars(sa.select(Posting).where(Posting.memorandum_id == memorandum_id).order_by(Posting.id)))


def listed(session: Session, *, state: State | None = None, year: int | None = None, at: str | None = None) -> Slice:
    """A page of memoranda of a state, of a year, or all: the one due longest first. One query."""
    found = page_of(session, _listed(state, year), order=OLDEST_FIRST, at=at, size=PAGE)
    return replace(found, rows=[_row(row) for row in found.rows])


def everything_listed(session: Session, *, state: State | None, year: int | None) -> Iterator[MemorandumRow]:
    """The same list from beginning to end, row after row."""
    rows = session.execute(_listed(state, year).order_by(*OLDEST_FIRST.columns).execution_options(yield_per=500))
    return (_row(row) for row in rows)


def _listed(state: State | None, year: int | None) -> sa.Select[*tuple[Any, ...]]:
    wanted = (
        sa.select(
            Memorandum.id, Memorandum.year, Memorandum.state, Memorandum.supporter_id,
            Supporter.display_name, Supporter.network_id, Supporter.postal_code.is_not(None),
            Memorandum.pack_key.is_not(None), Memorandum.due_at, BatchItem.batch_id, Memorandum.printed_at,
            Posting.posted_on, Posting.service, Posting.tracking, Memorandum.returned_on, Memorandum.completed_at,
        )
        .join(Supporter, Memorandum.supporter_id == Supporter.id)
        .outerjoin(Posting, Memorandum.posting_id == Posting.id)
        .outerjoin(BatchItem, sa.and_(BatchItem.memorandum_id == Memorandum.id, BatchItem.closed_at.is_(None)))
    )  # fmt: skip
    if state is not None:
        wanted = wanted.where(Memorandum.state == state)
    return wanted if year is None else wanted.where(Memorandum.year == year)


def _row(row: sa.Row[Any]) -> MemorandumRow:
    return MemorandumRow(*tuple(row)[:16])


def years(session: Session) -> list[int]:
    """The fiscal years in which there are memoranda, the newest first."""
    return list(session.scalars(sa.select(Memorandum.year).distinct().order_by(Memorandum.year.desc())))


def counts(session: Session, *, year: int | None = None) -> dict[State, int]:
    """How many memoranda stand in each state, of a year or of all."""
    wanted = sa.select(Memorandum.state, sa.func.count()).group_by(Memorandum.state)
    found = session.execute(wanted if year is None else wanted.where(Memorandum.year == year))
    return dict.fromkeys(State, 0) | dict(found.all())
