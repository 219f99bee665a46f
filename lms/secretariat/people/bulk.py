"""Questions about what is done with many people: what it would mean for each, and what became of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.kernel.clock import tokyo_day
from lms.kernel.errors import NotFound
from lms.kernel.identity import SupporterId
from lms.memoranda.models import BatchItem, Memorandum
from lms.qualification import queries as qualification
from lms.qualification import services as qualification_services
from lms.qualification.rules import Why
from lms.secretariat.people.models import BulkAction, BulkTarget
from lms.secretariat.people.rules import UNDO_WITHIN, BulkKind, Outcome, Target, outcome_for
from lms.supporters.models import Mail, Supporter
from lms.supporters.rules import Wish

NAMED = 20


@dataclass(frozen=True)
class TargetRow:
    """One of the people meant, as the rules see them."""

    supporter_id: SupporterId
    memorandum_id: int | None
    target: Target


@dataclass(frozen=True)
class Named:
    """People of one outcome: how many, and the first of them by name; None is those whose turn has not come."""

    outcome: Outcome | None
    count: int
    first: list[tuple[SupporterId, str]]


def action_of(session: Session, action_id: int) -> BulkAction:
    """What was planned. Raises NotFound."""
    found = session.get(BulkAction, action_id, populate_existing=True)
    if found is None:
        raise NotFound("There is no such page.")
    return found


def targets(
    session: Session, action: BulkAction, *, now: datetime, only: Sequence[SupporterId] | None = None
) -> Iterator[TargetRow]:
    """The people meant, or some of them, as they stand now. One query."""
    on = tokyo_day(now)
    theirs = sa.select(sa.func.max(Memorandum.year)).where(Memorandum.supporter_id == BulkTarget.supporter_id)
    newest = theirs.correlate(BulkTarget).scalar_subquery()
    can_act: sa.ColumnElement[bool] = sa.false()
    if action.kind is BulkKind.REMIND:
        waits = qualification.missing_filter(session, Why.EXPERIENCE_WAITS, on=on)
        theirs_to_do = (qualification.missing_filter(session, why, on=on) for why in Why if why.is_theirs)
        can_act = sa.and_(sa.or_(*theirs_to_do), sa.not_(waits))
    begin, end = qualification_services.reminder_key("*", day=tokyo_day(now + UNDO_WITHIN)).split("*")
    reminded = sa.exists().where(Mail.key == begin + sa.cast(BulkTarget.supporter_id, sa.Text) + end)
    in_batch = sa.exists().where(BatchItem.memorandum_id == Memorandum.id, BatchItem.closed_at.is_(None))
    wanted = (
        sa.select(
            BulkTarget.supporter_id,
            Memorandum.id,
            Memorandum.state,
            in_batch,
            Supporter.address.is_not(None),
            sa.and_(Supporter.experience_declared, Supporter.wish == Wish.ACCOMPANY),
            Supporter.experience_confirmed_at.is_not(None),
            can_act,
            reminded,
        )
        .join(Supporter, Supporter.id == BulkTarget.supporter_id)
        .outerjoin(Memorandum, sa.and_(Memorandum.supporter_id == BulkTarget.supporter_id, Memorandum.year == newest))
        .where(BulkTarget.bulk_action_id == action.id)
        .order_by(BulkTarget.supporter_id)
    )
    if only is not None:
        wanted = wanted.where(BulkTarget.supporter_id.in_(only))
    for row in session.execute(wanted):
        supporter_id, memorandum_id, papers, *rest = row
        yield TargetRow(supporter_id, memorandum_id, Target(papers, *map(bool, rest)))


def preview(session: Session, action: BulkAction, *, now: datetime) -> list[Named]:
    """What would become of everybody if it were confirmed now. Two queries."""
    found = [(row.supporter_id, outcome_for(action.kind, row.target)) for row in targets(session, action, now=now)]
    return _named(session, found)


def result(session: Session, action: BulkAction) -> list[Named]:
    """What became of everybody. Two queries."""
    wanted = sa.select(BulkTarget.supporter_id, BulkTarget.outcome).where(BulkTarget.bulk_action_id == action.id)
    rows = session.execute(wanted.order_by(BulkTarget.supporter_id)).all()
    return _named(session, [(supporter_id, outcome) for supporter_id, outcome in rows])


def _named(session: Session, found: Sequence[tuple[SupporterId, Outcome | None]]) -> list[Named]:
    counts, first = Counter(outcome for _, outcome in found), dict[Outcome | None, list[SupporterId]]()
    for supporter_id, outcome in found:
        some = first.setdefault(outcome, [])
        if len(some) < NAMED:
            some.append(supporter_id)
    shown = [one for some in first.values() for one in some]
    wanted = sa.select(Supporter.id, Supporter.display_name).where(Supporter.id.in_(shown))
    names = {row.id: row.display_name for row in session.execute(wanted)}
    order: list[Outcome | None] = [*Outcome, None]
    return [
        Named(outcome, counts[outcome], [(one, names[one]) for one in first[outcome]])
        for outcome in order
        if outcome in counts
    ]


def batch_of(session: Session, action: BulkAction) -> int | None:
    """The batch that the action has made."""
    if action.kind is not BulkKind.BATCH:
        return None
    made = sa.select(BulkTarget.made["batch"].as_integer()).where(
        BulkTarget.bulk_action_id == action.id, BulkTarget.made["batch"].as_integer().is_not(None)
    )
    return session.scalar(made.limit(1))
