"""What must hold of everybody's papers at every moment, however things went."""

from collections import Counter
from itertools import pairwise

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.kernel.history import HistoryEntry
from lms.memoranda import rules
from lms.memoranda.models import Batch, BatchItem, Memorandum, Posting
from lms.memoranda.rules import BatchState, PostingKind, State
from lms.qualification.models import Qualification
from lms.supporters.models import Mail

STATES = {f"memorandum.{state.value}": state for state in State}


def check_papers(session: Session) -> None:
    """Never two memoranda, never two mails of one thing, never a posted one without its record, each step once."""
    memoranda = session.scalars(sa.select(Memorandum)).all()
    assert _twice((memo.supporter_id, memo.year) for memo in memoranda) == []
    assert _twice(session.scalars(sa.select(Qualification.supporter_id))) == []
    assert {memo.supporter_id for memo in memoranda} <= set(session.scalars(sa.select(Qualification.supporter_id)))
    steps: dict[int, list[HistoryEntry]] = {memo.id: [] for memo in memoranda}
    for entry in session.scalars(
        sa.select(HistoryEntry).where(HistoryEntry.subject_kind == "memorandum").order_by(HistoryEntry.id)
    ):
        steps[entry.subject_id].append(entry)
    postings: dict[int, list[int]] = {memo.id: [] for memo in memoranda}
    for posting in session.scalars(sa.select(Posting).where(Posting.kind == PostingKind.PACK).order_by(Posting.id)):
        postings[posting.memorandum_id].append(posting.id)
    for memo in memoranda:
        _check_path(memo, _path(steps[memo.id]))
        told = [e.facts["posting"] for e in steps[memo.id] if e.step == "memorandum.posted" and "posting" in e.facts]
        assert told == postings[memo.id], f"{memo.number}: postings and their record"
        assert memo.posting_id in {None, *postings[memo.id][-1:]}
    mails = session.scalars(sa.select(Mail.key).where(Mail.message == "memorandum-posted")).all()
    assert sorted(mails, key=str) == sorted((f"posted:{p}" for own in postings.values() for p in own), key=str)
    due = session.scalars(sa.select(Mail.key).where(Mail.message.in_(("memorandum-due", "memorandum-again")))).all()
    assert sorted(due, key=str) == sorted((f"due:{memo.id}" for memo in memoranda), key=str)
    _check_batches(session, {memo.id: memo for memo in memoranda})


def _path(steps: list[HistoryEntry]) -> list[State]:
    """The states that were gone through; a return that was entered by mistake is gone back over."""
    path: list[State] = []
    for entry in steps:
        if entry.step == "memorandum.return_undone":
            while path[-1] in {State.RETURNED, State.CHECKED}:
                path.pop()
        elif entry.step in STATES:
            path.append(STATES[entry.step])
    return path


def _check_path(memo: Memorandum, path: list[State]) -> None:
    assert path[:1] == [State.DUE], f"{memo.number}: {path}"
    assert path[-1] is memo.state, f"{memo.number} is {memo.state}: {path}"
    wrong = [(one, next_) for one, next_ in pairwise(path) if next_ not in rules.NEXT[one]]
    assert wrong == [], f"{memo.number}: {path}"


def _check_batches(session: Session, memoranda: dict[int, Memorandum]) -> None:
    in_batches = sa.select(Posting.batch_id, Posting.memorandum_id).where(Posting.batch_id.is_not(None))
    posted_in = Counter(tuple(row) for row in session.execute(in_batches))
    rows = session.execute(sa.select(BatchItem, Batch).join(Batch, BatchItem.batch_id == Batch.id)).all()
    expected: Counter[tuple[int, int]] = Counter()
    for item, batch in rows:
        memo = memoranda[item.memorandum_id]
        is_open = batch.state in rules.OPEN_BATCH and not item.taken_out
        assert (item.closed_at is None) == is_open, f"batch {batch.id}, {memo.number}"
        if batch.state is BatchState.POSTED and not item.taken_out:
            expected[batch.id, memo.id] += 1
        if is_open and batch.state is BatchState.PRINTED:
            assert memo.state is State.PRINTED, f"batch {batch.id}, {memo.number} is {memo.state}"
    assert posted_in == expected


def _twice(things) -> list:
    return [thing for thing, number in Counter(things).items() if number > 1]
