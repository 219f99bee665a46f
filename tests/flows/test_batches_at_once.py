"""Two secretaries at the same moment, on each kind of database: nothing is chosen, released or posted twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from sqlalchemy.orm.exc import StaleDataError

from lms.kernel.errors import DomainError
from lms.memoranda.batches import queries, services
from lms.memoranda.models import Batch, BatchItem, Posting
from lms.memoranda.rules import BatchState, Service
from lms.supporters.models import Mail
from tests import make
from tests.batches import due, today
from tests.conftest import load_content

PEOPLE = 6


def together(database, *acts):
    """What came of acts that were begun at one moment, each in a transaction of its own: "done" or the refusal."""
    start = Barrier(len(acts))

    def run(act):
        start.wait()
        try:
            with database.write() as session:
                act(session)
        except (DomainError, StaleDataError) as refusal:
            return type(refusal).__name__
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


@pytest.fixture
def begun(app, database):
    """Two secretaries and memoranda that are due: ids only, because each thread has its own session."""
    load_content(database)
    with database.session(write=True) as session:
        people = [make.secretariat(session).id for _ in range(2)]
        return people, [memo.id for memo in due(session, PEOPLE)]


def test_a_memorandum_is_chosen_by_one_of_two(database, begun):
    people, memos = begun

    def choose(by):
        return lambda session: services.make(session, memorandum_ids=memos, by=by, now=make.now())

    outcomes = together(database, *(choose(by) for by in people))

    with database.read() as session:
        chosen = list(session.scalars(sa.select(BatchItem.memorandum_id).where(BatchItem.closed_at.is_(None))))
    assert sorted(chosen) == memos
    assert outcomes == ["Conflict", "done"]


def test_a_batch_is_released_printed_and_posted_by_one_of_two(database, begun):
    people, memos = begun
    with database.write() as session:
        number = services.make(session, memorandum_ids=memos, by=people[0], now=make.now()).id

    def each(step, **given):
        with database.read() as session:
            seen = queries.batch(session, number).version

        def act(by):
            return lambda session: step(
                session, batch=queries.batch(session, number), by=by, now=make.now(), seen_version=seen, **given
            )

        return together(database, *(act(by) for by in people))

    released = each(services.release, service=Service.RECORDED, today=today())
    with database.write() as session:
        session.execute(sa.update(Batch).values(pdf_keys=["none"]))
    printed = each(services.mark_printed)
    posted = each(services.mark_posted, service=Service.RECORDED, tracking={}, posted_on=today(), today=today())

    with database.read() as session:
        mails = session.scalar(sa.select(sa.func.count(Mail.id)).where(Mail.message == "memorandum-posted"))
        postings = list(session.scalars(sa.select(Posting.memorandum_id)))
        state = queries.batch(session, number).state
    assert [released, printed, posted] == [["Conflict", "done"]] * 3
    assert (sorted(postings), mails, state) == (memos, PEOPLE, BatchState.POSTED)
