"""Many processes at the same moment, on both databases: each thing happens once, and whoever comes second is told."""

import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from lms.kernel import clock
from lms.kernel.crypto import open_keyring
from lms.kernel.db import Database
from lms.kernel.errors import Conflict
from lms.kernel.settings import Settings
from lms.memoranda import services as papers
from lms.memoranda.batches import queries as batch_queries
from lms.memoranda.batches import services as batches
from lms.memoranda.batches.proof import proof
from lms.memoranda.models import Batch, BatchItem, Memorandum, Posting
from lms.memoranda.rules import BatchState, Service, Signing, State
from lms.qualification import renewal
from lms.qualification import services as qualification
from lms.supporters.models import Mail
from tests import make
from tests.conftest import load_content
from tests.invariants import check_papers

PROCESSES = 4
ROUNDS = 3
A_WHILE = 0.7


def accept(session, *, response, office):
    qualification.accept_response(session, response_id=response, by=office, now=clock.now())


def sweep(session):
    qualification.sweep(session, now=clock.now())


def settle(session, *, person):
    qualification.settle(session, supporter=person, by=None, now=clock.now())


def make_batch(session, *, chosen, office):
    batches.make(session, memorandum_ids=chosen, by=office, now=clock.now())


def post_batch(session, *, number, version, office):
    now = clock.now()
    batches.mark_posted(
        session, batch=batch_queries.batch(session, number), posted_on=clock.tokyo_day(now), service=Service.RECORDED,
        tracking={}, by=office, now=now, today=clock.tokyo_day(now), seen_version=version,
    )  # fmt: skip


def renew(session, *, people, office):
    assert renewal.renew(session, supporters=people, by=office, now=clock.now()) in {0, len(people)}


def run(url: str, home: Path, start: float, act, given) -> str:
    """In a process of its own: do it at the agreed moment, in one transaction."""
    open_keyring(Settings(home=home))
    database = Database(url)
    time.sleep(max(0.0, start - time.time()))
    try:
        with database.write() as session:
            act(session, **given)
    except (Conflict, sa.orm.exc.StaleDataError):
        return "told"
    else:
        return "done"
    finally:
        database.engine.dispose()


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(time.sleep, [A_WHILE] * PROCESSES))  # each has started and read its modules
        yield pool


@pytest.fixture
def at_once(database, pool, tmp_path):
    """`at_once((act, {…}), …)`: all of them at the same moment, each in a process of its own; how it ended for each."""
    open_keyring(Settings(home=tmp_path))
    load_content(database)
    url = database.engine.url.render_as_string(hide_password=False)

    def race(*acts) -> list[str]:
        start = time.time() + A_WHILE
        return [r.result() for r in [pool.submit(run, url, tmp_path, start, act, given) for act, given in acts]]

    return race


def people_with_one_answer_to_read(database, number):
    with database.session(write=True) as session:
        office = make.secretariat(session)
        people, waiting = [], []
        for _ in range(number):
            person = make.supporter(session)
            make.address(session, person)
            make.accepted(session, person, make.BASIC[:4], by=office)
            people.append(person.id)
            waiting.append(make.response(session, person, "basic-5").id)
    return office.id, people, waiting


def people_with_papers(database, number, *, at=None):
    """The office and memoranda that are due, their papers made."""
    with database.session(write=True) as session:
        office = make.secretariat(session)
        for _ in range(number):
            person = make.supporter(session, participation=make.Participation.EXPERIENCED)
            make.address(session, person)
            qualification.confirm_experience(session, supporter=person.id, by=office.id, now=at or clock.now())
        session.execute(sa.update(Memorandum).values(pack_key="packs/none", pack_sha256="0" * 64))
        session.commit()
        return office.id, list(session.scalars(sa.select(Memorandum.id)))


def check(database):
    with database.read() as session:
        check_papers(session)


def count(database, what, *where):
    with database.read() as session:
        return session.scalar(sa.select(sa.func.count(what.id)).where(*where))


def test_processes_that_accept_sweep_and_settle_make_one_memorandum_each(database, at_once):
    office, people, waiting = people_with_one_answer_to_read(database, ROUNDS)

    for person, response in zip(people, waiting, strict=True):
        accepting = (accept, {"response": response, "office": office})
        outcomes = at_once(accepting, (sweep, {}), (settle, {"person": person}), accepting)

        assert [outcomes[0], outcomes[3]].count("told") == 1
        check(database)

    assert count(database, Memorandum) == ROUNDS
    assert count(database, Mail, Mail.message == "memorandum-due") == ROUNDS


def test_a_memorandum_that_several_choose_at_the_same_moment_lies_in_one_batch(database, at_once):
    office, memoranda = people_with_papers(database, 12)
    halves = (memoranda[:8], memoranda[4:], memoranda, memoranda[::2])

    outcomes = at_once(*((make_batch, {"chosen": chosen, "office": office}) for chosen in halves))

    assert "done" in outcomes
    with database.read() as session:
        placed = Counter(session.scalars(sa.select(BatchItem.memorandum_id).where(BatchItem.closed_at.is_(None))))
        empty = sa.select(Batch.id).where(Batch.id.not_in(sa.select(BatchItem.batch_id)))
        assert session.scalars(empty).all() == []
    # Whoever was second at some envelopes may have taken the others: nobody's choice is lost, nothing is chosen twice.
    assert set(placed.values()) == {1}
    check(database)


def test_a_batch_that_several_post_at_the_same_moment_is_posted_once(database, at_once):
    office, memoranda = people_with_papers(database, 6)
    now = clock.now()
    with database.write() as session:
        batch = batches.make(session, memorandum_ids=memoranda, by=office, now=now)
        for envelope in proof(session, batch):
            keys = [finding.key for finding in envelope.open]
            batches.accept_finding(session, batch=batch, memorandum_id=envelope.memorandum.id, keys=keys, by=office, now=now)  # fmt: skip
        session.flush()
        batches.release(session, batch=batch, service=Service.RECORDED, by=office, now=now, today=clock.tokyo_day(now), seen_version=batch.version)  # fmt: skip
        batch.pdf_keys = ["batches/none"]
        session.flush()
        batches.mark_printed(session, batch=batch, by=office, now=now, seen_version=batch.version)
        session.flush()
        number, version = batch.id, batch.version

    outcomes = at_once(*[(post_batch, {"number": number, "version": version, "office": office})] * PROCESSES)

    assert sorted(outcomes) == ["done", *["told"] * (PROCESSES - 1)]
    assert count(database, Posting) == len(memoranda)
    assert count(database, Mail, Mail.message == "memorandum-posted") == len(memoranda)
    assert count(database, Batch, Batch.state == BatchState.POSTED) == 1
    check(database)


def test_the_new_year_pressed_by_several_makes_each_memorandum_due_once(database, at_once):
    office, memoranda = people_with_papers(database, 6, at=clock.now() - timedelta(days=366))
    with database.session(write=True) as session:
        people = []
        for memo in session.scalars(sa.select(Memorandum)):
            people.append(memo.supporter_id)
            go_through(session, memo, office=office)
        session.commit()

    outcomes = at_once(*[(renew, {"people": people, "office": office})] * PROCESSES)

    assert outcomes == ["done"] * PROCESSES
    assert count(database, Memorandum, Memorandum.state == State.DUE) == len(memoranda)
    check(database)


def go_through(session, memo, *, office):
    """From due to complete, with papers whose bytes do not matter."""
    then = memo.due_at
    day = clock.tokyo_day(then)
    step = {"memorandum": memo, "by": office, "now": then}
    papers.mark_printed(session, **step)
    papers.mark_posted(session, **step, posted_on=day, service=Service.LETTER, tracking=None, today=day)
    papers.mark_returned(session, **step, returned_on=day, signing=Signing.SIGNED, today=day)
    papers.mark_checked(session, **step, memorandum_right=True, bank_form_right=True)
    papers.complete(session, **step)
