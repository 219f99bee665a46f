"""Questions about batches."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.kernel.errors import NotFound
from lms.kernel.history import HistoryEntry, steps_of
from lms.kernel.identity import SupporterId
from lms.memoranda.models import Batch, BatchItem, Memorandum, Posting
from lms.memoranda.rules import BatchState, State
from lms.supporters.models import Supporter

PAGE = 50
AT_HOME = (State.DUE, State.PRINTED, State.POSTED)
"""While somebody's papers stand here, another envelope to the same address is worth a look."""


@dataclass(frozen=True)
class BatchRow:
    """A batch as the list shows it; `envelopes` without those that were taken out."""

    id: int
    state: BatchState
    made_at: datetime
    made_by: str
    envelopes: int
    posted_on: date | None


@dataclass(frozen=True)
class Place:
    """A memorandum in a batch with whoever it is for, and with its posting once it was posted."""

    item: BatchItem
    memorandum: Memorandum
    supporter: Supporter
    posting: Posting | None


def batch(session: Session, batch_id: int) -> Batch:
    """A batch. Raises NotFound."""
    found = session.get(Batch, batch_id)
    if found is None:
        raise NotFound("There is no such batch.")
    return found


def listed(session: Session, *, page: int) -> list[BatchRow]:
    """A page of the batches, the newest first. One query."""
    envelopes = (
        sa.select(sa.func.count()).where(BatchItem.batch_id == Batch.id, sa.not_(BatchItem.taken_out)).scalar_subquery()
    )
    wanted = (
        sa.select(Batch, Supporter.display_name, envelopes)
        .join(Supporter, Batch.made_by_id == Supporter.id)
        .order_by(Batch.id.desc())
    )
    return [
        BatchRow(found.id, found.state, found.made_at, name, count, found.posted_on)
        for found, name, count in session.execute(wanted.limit(PAGE).offset((page - 1) * PAGE))
    ]


def count(session: Session) -> int:
    """How many batches there are."""
    return session.scalar(sa.select(sa.func.count(Batch.id))) or 0


def places(session: Session, batch_id: int) -> list[Place]:
    """Everything in a batch that was not taken out, in the order of the envelopes. One query."""
    wanted = (
        sa.select(BatchItem, Memorandum, Supporter, Posting)
        .join(Memorandum, BatchItem.memorandum_id == Memorandum.id)
        .join(Supporter, Memorandum.supporter_id == Supporter.id)
        .outerjoin(Posting, sa.and_(Posting.memorandum_id == Memorandum.id, Posting.batch_id == BatchItem.batch_id))
        .where(BatchItem.batch_id == batch_id, sa.not_(BatchItem.taken_out))
        .order_by(BatchItem.position)
    )
    return [Place(item, memo, person, posting) for item, memo, person, posting in session.execute(wanted)]


def taken_out(session: Session, batch_id: int) -> list[Memorandum]:
    """What was taken out of a batch."""
    wanted = (
        sa.select(Memorandum)
        .join(BatchItem, BatchItem.memorandum_id == Memorandum.id)
        .where(BatchItem.batch_id == batch_id, BatchItem.taken_out)
        .order_by(BatchItem.position)
    )
    return list(session.scalars(wanted))


def _choosable() -> sa.Select[int]:
    """Memoranda that are due and in no open batch, the one due longest first."""
    in_batch = sa.exists().where(BatchItem.memorandum_id == Memorandum.id, BatchItem.closed_at.is_(None))
    return (
        sa.select(Memorandum.id)
        .where(Memorandum.state == State.DUE, sa.not_(in_batch))
        .order_by(Memorandum.due_at, Memorandum.id)
    )


def choosable(session: Session, *, most: int) -> list[int]:
    """So many memoranda that can be put into a batch and have an address, the one due longest first."""
    with_address = _choosable().join(Supporter, Memorandum.supporter_id == Supporter.id)
    return list(session.scalars(with_address.where(Supporter.postal_code.is_not(None)).limit(most)))


@dataclass(frozen=True)
class Waiting:
    """How many memoranda are due and in no batch: those that can be printed, and those without an address."""

    ready: int
    without_address: int


def waiting(session: Session) -> Waiting:
    """What could be put into a batch now. One query."""
    has_address = Supporter.postal_code.is_not(None)
    ready, without = sa.func.count().filter(has_address), sa.func.count().filter(sa.not_(has_address))
    counted = (
        _choosable()
        .join(Supporter, Memorandum.supporter_id == Supporter.id)
        .order_by(None)
        .with_only_columns(ready, without, maintain_column_froms=True)
    )
    return Waiting(*session.execute(counted).one())


def free_of(session: Session, memorandum_ids: Collection[int]) -> list[tuple[Memorandum, Supporter]]:
    """Of these, the memoranda that are due and in no open batch, each with whoever it is for."""
    wanted = sa.select(Memorandum, Supporter).join(Supporter, Memorandum.supporter_id == Supporter.id)
    free = wanted.where(Memorandum.id.in_(memorandum_ids), Memorandum.id.in_(_choosable().order_by(None)))
    return [(memo, person) for memo, person in session.execute(free)]


def addresses_at_home(session: Session) -> list[sa.Row[int, int, SupporterId, str | None, str | None]]:
    """Year, id and supporter of every memorandum whose papers are due or out, with the address. One query."""
    wanted = (
        sa.select(Memorandum.year, Memorandum.id, Supporter.id, Supporter.postal_code, Supporter.address)
        .join(Supporter, Memorandum.supporter_id == Supporter.id)
        .where(Memorandum.state.in_(AT_HOME), Supporter.postal_code.is_not(None))
        .order_by(Memorandum.id)
    )
    return list(session.execute(wanted))


def history(session: Session, batch_id: int) -> list[HistoryEntry]:
    """What happened to a batch, oldest first."""
    return steps_of(session, kind="batch", subject=batch_id)


def names_of(session: Session, people: Collection[SupporterId]) -> dict[SupporterId, str]:
    """What these people are called."""
    found = session.execute(sa.select(Supporter.id, Supporter.display_name).where(Supporter.id.in_(people)))
    return {each: name for each, name in found}  # noqa: C416 – rows are no pairs to the type checker
