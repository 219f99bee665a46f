"""Whether a memorandum lies in an open batch, and leaving it: asked by every step that is taken with one alone."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from lms.kernel.errors import Conflict
from lms.kernel.history import record
from lms.kernel.identity import SupporterId
from lms.memoranda.models import Batch, BatchItem, Memorandum
from lms.memoranda.rules import BatchState


def open_place(session: Session, memorandum_id: int) -> tuple[BatchItem, Batch] | None:
    """Where a memorandum lies in a batch that is not over yet."""
    session.flush()
    wanted = (
        sa.select(BatchItem, Batch)
        .join(Batch, BatchItem.batch_id == Batch.id)
        .where(BatchItem.memorandum_id == memorandum_id, BatchItem.closed_at.is_(None))
    )
    found = session.execute(wanted).first()
    return None if found is None else (found[0], found[1])


def batch_of(session: Session, memorandum_id: int) -> int | None:
    """The number of the open batch that a memorandum lies in."""
    place = open_place(session, memorandum_id)
    return place[1].id if place else None


def refuse_in_batch(session: Session, memorandum: Memorandum) -> None:
    """Raises Conflict for a memorandum in an open batch: what is printed and posted with others goes on there."""
    if place := open_place(session, memorandum.id):
        raise _go_on_there(place[1])


def leave(session: Session, memorandum: Memorandum, *, by: SupporterId, now: datetime) -> None:
    """Leave a batch that is only chosen, if it lies in one. Raises Conflict once its papers were released."""
    if (place := open_place(session, memorandum.id)) is None:
        return
    item, batch = place
    if batch.state is not BatchState.CHOSEN:
        raise _go_on_there(batch)
    close(session, item, batch=batch, by=by, now=now)


def close(session: Session, item: BatchItem, *, batch: Batch, by: SupporterId, now: datetime) -> None:
    """Take an item out of its batch; whoever has the batch open is told."""
    item.taken_out, item.closed_at = True, now
    touch(batch)
    number = session.get_one(Memorandum, item.memorandum_id).number
    record(session, "batch.taken_out", by=by, subject=batch.id, now=now, memorandum=item.memorandum_id, number=number)


def touch(batch: Batch) -> None:
    """Count the batch's version up although only its items change: two people at it are to meet."""
    flag_modified(batch, "state")


def _go_on_there(batch: Batch) -> Conflict:
    return Conflict("This memorandum is in batch %(number)d. Go on there.", number=batch.id)
