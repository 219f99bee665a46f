"""A memorandum is due once, whoever triggers it and however often; owed work is done by one worker at a time."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from lms.kernel import clock
from lms.kernel.crypto import open_keyring
from lms.kernel.errors import Conflict
from lms.kernel.history import HistoryEntry
from lms.kernel.settings import Settings
from lms.kernel.work import Lane, OwedWork, claim, finish, owe, owe_again, put_back
from lms.memoranda.models import Memorandum
from lms.qualification import services as qualification
from lms.qualification.models import Qualification
from lms.supporters.models import Mail
from tests import make
from tests.conftest import load_content

THREADS = 20


@pytest.fixture(autouse=True)
def keyring(tmp_path):
    open_keyring(Settings(home=tmp_path))


def test_twenty_threads_that_accept_sweep_and_settle_make_one_memorandum(database):
    load_content(database)
    with database.session(write=True) as session:
        office, person = make.secretariat(session), make.supporter(session)
        make.address(session, person)
        make.accepted(session, person, make.BASIC[:4], by=office)
        last = make.response(session, person, "basic-5")
    together = threading.Barrier(THREADS)

    def accept() -> None:
        with database.write() as session:
            qualification.accept_response(session, response_id=last.id, by=office.id, now=clock.now())

    def sweep() -> None:
        with database.write() as session:
            qualification.sweep(session, now=clock.now())

    def settle() -> None:
        with database.write() as session:
            qualification.settle(session, supporter=person.id, by=None, now=clock.now())

    def run(number: int) -> str:
        together.wait()
        try:
            (accept, sweep, settle)[number % 3]()
        except (Conflict, sa.orm.exc.StaleDataError):  # somebody else accepted it first: they are told so
            return "refused"
        return "done"

    with ThreadPoolExecutor(THREADS) as pool:
        outcomes = list(pool.map(run, range(THREADS)))

    with database.read() as session:
        assert session.scalar(sa.select(sa.func.count(Memorandum.id))) == 1
        assert session.scalar(sa.select(sa.func.count(Qualification.id))) == 1
        mails = sa.select(sa.func.count(Mail.id)).where(Mail.message == "memorandum-due")
        assert session.scalar(mails) == 1
        steps = sa.select(HistoryEntry.step).where(HistoryEntry.subject_kind == "memorandum")
        assert session.scalars(steps).all() == ["memorandum.due"]
        packs = sa.select(sa.func.count(OwedWork.id)).where(OwedWork.task == "memoranda.render_pack")
        assert session.scalar(packs) == 1
    assert outcomes.count("refused") == len(range(0, THREADS, 3)) - 1


def _accept(database, office, together, number):
    together.wait()
    with database.write() as session:
        qualification.accept_response(session, response_id=number, by=office, now=clock.now())


def test_the_last_two_answers_accepted_at_the_same_moment_qualify_their_writer(database):
    load_content(database)
    for _ in range(5):
        with database.session(write=True) as session:
            office, person = make.secretariat(session), make.supporter(session)
            make.accepted(session, person, make.BASIC[:3], by=office)
            last = [make.response(session, person, code).id for code in make.BASIC[3:]]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(partial(_accept, database, office.id, threading.Barrier(2)), last))

        with database.read() as session:
            mine = sa.select(sa.func.count(Memorandum.id)).where(Memorandum.supporter_id == person.id)
            assert session.scalar(mine) == 1


def test_a_second_memorandum_for_the_same_person_and_year_is_impossible(database):
    load_content(database)
    with database.session(write=True) as session:
        person = make.supporter(session)

    def insert() -> None:
        with database.write() as session:
            programme = session.scalar(sa.text("SELECT min(id) FROM programme"))
            session.add(
                Memorandum(
                    supporter_id=person.id,
                    programme_id=programme,
                    year=2026,
                    route="course",
                    state="due",
                    due_at=clock.now(),
                )
            )

    insert()
    with pytest.raises(sa.exc.IntegrityError):
        insert()


def test_three_workers_share_two_hundred_rows_and_each_row_is_done_once(database):
    with database.write() as session:
        for number in range(200):
            owe(session, "count", key=f"count:{number}", now=clock.now())
    done: list[int] = []

    def work(owner: int) -> None:
        while (
            job := claim(database, lane=Lane.QUICK, owner=f"w{owner}", lease=timedelta(minutes=1), now=clock.now())
        ) is not None:
            done.append(job.id)
            finish(job, now=clock.now())

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    while len(done) < 200:  # on PostgreSQL a claim may have skipped a row that another held
        work(9)

    assert sorted(done) == sorted(set(done))
    assert len(done) == 200


def test_a_row_is_claimed_again_only_when_its_lease_has_run_out(database):
    now = clock.now()
    with database.write() as session:
        owe(session, "x", key="x", now=now)
    lease = timedelta(seconds=30)

    first = claim(database, lane=Lane.QUICK, owner="a", lease=lease, now=now)
    too_early = claim(database, lane=Lane.QUICK, owner="b", lease=lease, now=now + timedelta(seconds=29))
    second = claim(database, lane=Lane.QUICK, owner="b", lease=lease, now=now + timedelta(seconds=31))

    assert first is not None
    assert too_early is None
    assert second is not None
    assert (second.id, second.attempts) == (first.id, 2)
    finish(first, now=now)  # the one that lost its lease has no say any more
    with database.read() as session:
        assert session.get_one(OwedWork, first.id).done_at is None


def test_a_row_that_kills_every_worker_is_given_up(database):
    now = clock.now()
    with database.write() as session:
        owe(session, "x", key="x", now=now)
    taken = 0
    for _ in range(20):
        taken += claim(database, lane=Lane.QUICK, owner="a", lease=timedelta(seconds=30), now=now) is not None
        now += timedelta(seconds=31)

    assert taken == 8
    with database.read() as session:
        assert session.scalars(sa.select(OwedWork)).one().gave_up_at is not None


def test_what_was_given_up_can_be_owed_again(database):
    now = clock.now()
    with database.write() as session:
        owe(session, "x", key="x", now=now)
        session.execute(sa.update(OwedWork).values(gave_up_at=now, attempts=40))
        owe_again(session, key="x", now=now)

    job = claim(database, lane=Lane.QUICK, owner="a", lease=timedelta(seconds=30), now=now)
    assert job is not None
    assert job.attempts == 1
    with database.write() as session:
        owe_again(session, key="x", now=now)  # open work is left alone
        assert session.scalars(sa.select(OwedWork.lease_owner)).one() == "a"


def test_the_same_key_is_owed_once(database):
    with database.write() as session:
        assert owe(session, "x", key="same", now=clock.now()) is True
        assert owe(session, "x", key="same", now=clock.now()) is False


def test_failing_work_is_tried_later_and_later_and_given_up_at_last(database):
    now = clock.now()
    with database.write() as session:
        owe(session, "x", key="x", now=now)
    waits = []
    for _ in range(40):
        job = claim(database, lane=Lane.QUICK, owner="a", lease=timedelta(seconds=30), now=now)
        assert job is not None
        gave_up = put_back(job, error="boom", now=now)
        with database.read() as session:
            row = session.get_one(OwedWork, job.id)
        waits.append((row.run_at - now).total_seconds())
        now = max(row.run_at, now) + timedelta(seconds=1)

    assert (waits[:3], waits[-2]) == ([5, 10, 20], 3600)
    assert gave_up is True
    assert (row.gave_up_at is not None, row.last_error) == (True, "boom")
