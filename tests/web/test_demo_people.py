"""The demo's people show every page with something on it."""

import sqlalchemy as sa

from lms.demo import people
from lms.kernel.clock import tokyo_day
from lms.memoranda.batches.proof import proof
from lms.memoranda.models import Batch, Memorandum
from lms.memoranda.returns import queries as returns
from lms.memoranda.rules import BatchState, State
from lms.qualification import renewal
from lms.supporters.models import Mail, MailFailure, Supporter
from tests import make
from tests.invariants import check_papers


def test_the_demo_has_papers_in_every_state_and_something_of_everything_that_can_go_wrong(session, house):
    now = make.moment("2026-11-22 12:00")

    people.fill(session, house=house, now=now)
    session.commit()

    check_papers(session)
    assert set(session.scalars(sa.select(Memorandum.state))) == set(State)
    batches = session.scalars(sa.select(Batch).order_by(Batch.id)).all()
    assert [batch.state for batch in batches] == [BatchState.POSTED, BatchState.CHOSEN]
    assert all(envelope.open for envelope in proof(session, batches[1]))
    assert len(returns.overdue(session, on=tokyo_day(now))) == 1
    failed = session.execute(sa.select(Mail.message, Mail.failure).where(Mail.failure.is_not(None)).order_by(Mail.id))
    assert sorted(map(tuple, failed)) == [
        ("memorandum-posted", MailFailure.UNSURE), ("registered", MailFailure.REFUSED),
    ]  # fmt: skip
    assert [one.name for one in renewal.candidates(session, on=tokyo_day(now))] == ["見本 継続"]

    before = session.scalar(sa.select(sa.func.count(Supporter.id)))
    people.fill(session, house=house, now=now)
    assert session.scalar(sa.select(sa.func.count(Supporter.id))) == before
