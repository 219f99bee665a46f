"""Seals over the record of steps: once a day all steps so far are hashed, each seal over the one before it.

The database refuses to change a step, but whoever owns the database can take that refusal away. A seal finds such a
change and names the step. Whoever also writes all seals anew is found out by the newest seal that somebody kept
elsewhere: it stands in the log of every day and in every export for the auditor.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any, cast

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.kernel import clock
from lms.kernel.db import Base, Id
from lms.kernel.history import HistoryEntry
from lms.kernel.work import Job

SEAL = "kernel.seal_history"
STEPS_PER_SEAL = 5_000
NUMBER_BYTES, DIGEST_BYTES = 8, 32
LOCK_WAIT = "5s"

log = structlog.get_logger()
_STEPS = cast("sa.Table", HistoryEntry.__table__)
Digest = tuple[int, bytes]


class HistorySeal(Base):
    """A seal over the steps after `after_id` up to `last_id`.

    `digests` holds for each of them eight bytes of its id and the SHA-256 of what it says; `sha256` is over the seal
    before and these.
    """

    __tablename__ = "history_seal"
    __table_args__ = (sa.CheckConstraint("last_id > after_id", "seals_something"),)

    id: Mapped[Id]
    after_id: Mapped[int] = mapped_column(unique=True)
    last_id: Mapped[int]
    digests: Mapped[bytes]
    sha256: Mapped[str]
    sealed_at: Mapped[datetime]


@dataclass(frozen=True)
class Verdict:
    """What looking at every sealed step has shown.

    `differs` is the first step that is not what was sealed (changed, missing, or slipped in), `broken` the first seal
    that does not follow from the one before it. `sha256` is the newest seal, `unsealed` how many steps came after it.
    """

    sealed: int
    unsealed: int
    sha256: str | None
    differs: int | None = None
    broken: int | None = None

    @property
    def holds(self) -> bool:
        """Whether everything is as it was sealed."""
        return self.differs is None and self.broken is None


def seal_history(job: Job) -> None:
    """Once a day: seal what has happened since. It may run twice; two at once cannot seal the same steps twice."""
    with job.transaction() as session:
        last = _last_settled(session)
    made = True
    while made:
        with job.transaction() as session:
            made = seal_next(session, up_to=last, now=clock.now())


def seal_next(session: Session, *, up_to: int, now: datetime) -> bool:
    """Seal the next steps, STEPS_PER_SEAL at most and none beyond the id `up_to`; False if there is none."""
    before = session.scalars(sa.select(HistorySeal).order_by(HistorySeal.id.desc()).limit(1)).first()
    after = before.last_id if before else 0
    digests = list(_digests(session, after=after, up_to=up_to))[:STEPS_PER_SEAL]
    if not digests:
        return False
    packed = b"".join(number.to_bytes(NUMBER_BYTES) + digest for number, digest in digests)
    sha256 = _chained(before.sha256 if before else "", packed)
    session.add(HistorySeal(after_id=after, last_id=digests[-1][0], digests=packed, sha256=sha256, sealed_at=now))
    session.flush()
    log.info("history sealed", steps=len(digests), last=digests[-1][0], sha256=sha256)
    return True


def verify(session: Session) -> Verdict:
    """Hash every sealed step anew and compare; stops at the first fault. Reads the whole record once."""
    after, sha256, sealed = 0, "", 0
    for seal in _one_by_one(session):
        if seal.after_id != after or seal.sha256 != _chained(sha256, seal.digests):
            return Verdict(sealed, _count(session, after), sha256 or None, broken=seal.id)
        kept = _unpacked(seal.digests)
        found = _digests(session, after=after, up_to=seal.last_id)
        for was, is_now in zip_longest(kept, found):
            if was != is_now:
                differs = min(each[0] for each in (was, is_now) if each)
                return Verdict(sealed, _count(session, after), sha256 or None, differs=differs)
            sealed += 1
        after, sha256 = seal.last_id, seal.sha256
    return Verdict(sealed, _count(session, after), sha256 or None)


def _one_by_one(session: Session) -> Iterator[HistorySeal]:
    """All seals, one of them in memory at a time."""
    number = 0
    while seal := session.scalars(
        sa.select(HistorySeal).where(HistorySeal.id > number).order_by(HistorySeal.id).limit(1)
    ).first():
        yield seal
        number = seal.id
        session.expunge(seal)


def _last_settled(session: Session) -> int:
    """The id up to which no step can appear any more."""
    if session.get_bind().dialect.name == "postgresql":
        # A transaction that took its id early may commit late: wait for those that write now, for a moment only.
        session.execute(sa.text(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'"))
        session.execute(sa.text("LOCK TABLE history IN SHARE MODE"))
    return session.scalar(sa.select(sa.func.max(_STEPS.c.id))) or 0


def _digests(session: Session, *, after: int, up_to: int) -> Iterator[Digest]:
    # As they lie there, the moment as the same text in every database: made into objects, it would take three times as
    # long.
    at: sa.ColumnElement[Any] = sa.type_coerce(_STEPS.c.at, sa.Text)
    if session.get_bind().dialect.name == "postgresql":
        at = sa.func.to_char(sa.func.timezone("UTC", _STEPS.c.at), "YYYY-MM-DD HH24:MI:SS.US")
    said = (at, _STEPS.c.step, _STEPS.c.by_id, _STEPS.c.subject_kind, _STEPS.c.subject_id)
    wanted = sa.select(_STEPS.c.id, *said, sa.cast(_STEPS.c.facts, sa.Text)).order_by(_STEPS.c.id)
    wanted = wanted.where(_STEPS.c.id > after, _STEPS.c.id <= up_to).limit(STEPS_PER_SEAL + 1)
    for row in session.execute(wanted):
        yield row[0], hashlib.sha256(ascii(tuple(row)).encode()).digest()


def _unpacked(digests: bytes) -> Iterator[Digest]:
    size = NUMBER_BYTES + DIGEST_BYTES
    for at in range(0, len(digests), size):
        one = digests[at : at + size]
        yield int.from_bytes(one[:NUMBER_BYTES]), one[NUMBER_BYTES:]


def _chained(before: str, digests: bytes) -> str:
    return hashlib.sha256(before.encode() + b":" + digests).hexdigest()


def _count(session: Session, after: int) -> int:
    return session.scalar(sa.select(sa.func.count()).where(_STEPS.c.id > after)) or 0
