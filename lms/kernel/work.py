"""Work outside the request: rows that say what is owed, claimed with a lease, so that a dead worker loses nothing.

A row is written in the same transaction as its cause (`owe`). A worker claims it by compare-and-set, keeps the lease
alive while it works and marks the row done. When a worker dies, its lease runs out and the row is claimed again: every
task may run twice and must not mind.
"""

import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.kernel import clock
from lms.kernel.db import Base, Database, Id, insert_once

log = structlog.get_logger()

MAX_ATTEMPTS = 40
# A row whose worker died without a word this often would only kill the next one.
MOST_DEATHS = 8
POLL_SECONDS = 0.5
FIRST_RETRY = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)


class LeaseLostError(Exception):
    """Another worker has the row now; whoever is told so stops."""


class Lane(StrEnum):
    """Mails must not wait behind an hour of transcoding, and neither behind somebody else's server that is slow."""

    QUICK = "quick"
    SLOW = "slow"
    OUTSIDE = "outside"


class OwedWork(Base):
    """A piece of work somebody is waiting for.

    `progress` is 0 to 1000; open while both `done_at` and `gave_up_at` are empty.
    """

    __tablename__ = "owed_work"
    __table_args__ = (
        sa.CheckConstraint("done_at IS NULL OR gave_up_at IS NULL", "done_or_given_up"),
        sa.CheckConstraint("progress BETWEEN 0 AND 1000", "progress_in_permille"),
        sa.Index(
            "ix_owed_work_open",
            "lane",
            "run_at",
            sqlite_where=sa.text("done_at IS NULL AND gave_up_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL AND gave_up_at IS NULL"),
        ),
        sa.Index(
            "ix_owed_work_given_up",
            "gave_up_at",
            sqlite_where=sa.text("gave_up_at IS NOT NULL"),
            postgresql_where=sa.text("gave_up_at IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    task: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    key: Mapped[str] = mapped_column(unique=True)
    lane: Mapped[Lane]
    owed_since: Mapped[datetime]
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    progress: Mapped[int] = mapped_column(default=0)
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    gave_up_at: Mapped[datetime | None]
    last_error: Mapped[str | None]


def owe(
    session: Session,
    task: str,
    *,
    key: str,
    now: datetime,
    lane: Lane = Lane.QUICK,
    **arguments: object,
) -> bool:
    """Write down that `task` is owed with these primitives; False if the same `key` was owed before, done or not."""
    return insert_once(
        session,
        OwedWork,
        task=task,
        arguments=arguments,
        key=key,
        lane=lane,
        owed_since=now,
        run_at=now,
        attempts=0,
        progress=0,
    )


@dataclass(frozen=True)
class Job:
    """A claimed row in the hands of a task: its arguments, transactions, and a place to say how far it has come."""

    id: int
    task: str
    arguments: Mapping[str, Any]
    attempts: int
    owner: str
    database: Database

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One write transaction of the task's own."""
        with self.database.write() as session:
            yield session

    def progress(self, share: float) -> None:
        """Say how far the work has come, 0 to 1. Raises LeaseLostError when another worker has taken it over."""
        permille = round(1000 * min(max(share, 0.0), 1.0))
        with self.database.write() as session:
            ours = session.execute(_mine(self).values(progress=permille).returning(OwedWork.id))
            if ours.scalar_one_or_none() is None:
                raise LeaseLostError


Task = Callable[[Job], None]


def _mine(job: Job) -> sa.Update:
    return sa.update(OwedWork).where(OwedWork.id == job.id, OwedWork.lease_owner == job.owner)


def _due(lane: Lane, now: datetime) -> sa.Select[int]:
    return (
        sa.select(OwedWork.id)
        .where(
            OwedWork.lane == lane,
            OwedWork.done_at.is_(None),
            OwedWork.gave_up_at.is_(None),
            OwedWork.run_at <= now,
            sa.or_(OwedWork.lease_until.is_(None), OwedWork.lease_until < now),
        )
        .order_by(OwedWork.run_at, OwedWork.id)
        .limit(1)
    )


def claim(database: Database, *, lane: Lane, owner: str, lease: timedelta, now: datetime) -> Job | None:
    """Take the next due row of a lane, or None. Two workers never get the same row while its lease lasts."""
    with database.read() as session:  # an idle worker must not take the write lock twice a second
        if session.scalar(_due(lane, now)) is None:
            return None
    with database.write() as session:
        found = session.scalar(_due(lane, now).with_for_update(skip_locked=True))
        if found is None:
            return None
        died = sa.and_(OwedWork.id == found, OwedWork.lease_until.is_not(None), OwedWork.attempts >= MOST_DEATHS)
        ending = {"gave_up_at": now, "lease_until": None, "last_error": "the worker died each time"}
        if session.execute(sa.update(OwedWork).where(died).values(ending).returning(OwedWork.id)).first():
            log.error("work given up", work=found)
            return None
        row = session.execute(
            sa.update(OwedWork)
            .where(OwedWork.id == found)
            .values(lease_owner=owner, lease_until=now + lease, attempts=OwedWork.attempts + 1)
            .returning(OwedWork.task, OwedWork.arguments, OwedWork.attempts)
        ).one()
    return Job(found, row.task, row.arguments, row.attempts, owner, database)


def keep_lease(job: Job, *, lease: timedelta, now: datetime) -> bool:
    """Prolong the lease; False if it was lost to another worker."""
    with job.transaction() as session:
        kept = session.execute(_mine(job).values(lease_until=now + lease).returning(OwedWork.id))
        return kept.scalar_one_or_none() is not None


def finish(job: Job, *, now: datetime) -> None:
    """Mark the row done, if it is still ours."""
    with job.transaction() as session:
        session.execute(
            _mine(job).values(done_at=now, progress=1000, lease_owner=None, lease_until=None, last_error=None)
        )


def put_back(job: Job, *, error: str, now: datetime) -> bool:
    """After a failure: try again, each time twice as late, at most an hour; after MAX_ATTEMPTS give up. True if so."""
    hopeless = job.attempts >= MAX_ATTEMPTS
    wait = FIRST_RETRY * 2 ** min(job.attempts - 1, 16)
    ending: dict[str, Any] = {"gave_up_at": now} if hopeless else {"run_at": now + min(wait, LONGEST_WAIT)}
    storable = error.encode("utf-8", "replace").decode().replace("\0", "")[-2000:]
    with job.transaction() as session:
        session.execute(_mine(job).values(lease_owner=None, lease_until=None, last_error=storable, **ending))
    return hopeless


def owe_again(session: Session, *, key: str, now: datetime) -> None:
    """Take up again what was done or given up under a key although it is needed still; open work is left alone."""
    over = sa.or_(OwedWork.done_at.is_not(None), OwedWork.gave_up_at.is_not(None))
    anew = {"done_at": None, "gave_up_at": None, "lease_until": None, "attempts": 0, "progress": 0, "run_at": now}
    session.execute(sa.update(OwedWork).where(OwedWork.key == key, over).values(anew))


def progress_of(session: Session, *, keys: Sequence[str]) -> dict[str, OwedWork]:
    """The rows owed under these keys."""
    found = session.scalars(sa.select(OwedWork).where(OwedWork.key.in_(keys)))
    return {row.key: row for row in found}


class Worker:
    """Claims owed rows from the database and carries them out, one thread a lane, until told to stop.

    `daily` names tasks that are owed once a Tokyo day: the sweeps that look for what should have been owed and is not.
    """

    def __init__(
        self, database: Database, *, tasks: Mapping[str, Task], daily: Sequence[str], lease_seconds: int
    ) -> None:
        self.database = database
        self.tasks = tasks
        self.daily = daily
        self.lease = timedelta(seconds=lease_seconds)
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.stopping = threading.Event()

    def run(self) -> None:
        """Work until `stop`."""
        lanes = [threading.Thread(target=self._run_lane, args=(lane,), name=f"lane-{lane}") for lane in Lane]
        for thread in lanes:
            thread.start()
        for thread in lanes:
            thread.join()

    def stop(self) -> None:
        """Finish what is in hand, then end."""
        self.stopping.set()

    def drain(self) -> int:
        """Carry out everything that is due now in this thread and say how many rows that were."""
        return sum(self._drain_lane(lane) for lane in Lane)

    def _drain_lane(self, lane: Lane) -> int:
        done = 0
        while self._run_one(lane):
            done += 1
        return done

    def _run_lane(self, lane: Lane) -> None:
        while not self.stopping.is_set():
            try:
                if lane is Lane.QUICK:
                    self.owe_daily()
                busy = self._run_one(lane)
            except (
                Exception
            ):  # the database is away, or worse: a lane that ended silently would never send a mail again
                log.exception("lane stumbled", lane=lane)
                busy = False
            if not busy:
                self.stopping.wait(POLL_SECONDS)

    def owe_daily(self) -> None:
        """Owe today's sweeps unless that has happened already."""
        now = clock.now()
        today = clock.tokyo_day(now).isoformat()
        keys = {f"{task}:{today}": task for task in self.daily}
        with self.database.read() as session:
            missing = keys.keys() - progress_of(session, keys=list(keys)).keys()
        if missing:
            with self.database.write() as session:
                for key in sorted(missing):
                    owe(session, keys[key], key=key, now=now)

    def _run_one(self, lane: Lane) -> bool:
        job = claim(self.database, lane=lane, owner=self.owner, lease=self.lease, now=clock.now())
        if job is None:
            return False
        with structlog.contextvars.bound_contextvars(work=job.id, task=job.task), self._lease_kept(job):
            try:
                self.tasks[job.task](job)
            except LeaseLostError:
                log.warning("lease lost", attempts=job.attempts)
            except Exception as error:
                hopeless = put_back(job, error=f"{type(error).__name__}: {error}", now=clock.now())
                log.exception("work failed", attempts=job.attempts, gave_up=hopeless)
            else:
                finish(job, now=clock.now())
                log.debug("work done", attempts=job.attempts)
        return True

    @contextmanager
    def _lease_kept(self, job: Job) -> Iterator[None]:
        done = threading.Event()

        def beat() -> None:
            while not done.wait(self.lease.total_seconds() / 3):
                try:
                    keep_lease(job, lease=self.lease, now=clock.now())
                except Exception:  # the next beat may succeed
                    log.warning("lease not prolonged", work=job.id, exc_info=True)

        thread = threading.Thread(target=beat, daemon=True, name=f"lease-{job.id}")
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
