"""Doing one thing with many people: planned, looked at, confirmed once, carried out in portions, undone exactly."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.kernel.errors import Conflict, DomainError
from lms.kernel.history import HistoryEntry, record
from lms.kernel.identity import SupporterId
from lms.kernel.work import owe
from lms.memoranda import queries as memoranda
from lms.memoranda import services as papers
from lms.memoranda.batches import services as batches
from lms.memoranda.models import Batch, BatchItem, Memorandum
from lms.memoranda.rules import BatchState, State
from lms.qualification import services as qualification
from lms.secretariat.people.bulk import action_of, targets
from lms.secretariat.people.models import BulkAction, BulkTarget
from lms.secretariat.people.rules import UNDO_WITHIN, BulkKind, Outcome, may_undo, outcome_for
from lms.supporters.models import Mail

CARRY_ON = "people.carry_on"
FORGET = "people.forget_plans"
PLAN_LASTS = timedelta(days=1)
PORTION = 100
"""So many people are dealt with in one transaction: nobody else waits longer than that for the database."""


def plan(
    session: Session,
    *,
    kind: BulkKind,
    people: Sequence[SupporterId] | sa.Select[SupporterId],
    filters: dict[str, str],
    reason: str,
    by: SupporterId,
    now: datetime,
) -> BulkAction:
    """Note what is wanted and with whom; nothing is done yet."""
    action = BulkAction(kind=kind, by_id=by, planned_at=now, filters=filters, reason=reason)
    session.add(action)
    session.flush()
    if isinstance(people, sa.Select):
        found = people.subquery()
        rows = sa.select(sa.literal(action.id), found.c.id, sa.literal({}, sa.JSON))
        session.execute(sa.insert(BulkTarget).from_select(["bulk_action_id", "supporter_id", "made"], rows))
    else:
        session.add_all(BulkTarget(bulk_action_id=action.id, supporter_id=one, made={}) for one in set(people))
    session.flush()
    return action


def confirm(session: Session, *, action_id: int, by: SupporterId, now: datetime) -> bool:
    """Do what was planned, with those with whom it can be done now; again changes nothing. False if it was again.

    The first people at once, the others by the worker.
    """
    free = sa.update(BulkAction).where(BulkAction.id == action_id, BulkAction.confirmed_at.is_(None))
    if session.scalar(free.values(confirmed_at=now, confirmed_by_id=by).returning(BulkAction.id)) is None:
        action_of(session, action_id)
        return False
    action = action_of(session, action_id)
    how_many = session.scalar(sa.select(sa.func.count()).where(BulkTarget.bulk_action_id == action_id))
    record(
        session,
        "bulk.confirmed",
        by=by,
        subject=action_id,
        now=now,
        kind=action.kind.value,
        people=how_many,
        filters=action.filters,
    )
    _begin(session, action, key=f"bulk:{action_id}", now=now)
    return True


def forget_plans(session: Session, *, now: datetime) -> int:
    """Forget what was looked at and never confirmed, a day after it was planned; how many plans that were."""
    old = sa.select(BulkAction.id).where(BulkAction.confirmed_at.is_(None), BulkAction.planned_at < now - PLAN_LASTS)
    ids = session.scalars(old).all()
    session.execute(sa.delete(BulkTarget).where(BulkTarget.bulk_action_id.in_(ids)))
    session.execute(sa.delete(BulkAction).where(BulkAction.id.in_(ids)))
    return len(ids)


def undo(session: Session, *, action_id: int, by: SupporterId, now: datetime) -> bool:
    """Take back what this action did, and nothing else; again changes nothing. False if it was again.

    Raises Conflict when there is nothing left that could be taken back.
    """
    action = action_of(session, action_id)
    if action.confirmed_at is None or not may_undo(action.kind, confirmed_at=action.confirmed_at, now=now):
        raise Conflict("This can no longer be undone.")
    free = sa.update(BulkAction).where(BulkAction.id == action_id, BulkAction.undone_at.is_(None))
    if session.scalar(free.values(undone_at=now, undone_by_id=by).returning(BulkAction.id)) is None:
        return False
    # Whose turn had not come is left alone from here on.
    to_come = sa.update(BulkTarget).where(BulkTarget.bulk_action_id == action_id, BulkTarget.outcome.is_(None))
    session.execute(to_come.values(outcome=Outcome.UNDONE))
    record(session, "bulk.undone", by=by, subject=action_id, now=now, kind=action.kind.value)
    _begin(session, action, key=f"bulk:{action_id}:undo", now=now)
    return True


def _begin(session: Session, action: BulkAction, *, key: str, now: datetime) -> None:
    if carry_on(session, action_id=action.id, now=now):
        owe(session, CARRY_ON, key=key, now=now, action_id=action.id)


def carry_on(session: Session, *, action_id: int, now: datetime) -> bool:
    """Deal with the next portion of people; True if there are more. It may run twice: each has their turn once."""
    session.flush()
    action = session.scalar(
        sa.select(BulkAction)
        .where(BulkAction.id == action_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    assert action is not None
    wanted = BulkTarget.outcome.is_(None) if action.undone_at is None else BulkTarget.outcome == Outcome.DONE
    limit = None if action.kind is BulkKind.BATCH else PORTION
    turn = sa.select(BulkTarget).where(BulkTarget.bulk_action_id == action_id, wanted)
    found = session.scalars(turn.order_by(BulkTarget.supporter_id).limit(limit)).all()
    if found and action.undone_at is None:
        _do(session, action, found, now=now)
    elif found:
        _undo(session, action, found, now=now)
    session.flush()
    return limit is not None and len(found) == limit


def _do(session: Session, action: BulkAction, found: Sequence[BulkTarget], *, now: datetime) -> None:
    assert action.confirmed_by_id is not None
    by, memos, whose = action.confirmed_by_id, {}, {target.supporter_id: target for target in found}
    # A batch is made with everybody at once, who may be more than the parameters a statement may have.
    only = None if action.kind is BulkKind.BATCH else list(whose)
    for row in targets(session, action, now=now, only=only):
        memos[row.supporter_id] = row.memorandum_id
        whose[row.supporter_id].outcome = outcome_for(action.kind, row.target)
    able = [target for target in found if target.outcome is Outcome.DONE]
    if action.kind is BulkKind.BATCH:
        if able:
            ids = [memos[target.supporter_id] or 0 for target in able]
            batch = batches.make(session, memorandum_ids=ids, by=by, now=now)
            inside = set(session.scalars(sa.select(BatchItem.memorandum_id).where(BatchItem.batch_id == batch.id)))
            for target in able:
                target.made = {"batch": batch.id}
                if memos[target.supporter_id] not in inside:  # somebody else was choosing it at this moment
                    target.outcome, target.made = Outcome.IN_BATCH, {}
        return
    for target in able:
        _do_one(session, action, target, memorandum_id=memos[target.supporter_id], by=by, now=now)


def _do_one(
    session: Session,
    action: BulkAction,
    target: BulkTarget,
    *,
    memorandum_id: int | None,
    by: SupporterId,
    now: datetime,
) -> None:
    match action.kind:
        case BulkKind.REMIND:
            assert action.confirmed_at is not None
            run_at = action.confirmed_at + UNDO_WITHIN
            if qualification.owe_reminder(session, supporter=target.supporter_id, now=now, run_at=run_at):
                theirs = sa.and_(Mail.supporter_id == target.supporter_id, Mail.message == qualification.REMINDER)
                target.made = {"mail": session.scalar(sa.select(sa.func.max(Mail.id)).where(theirs))}
            else:
                target.outcome = Outcome.NOTHING_MISSING
        case BulkKind.CONFIRM:
            qualification.confirm_experience(session, supporter=target.supporter_id, by=by, now=now)
        case BulkKind.HOLD | BulkKind.LET_GO:
            memo = memoranda.memorandum(session, memorandum_id or 0)
            before = memo.aside_reason
            if action.kind is BulkKind.HOLD:
                papers.hold(session, memorandum=memo, reason=action.reason, by=by, now=now)
            else:
                papers.let_go(session, memorandum=memo, by=by, now=now)
            target.made = {"memorandum": memo.id, "step": _last_step(session, memo.id), "reason": before}


def _undo(session: Session, action: BulkAction, found: Sequence[BulkTarget], *, now: datetime) -> None:
    assert action.undone_by_id is not None
    by = action.undone_by_id
    if action.kind is BulkKind.BATCH:
        outcome = _undo_batch(session, found[0].made["batch"], by=by, now=now)
        for target in found:
            target.outcome = outcome
        return
    ways: dict[BulkKind, Callable[[BulkTarget], bool]] = {
        BulkKind.REMIND: lambda target: _call_off(session, target.made["mail"], now=now),
        BulkKind.HOLD: lambda target: _reverse(session, target.made, held=True, by=by, now=now),
        BulkKind.LET_GO: lambda target: _reverse(session, target.made, held=False, by=by, now=now),
    }
    otherwise = Outcome.TOO_LATE if action.kind is BulkKind.REMIND else Outcome.CHANGED_SINCE
    for target in found:
        target.outcome = Outcome.UNDONE if ways[action.kind](target) else otherwise


def _undo_batch(session: Session, batch_id: int, *, by: SupporterId, now: datetime) -> Outcome:
    batch = session.get_one(Batch, batch_id)
    if batch.state is not BatchState.CHOSEN:
        return Outcome.TOO_LATE
    batches.cancel(session, batch=batch, by=by, now=now, seen_version=batch.version)
    return Outcome.UNDONE


def _call_off(session: Session, mail_id: int, *, now: datetime) -> bool:
    """Mark a mail as called off, unless it has gone out; without its key, so that it can be owed again today."""
    waits = sa.update(Mail).where(
        Mail.id == mail_id, Mail.sent_at.is_(None), Mail.begun_at.is_(None), Mail.called_off_at.is_(None)
    )
    return session.scalar(waits.values(called_off_at=now, key=None).returning(Mail.id)) is not None


def _reverse(session: Session, made: dict[str, Any], *, held: bool, by: SupporterId, now: datetime) -> bool:
    """Put papers back to where they stood, if nothing has happened to them since."""
    memo = session.get_one(Memorandum, made["memorandum"])
    if _last_step(session, memo.id) != made["step"] or memo.state is not (State.HELD if held else State.DUE):
        return False
    try:
        if held:
            papers.let_go(session, memorandum=memo, by=by, now=now)
        else:
            papers.hold(session, memorandum=memo, reason=made["reason"], by=by, now=now)
    except DomainError:
        return False
    return True


def _last_step(session: Session, memorandum_id: int) -> int | None:
    session.flush()
    of_it = (HistoryEntry.subject_kind == "memorandum", HistoryEntry.subject_id == memorandum_id)
    return session.scalar(sa.select(sa.func.max(HistoryEntry.id)).where(*of_it))
