"""Questions about what came back and what is still out."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.kernel.clock import tokyo_day
from lms.kernel.errors import NotFound
from lms.kernel.identity import SupporterId
from lms.memoranda.models import Memorandum, PaperReturn, Posting
from lms.memoranda.queries import of_supporter
from lms.memoranda.returns import rules
from lms.memoranda.rules import Fault, PostingKind, State, parse_number
from lms.supporters.models import Supporter

RECENT = 10


@dataclass(frozen=True)
class Recorded:
    """A return as the scanning page lists it, with where its memorandum stands now."""

    memorandum_id: int
    number: str
    supporter_name: str
    state: State
    faults: tuple[str, ...]
    recorded_at: datetime


@dataclass(frozen=True)
class Waiting:
    """A memorandum whose papers are with the supporter.

    `since` is the day from which the wait counts: the posting or, if something was missing, the newest word about it.
    """

    memorandum: Memorandum
    supporter: Supporter
    posting: Posting
    newest_return: PaperReturn | None
    since: date
    reminded_at: datetime | None


@dataclass(frozen=True)
class Overdue:
    """A memorandum that the desk must ask about, with everything needed to ring up."""

    memorandum_id: int
    version: int
    number: str
    state: State
    supporter_id: SupporterId
    supporter_name: str
    phone: str | None
    email: str
    waiting_since: date
    reminded_on: date


def by_number(session: Session, text: str) -> Memorandum | None:
    """The memorandum of a number that was typed or scanned, or None if there is none."""
    number = parse_number(text)
    found = None if number is None else session.get(Memorandum, number)
    return found if found and digits(text).endswith(digits(found.number)) else None  # the year is not the id's


def digits(text: str) -> str:
    """The digits of a number that was typed, in whatever width."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isdecimal())


def returns_of(session: Session, memorandum_id: int) -> list[PaperReturn]:
    """What came back of a memorandum, the oldest first."""
    wanted = sa.select(PaperReturn).where(PaperReturn.memorandum_id == memorandum_id)
    return list(session.scalars(wanted.order_by(PaperReturn.id)))


def paper_return(session: Session, return_id: int) -> PaperReturn:
    """One of them. Raises NotFound."""
    found = session.get(PaperReturn, return_id)
    if found is None:
        raise NotFound("There is no such page.")
    return found


def faults_of(found: PaperReturn) -> tuple[Fault, ...]:
    """What was still missing or wrong after it."""
    return tuple(Fault(fault) for fault in found.faults)


def faults_now(session: Session, memorandum: Memorandum) -> tuple[Fault, ...]:
    """What somebody is waited for to send; nothing unless something is missing now."""
    if memorandum.state is not State.INCOMPLETE:
        return ()
    return faults_of(returns_of(session, memorandum.id)[-1])


def came_back(session: Session, *, supporter: SupporterId) -> bool:
    """Whether an envelope for somebody could not be delivered and waits for their word."""
    return any(memo.state is State.UNDELIVERABLE for memo in of_supporter(session, supporter))


def recent(session: Session) -> list[Recorded]:
    """What was entered last, the newest first. One query."""
    wanted = (
        sa.select(PaperReturn, Memorandum, Supporter.display_name)
        .join(Memorandum, PaperReturn.memorandum_id == Memorandum.id)
        .join(Supporter, Memorandum.supporter_id == Supporter.id)
        .order_by(PaperReturn.id.desc())
        .limit(RECENT)
    )
    return [
        Recorded(memo.id, memo.number, name, memo.state, tuple(found.faults), found.recorded_at)
        for found, memo, name in session.execute(wanted)
    ]


def waiting(session: Session, *, reminded: bool = False) -> list[Waiting]:
    """Everything whose papers are with the supporter, or only what somebody was reminded of. One query."""
    newest = (
        sa.select(sa.func.max(PaperReturn.id))
        .where(PaperReturn.memorandum_id == Memorandum.id)
        .correlate(Memorandum)
        .scalar_subquery()
    )
    followed_up = (
        sa.select(sa.func.max(Posting.posted_on))
        .where(Posting.memorandum_id == Memorandum.id, Posting.kind == PostingKind.FOLLOW_UP)
        .correlate(Memorandum)
        .scalar_subquery()
    )
    wanted = (
        sa.select(Memorandum, Supporter, Posting, PaperReturn, followed_up)
        .join(Supporter, Memorandum.supporter_id == Supporter.id)
        .join(Posting, Memorandum.posting_id == Posting.id)
        .outerjoin(PaperReturn, PaperReturn.id == newest)
        .where(Memorandum.state.in_(rules.WAITS_FOR_PAPERS))
        .order_by(Memorandum.id)
    )
    if reminded:
        wanted = wanted.where(sa.or_(Posting.reminded_at.is_not(None), PaperReturn.reminded_at.is_not(None)))
    return [_waiting(*row) for row in session.execute(wanted)]


def _waiting(
    memo: Memorandum, supporter: Supporter, posting: Posting, found: PaperReturn | None, followed_up: date | None
) -> Waiting:
    if memo.state is State.POSTED or found is None:
        return Waiting(memo, supporter, posting, None, posting.posted_on, posting.reminded_at)
    told = tokyo_day(found.recorded_at)
    since = max(told, followed_up) if followed_up else told
    return Waiting(memo, supporter, posting, found, since, found.reminded_at)


def overdue(session: Session, *, on: date) -> list[Overdue]:
    """Reminded two weeks ago and still nothing: somebody rings up. The one waited for longest first; one query."""
    found = [
        Overdue(
            memorandum_id=row.memorandum.id,
            version=row.memorandum.version,
            number=row.memorandum.number,
            state=row.memorandum.state,
            supporter_id=row.supporter.id,
            supporter_name=row.supporter.display_name,
            phone=row.supporter.phone,
            email=row.supporter.email,
            waiting_since=row.since,
            reminded_on=tokyo_day(row.reminded_at),
        )
        for row in waiting(session, reminded=True)
        if row.reminded_at is not None
        and rules.is_overdue(
            told_on=max(tokyo_day(row.reminded_at), row.since), wait_until=row.memorandum.wait_until, on=on
        )
    ]
    return sorted(found, key=lambda row: row.waiting_since)
