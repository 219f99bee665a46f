"""What was sealed is found out when it is changed past the database's own refusal; nothing late slips under a seal."""

import threading
import time

import pytest
import sqlalchemy as sa

from lms.kernel import seals
from lms.kernel.history import HistoryEntry, record
from lms.kernel.seals import HistorySeal, Verdict, seal_history, verify
from lms.kernel.work import Job
from tests import make

MOMENT = make.moment("2026-11-22 12:00")


def job_of(database):
    return Job(1, seals.SEAL, {}, 1, "test", database)


def write(database, count):
    with database.write() as session:
        for number in range(count):
            record(
                session, "supporter.registered", by=None, subject=number + 1, now=MOMENT, name=f"見本{number}", b=2, a=1
            )


def past_the_guards(database, statement):
    """As somebody who owns the database can."""
    with database.write() as session:
        if database.engine.dialect.name == "sqlite":
            for name in ("is_not_changed", "is_not_deleted", "is_not_replaced"):
                for table in ("history", "history_seal"):
                    session.execute(sa.text(f"DROP TRIGGER {table}_{name}"))
        else:
            session.execute(sa.text("SET LOCAL session_replication_role = replica"))
        session.execute(sa.text(statement))


def verdict(database):
    with database.read() as session:
        return verify(session)


def test_an_empty_record_has_nothing_to_seal(database):
    seal_history(job_of(database))

    assert verdict(database) == Verdict(sealed=0, unsealed=0, sha256=None)


def test_seals_follow_one_another_and_hold(database, monkeypatch):
    monkeypatch.setattr(seals, "STEPS_PER_SEAL", 2)
    write(database, 5)
    seal_history(job_of(database))
    write(database, 1)
    seal_history(job_of(database))
    seal_history(job_of(database))
    write(database, 3)

    found = verdict(database)

    with database.read() as session:
        kept = session.execute(sa.select(HistorySeal.after_id, HistorySeal.last_id).order_by(HistorySeal.id)).all()
        newest = session.scalar(sa.select(HistorySeal.sha256).order_by(HistorySeal.id.desc()).limit(1))
    assert kept == [(0, 2), (2, 4), (4, 5), (5, 6)]
    assert found == Verdict(sealed=6, unsealed=3, sha256=newest)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history SET subject_id = 99 WHERE id = 4",
        "UPDATE history SET facts = '{\"a\": 9}' WHERE id = 4",
        "UPDATE history SET at = '2020-01-01' WHERE id = 4",
        "DELETE FROM history WHERE id = 4",
        "UPDATE history SET id = 99 WHERE id = 4",
    ],
)
def test_the_first_step_that_was_changed_is_named(database, monkeypatch, statement):
    monkeypatch.setattr(seals, "STEPS_PER_SEAL", 3)
    write(database, 7)
    seal_history(job_of(database))

    past_the_guards(database, statement)

    found = verdict(database)
    assert (found.holds, found.differs, found.broken) == (False, 4, None)


def test_a_step_slipped_in_afterwards_is_named(database):
    write(database, 3)
    with database.write() as session:
        session.execute(
            sa.insert(HistoryEntry),
            {"id": 9, "at": MOMENT, "step": "a.b", "subject_kind": "a", "subject_id": 1, "facts": {}},
        )
    seal_history(job_of(database))

    past_the_guards(
        database,
        "INSERT INTO history (id, at, step, subject_kind, subject_id, facts)"
        " VALUES (5, '2026-11-22', 'memorandum.complete', 'memorandum', 1, '{}')",
    )

    assert verdict(database).differs == 5


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history_seal SET digests = (SELECT digests FROM history_seal WHERE id = 1) WHERE id = 2",
        "UPDATE history_seal SET sha256 = '0' WHERE id = 2",
        "UPDATE history_seal SET after_id = 1 WHERE id = 2",
    ],
)
def test_a_seal_that_was_changed_is_named(database, monkeypatch, statement):
    monkeypatch.setattr(seals, "STEPS_PER_SEAL", 2)
    write(database, 4)
    seal_history(job_of(database))

    past_the_guards(database, statement)

    found = verdict(database)
    assert (found.holds, found.differs, found.broken) == (False, None, 2)


def test_a_step_that_is_being_written_while_others_are_sealed_is_sealed_too(database):
    begun, go_on = threading.Event(), threading.Event()

    def slow():
        with database.write() as session:
            record(session, "supporter.registered", by=None, subject=1, now=MOMENT)
            session.flush()  # the id is taken, the step is not there yet
            begun.set()
            go_on.wait(10)

    writer = threading.Thread(target=slow)
    writer.start()
    begun.wait(10)
    sealer = threading.Thread(target=lambda: (write_one_more(), seal_history(job_of(database))))

    def write_one_more():
        if database.engine.dialect.name == "postgresql":  # SQLite lets nobody write beside another
            write(database, 1)

    sealer.start()
    time.sleep(0.3)
    go_on.set()
    writer.join()
    sealer.join()

    with database.read() as session:
        steps = session.scalar(sa.select(sa.func.count(HistoryEntry.id)))
    assert verdict(database).sealed == steps
    assert verdict(database).unsealed == 0


def test_two_that_seal_at_once_seal_nothing_twice(database):
    write(database, 50)
    faults = []

    def run():
        try:
            seal_history(job_of(database))
        except sa.exc.IntegrityError:  # the other one was first; the work is tried again
            faults.append(1)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert (verdict(database).sealed, verdict(database).unsealed) == (50, 0)
