"""What can be done with a memorandum: it becomes due once, and goes through the paper cycle step by step."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.hooks.rules import Event
from lms.hooks.services import announce
from lms.kernel.clock import tokyo_day
from lms.kernel.db import insert_once
from lms.kernel.errors import Conflict, Invalid, Refused
from lms.kernel.history import record
from lms.kernel.identity import SupporterId
from lms.kernel.work import owe
from lms.memoranda import queries, rules
from lms.memoranda.batches.membership import leave, refuse_in_batch
from lms.memoranda.models import Memorandum, PaperReturn, Posting
from lms.memoranda.rules import PostingKind, Route, Service, Signing, State
from lms.supporters import queries as supporters
from lms.supporters.mail import owe_mail
from lms.supporters.models import Supporter

RENDER = "memoranda.render_pack"
TOLD_OUTSIDE = {State.POSTED: Event.POSTED, State.COMPLETE: Event.COMPLETE}


@dataclass(frozen=True)
class Rendered:
    """Papers that lie in storage: key, hash of their bytes, version of the texts, fingerprint of their receiver."""

    key: str
    sha256: str
    template_version: str
    made_for: str


def make_due(
    session: Session,
    *,
    supporter: SupporterId,
    programme_id: int,
    year: int,
    route: Route,
    now: datetime,
    by: SupporterId | None = None,
    message: str = "memorandum-due",
) -> Memorandum:
    """One memorandum per supporter and year, however often and from wherever this is called (PRODUCT.md R4).

    `message` is the mail that says so; `by` is whoever pressed for it, if anybody did.
    """
    made = insert_once(
        session,
        Memorandum,
        supporter_id=supporter,
        programme_id=programme_id,
        year=year,
        route=route,
        state=State.DUE,
        due_at=now,
        version=1,
    )
    found = next(memo for memo in queries.of_supporter(session, supporter) if memo.year == year)
    if made:
        record(session, "memorandum.due", by=by, subject=found.id, now=now, year=year)
        owe_mail(session, to=supporter, message=message, key=f"due:{found.id}", now=now)
        owe_pack(session, memorandum=found, now=now)
    return found


def owe_pack(session: Session, *, memorandum: Memorandum, now: datetime) -> bool:
    """Owe the papers of a memorandum that is due and whose receiver has an address; False if they cannot be made yet.

    Called again after the address has changed: papers made before are replaced.
    """
    person = supporters.supporter(session, memorandum.supporter_id)
    if memorandum.state is not State.DUE or person.postal_address is None:
        return False
    memorandum.pack_key = memorandum.pack_sha256 = memorandum.template_version = None
    owe(
        session,
        RENDER,
        key=f"pack:{memorandum.id}:{now.isoformat()}",
        now=now,
        memorandum_id=memorandum.id,
    )
    return True


def receiver_fingerprint(person: Supporter) -> str:
    """A hash of everything of a person that stands on the papers: papers made for another one are out of date."""
    text = repr((person.display_name, person.name_kana, person.postal_address, person.locale))
    return hashlib.sha256(text.encode()).hexdigest()


def keep_pack(session: Session, *, memorandum_id: int, rendered: Rendered) -> None:
    """The rendered papers of a memorandum that is still due; one that was printed meanwhile keeps what was printed."""
    memo = queries.memorandum(session, memorandum_id)
    person = supporters.supporter(session, memo.supporter_id)
    if memo.state is State.DUE and rendered.made_for == receiver_fingerprint(person):
        memo.pack_key, memo.pack_sha256 = rendered.key, rendered.sha256
        memo.template_version = rendered.template_version


def mark_printed(
    session: Session, *, memorandum: Memorandum, by: SupporterId, now: datetime, batch_id: int | None = None
) -> None:
    """The papers lie on the desk. Raises Conflict while they have not been made, or if they lie in another batch."""
    if batch_id is None:
        refuse_in_batch(session, memorandum)
    if memorandum.pack_key is None:
        raise Conflict("The papers are not ready yet. Wait a moment, or ask for the address.")
    take_step(session, memorandum, State.PRINTED, by=by, now=now)
    memorandum.printed_at = now


def unmark_printed(
    session: Session, *, memorandum: Memorandum, by: SupporterId, now: datetime, batch_id: int | None = None
) -> None:
    """A slip: the papers were not printed after all; they are made anew with today's address."""
    if batch_id is None:
        refuse_in_batch(session, memorandum)
    _due_again(session, memorandum, by=by, now=now)


def mark_posted(
    session: Session,
    *,
    memorandum: Memorandum,
    posted_on: date,
    service: Service,
    tracking: str | None,
    by: SupporterId,
    now: datetime,
    today: date,
    batch_id: int | None = None,
    postage_yen: int | None = None,
    weight_g: int | None = None,
) -> Posting:
    """The envelope is on its way; one mail tells its receiver.

    Raises Invalid for a day that has not come, or on which nothing was due yet.
    """
    if batch_id is None:
        refuse_in_batch(session, memorandum)
    if posted_on > today:
        raise Invalid("The day of posting lies in the future.")
    if posted_on < tokyo_day(memorandum.due_at):
        raise Invalid("The papers cannot have been posted before they were due.")
    posting = Posting(
        memorandum_id=memorandum.id,
        batch_id=batch_id,
        kind=PostingKind.PACK,
        posted_on=posted_on,
        service=service,
        tracking=tracking or None,
        postage_yen=postage_yen,
        weight_g=weight_g,
        recorded_at=now,
    )
    rules.check_step(memorandum.state, State.POSTED)
    session.add(posting)
    session.flush()
    memorandum.posting_id = posting.id
    take_step(session, memorandum, State.POSTED, by=by, now=now, service=service.value, posting=posting.id)
    owe_mail(session, to=memorandum.supporter_id, message="memorandum-posted", key=f"posted:{posting.id}", now=now)
    return posting


def mark_returned(
    session: Session,
    *,
    memorandum: Memorandum,
    returned_on: date,
    signing: Signing,
    by: SupporterId,
    now: datetime,
    today: date,
) -> None:
    """One memorandum, sealed or signed, and the bank form are back."""
    rules.check_step(memorandum.state, State.RETURNED)
    check_return_day(session, memorandum=memorandum, returned_on=returned_on, today=today)
    memorandum.returned_on, memorandum.signing = returned_on, signing
    take_step(session, memorandum, State.RETURNED, by=by, now=now, signing=signing.value)
    session.add(
        PaperReturn(
            memorandum_id=memorandum.id,
            returned_on=returned_on,
            has_memorandum=True,
            signing=signing,
            has_bank_form=True,
            faults=[],
            faults_count=0,
            note="",
            recorded_at=now,
            recorded_by_id=by,
        )
    )


def check_return_day(session: Session, *, memorandum: Memorandum, returned_on: date, today: date) -> None:
    """Raises Invalid for a day on which papers that were posted cannot have come back."""
    if returned_on > today:
        raise Invalid("The day of return lies in the future.")
    if returned_on < min(posting.posted_on for posting in queries.postings(session, memorandum.id)):
        raise Invalid("The papers cannot have come back before they were posted.")


def mark_undeliverable(
    session: Session, *, memorandum: Memorandum, came_back_on: date, by: SupporterId, now: datetime, today: date
) -> None:
    """The envelope came back (あて所不明); a mail asks its receiver for the address.

    Raises Invalid for a day in the future or before the posting.
    """
    if came_back_on > today:
        raise Invalid("The day of return lies in the future.")
    posting = session.get_one(Posting, memorandum.posting_id) if memorandum.posting_id else None
    if posting is not None and came_back_on < posting.posted_on:
        raise Invalid("The envelope cannot have come back before it was posted.")
    take_step(session, memorandum, State.UNDELIVERABLE, by=by, now=now)
    assert posting is not None
    posting.came_back_on = came_back_on
    owe_mail(
        session,
        to=memorandum.supporter_id,
        message="memorandum-undeliverable",
        key=f"undeliverable:{posting.id}",
        now=now,
    )


def post_again(session: Session, *, memorandum: Memorandum, by: SupporterId | None, now: datetime) -> None:
    """The papers become due again under the same number, made anew with today's address.

    `by` None: the person has confirmed the address after an envelope came back.
    """
    refuse_in_batch(session, memorandum)
    _due_again(session, memorandum, by=by, now=now)


def hold(session: Session, *, memorandum: Memorandum, reason: str, by: SupporterId, now: datetime) -> None:
    """Nothing is printed for now; it leaves a batch that is not released yet."""
    leave(session, memorandum, by=by, now=now)
    take_step(session, memorandum, State.HELD, by=by, now=now)
    memorandum.aside_reason = reason


def let_go(session: Session, *, memorandum: Memorandum, by: SupporterId, now: datetime) -> None:
    """What was held, or withdrawn by mistake, is due again."""
    refuse_in_batch(session, memorandum)
    _due_again(session, memorandum, by=by, now=now)


def withdraw(session: Session, *, memorandum: Memorandum, reason: str, by: SupporterId, now: datetime) -> None:
    """It will not be concluded; its number is never used for another. It leaves a batch that is not released yet."""
    leave(session, memorandum, by=by, now=now)
    take_step(session, memorandum, State.WITHDRAWN, by=by, now=now)
    memorandum.aside_reason = reason


def _due_again(session: Session, memorandum: Memorandum, *, by: SupporterId | None, now: datetime) -> None:
    take_step(session, memorandum, State.DUE, by=by, now=now, after=memorandum.state.value)
    memorandum.printed_at = memorandum.posting_id = memorandum.aside_reason = None
    memorandum.returned_on = memorandum.signing = None
    session.flush()
    owe_pack(session, memorandum=memorandum, now=now)


def mark_checked(
    session: Session,
    *,
    memorandum: Memorandum,
    memorandum_right: bool,
    bank_form_right: bool,
    by: SupporterId,
    now: datetime,
) -> None:
    """Somebody has looked at both sheets. Raises Refused unless both are in order."""
    if not (memorandum_right and bank_form_right):
        raise Refused("Tick both sheets once you have looked at them.")
    take_step(session, memorandum, State.CHECKED, by=by, now=now)
    memorandum.checked_at, memorandum.checked_by_id = now, by


def complete(session: Session, *, memorandum: Memorandum, by: SupporterId, now: datetime) -> None:
    """Filed; a mail tells the supporter that everything is in order."""
    take_step(session, memorandum, State.COMPLETE, by=by, now=now)
    memorandum.completed_at = now
    owe_mail(
        session, to=memorandum.supporter_id, message="memorandum-complete", key=f"complete:{memorandum.id}", now=now
    )


def check_seen(memorandum: Memorandum, seen_version: int | None) -> None:
    """Raises Conflict when somebody else has changed it since its page was opened; None: no page was."""
    if seen_version is not None and memorandum.version != seen_version:
        raise Conflict("This memorandum has changed meanwhile. Look at it again.")


def take_step(
    session: Session, memorandum: Memorandum, wanted: State, *, by: SupporterId | None, now: datetime, **facts: object
) -> None:
    """Go to another state and write it down; what the state asks for besides is the caller's. Raises Conflict."""
    rules.check_step(memorandum.state, wanted)
    memorandum.state = wanted
    record(session, f"memorandum.{wanted.value}", by=by, subject=memorandum.id, now=now, **facts)
    if event := TOLD_OUTSIDE.get(wanted):
        number, whose = memorandum.number, memorandum.supporter_id
        announce(session, event, supporter=whose, year=memorandum.year, document_number=number, now=now)
