"""Questions about the feed: which address is good, and the steps that stand in it."""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.hooks.rules import Event
from lms.kernel.clock import begin_of
from lms.kernel.errors import NotFound
from lms.kernel.history import HistoryEntry
from lms.memoranda.models import Memorandum
from lms.memoranda.rules import number_of
from lms.qualification.models import Qualification
from lms.secretariat.feed.models import FeedToken
from lms.supporters.models import Supporter

STEPS = {
    "qualification.decided": Event.QUALIFIED,
    "memorandum.posted": Event.POSTED,
    "memorandum.complete": Event.COMPLETE,
}
AT_ONCE = 1_000


class Told(NamedTuple):
    """A line of the feed."""

    event: Event
    occurred_at: datetime
    network_id: str
    document_number: str
    year: int


class Extent(NamedTuple):
    """How far the feed goes: with one more step, it is another."""

    steps: int
    last_id: int


def newest(session: Session) -> FeedToken | None:
    """The address made last, revoked or not."""
    return session.scalars(sa.select(FeedToken).order_by(FeedToken.number.desc()).limit(1)).first()


def check_token(session: Session, token: str) -> None:
    """Raises NotFound unless this is the good address."""
    found = newest(session)
    known = found.sha256 if found and found.revoked_at is None else ""
    # Hashes are compared: how long that takes says nothing about the token.
    if not hmac.compare_digest(hashed(token), known):
        raise NotFound("There is no such page.")


def hashed(token: str) -> str:
    """A token as it is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def extent(session: Session, *, since: date | None) -> Extent:
    """How many steps the feed holds, and the newest of them."""
    wanted = sa.select(sa.func.count(), sa.func.coalesce(sa.func.max(HistoryEntry.id), 0)).where(*_told(since))
    return Extent(*session.execute(wanted).one())


def told(session: Session, *, since: date | None) -> Iterator[Told]:
    """The steps since a Tokyo day, or all, oldest first; one query, AT_ONCE of its rows in memory at a time."""
    wanted = (
        sa.select(
            HistoryEntry.step,
            HistoryEntry.at,
            Supporter.network_id,
            Memorandum.id,
            sa.func.coalesce(Memorandum.year, Qualification.rule_year),
        )
        .outerjoin(
            Memorandum, sa.and_(HistoryEntry.subject_kind == "memorandum", HistoryEntry.subject_id == Memorandum.id)
        )
        .outerjoin(
            Qualification,
            sa.and_(HistoryEntry.subject_kind == "qualification", HistoryEntry.subject_id == Qualification.id),
        )
        .join(Supporter, Supporter.id == sa.func.coalesce(Memorandum.supporter_id, Qualification.supporter_id))
        .where(*_told(since))
        .order_by(HistoryEntry.id)
        .execution_options(yield_per=AT_ONCE)
    )
    with session.execute(wanted) as rows:  # closed too when a reader goes away in the middle
        for step, at, network_id, memorandum, year in rows:
            yield Told(STEPS[step], at, network_id, number_of(year, memorandum) if memorandum else "", year)


def _told(since: date | None) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = [HistoryEntry.step.in_(STEPS)]
    return where if since is None else [*where, HistoryEntry.at >= begin_of(since)]
