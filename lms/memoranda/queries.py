"""Questions about memoranda."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.kernel.errors import NotFound
from lms.kernel.identity import SupporterId
from lms.memoranda.models import Memorandum, Posting
from lms.memoranda.rules import State
from lms.supporters.models import Supporter


@dataclass(frozen=True)
class MemorandumRow:
    """A memorandum as the secretariat's list shows it."""

    id: int
    number: str
    state: State
    supporter_id: SupporterId
    supporter_name: str
    network_id: str
    has_address: bool
    has_pack: bool
    due_at: datetime


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


def listed(session: Session, *, state: State | None = None) -> list[MemorandumRow]:
    """Memoranda of a state or all, the one due longest first. One query."""
    wanted = sa.select(Memorandum, Supporter).join(Supporter, Memorandum.supporter_id == Supporter.id)
    if state is not None:
        wanted = wanted.where(Memorandum.state == state)
    return [
        MemorandumRow(
            id=memo.id,
            number=memo.number,
            state=memo.state,
            supporter_id=person.id,
            supporter_name=person.display_name,
            network_id=person.network_id,
            has_address=person.postal_code is not None,
            has_pack=memo.pack_key is not None,
            due_at=memo.due_at,
        )
        for memo, person in session.execute(wanted.order_by(Memorandum.due_at, Memorandum.id))
    ]


def counts(session: Session) -> dict[State, int]:
    """How many memoranda stand in each state."""
    found = session.execute(sa.select(Memorandum.state, sa.func.count()).group_by(Memorandum.state))
    return dict.fromkeys(State, 0) | dict(found.all())
