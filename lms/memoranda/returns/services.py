"""What can be done with papers that come back, that lack something, or that do not come."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from lms.kernel.clock import tokyo_day
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.history import record
from lms.kernel.identity import SupporterId
from lms.kernel.work import owe
from lms.memoranda import queries as memoranda
from lms.memoranda.models import Memorandum, PaperReturn, Posting
from lms.memoranda.papers import archive
from lms.memoranda.returns import queries, rules
from lms.memoranda.returns.rules import Envelope
from lms.memoranda.rules import Fault, PostingKind, Service, Signing, State
from lms.memoranda.services import check_return_day, check_seen, owe_pack, post_again, receiver_fingerprint, take_step
from lms.supporters import queries as supporters
from lms.supporters.mail import owe_mail
from lms.supporters.rules import Address
from lms.supporters.services import change_address

RENDER = "memoranda.render_follow_up"


def record_return(
    session: Session,
    *,
    memorandum: Memorandum,
    returned_on: date,
    has_memorandum: bool,
    signing: Signing | None,
    has_bank_form: bool,
    faults: Iterable[Fault],
    note: str,
    by: SupporterId,
    now: datetime,
    today: date,
    seen_version: int | None = None,
) -> PaperReturn:
    """An envelope from a supporter: its sheets, and what is wrong with them.

    With this the papers are all there and in order, or a mail and a letter say what is still missing. Raises Invalid
    for a day that cannot be and for sheets that contradict their faults, Conflict unless papers are waited for.
    """
    check_seen(memorandum, seen_version)
    if memorandum.state not in rules.WAITS_FOR_PAPERS:
        raise Conflict("No papers are waited for here just now. Look at where this memorandum stands.")
    check_return_day(session, memorandum=memorandum, returned_on=returned_on, today=today)
    envelope = Envelope(has_memorandum, signing is not None, has_bank_form, frozenset(faults))
    rules.check(envelope)
    return _keep(session, memorandum, envelope, signing=signing, on=returned_on, note=note, by=by, now=now)


def find_fault(
    session: Session,
    *,
    memorandum: Memorandum,
    faults: Iterable[Fault],
    note: str,
    by: SupporterId,
    now: datetime,
    seen_version: int | None = None,
) -> PaperReturn:
    """A second look at papers that lie here finds something wrong. Raises Conflict unless they lie here."""
    check_seen(memorandum, seen_version)
    if memorandum.state not in rules.CAN_BE_LOOKED_AT:
        raise Conflict("No papers lie here just now. Look at where this memorandum stands.")
    found = frozenset(faults)
    if not found:
        raise Invalid("Say what is wrong.")
    envelope = Envelope(has_memorandum=False, is_signed=False, has_bank_form=False, faults=found)
    return _keep(session, memorandum, envelope, signing=None, on=tokyo_day(now), note=note, by=by, now=now)


def _keep(
    session: Session,
    memorandum: Memorandum,
    envelope: Envelope,
    *,
    signing: Signing | None,
    on: date,
    note: str,
    by: SupporterId,
    now: datetime,
) -> PaperReturn:
    earlier = queries.returns_of(session, memorandum.id)
    still = rules.still_open(queries.faults_of(earlier[-1]) if earlier else None, envelope)
    found = PaperReturn(
        memorandum_id=memorandum.id,
        returned_on=on,
        has_memorandum=envelope.has_memorandum,
        signing=signing,
        has_bank_form=envelope.has_bank_form,
        faults=[fault.value for fault in still],
        faults_count=len(still),
        note=note,
        recorded_at=now,
        recorded_by_id=by,
    )
    if still:
        memorandum.returned_on = memorandum.signing = memorandum.checked_at = memorandum.checked_by_id = None
        flag_modified(memorandum, "state")  # incomplete may stay incomplete, and two at once must meet all the same
        take_step(session, memorandum, State.INCOMPLETE, by=by, now=now, faults=found.faults)
        session.add(found)
        session.flush()
        _tell(session, memorandum, found, now=now)
    else:
        seen = signing or next(one.signing for one in reversed(earlier) if one.signing)
        memorandum.returned_on, memorandum.signing = on, seen
        take_step(session, memorandum, State.RETURNED, by=by, now=now, signing=seen.value)
        session.add(found)
        session.flush()
    return found


def _tell(session: Session, memorandum: Memorandum, found: PaperReturn, *, now: datetime) -> None:
    owe_mail(
        session,
        to=memorandum.supporter_id,
        message="memorandum-incomplete",
        key=f"incomplete:{found.id}",
        now=now,
        faults=found.faults,
        note=found.note,
    )
    _owe_letter(session, found, now=now)


def _owe_letter(session: Session, found: PaperReturn, *, now: datetime) -> None:
    """The letter about a return, with the address of today; one that was made before and not posted is forgotten."""
    old, found.letter_key = found.letter_key, None
    if old is not None:
        archive.forget(session, memorandum_id=found.memorandum_id, key=old)
    key = f"follow-up:{found.id}:{now.isoformat()}"
    owe(session, RENDER, key=key, now=now, return_id=found.id)


def keep_letter(session: Session, *, return_id: int, key: str, made_for: str) -> bool:
    """The letter that says what is missing lies in storage under this key; False if it is not wanted any more.

    That is when another was made meanwhile, or name or address have changed since it was begun (`made_for`).
    """
    found = queries.paper_return(session, return_id)
    memorandum = memoranda.memorandum(session, found.memorandum_id)
    person = supporters.supporter(session, memorandum.supporter_id)
    if found.letter_key not in {None, key} or made_for != receiver_fingerprint(person):
        return False
    found.letter_key = key
    return True


def undo_return(
    session: Session, *, memorandum: Memorandum, by: SupporterId, now: datetime, seen_version: int | None = None
) -> None:
    """A slip: what was entered last, and in order, did not come back. Raises Conflict once it cannot be undone.

    Nobody was told anything by it, so that nothing else has to be taken back.
    """
    check_seen(memorandum, seen_version)
    if memorandum.state not in rules.CAN_BE_LOOKED_AT:
        raise Conflict("This can no longer be undone. Look at where this memorandum stands.")
    *earlier, newest = queries.returns_of(session, memorandum.id)
    pack = session.get_one(Posting, memorandum.posting_id)
    # No step of the way: it is as if the last one had not been taken.
    memorandum.state = State.INCOMPLETE if earlier and earlier[-1].recorded_at > pack.recorded_at else State.POSTED
    memorandum.returned_on = memorandum.signing = memorandum.checked_at = memorandum.checked_by_id = None
    session.delete(newest)
    record(session, "memorandum.return_undone", by=by, subject=memorandum.id, now=now)


def mark_follow_up_posted(
    session: Session,
    *,
    memorandum: Memorandum,
    posted_on: date,
    service: Service,
    tracking: str | None,
    by: SupporterId,
    now: datetime,
    today: date,
    seen_version: int | None = None,
) -> Posting:
    """The letter that says what is missing is on its way, once for each return; the memorandum stays where it is.

    Raises Conflict when it was posted before or nothing is missing, Invalid for a day that has not come.
    """
    check_seen(memorandum, seen_version)
    came = queries.returns_of(session, memorandum.id)
    if memorandum.state is not State.INCOMPLETE or is_followed_up(session, came[-1]):
        raise Conflict("This memorandum has changed meanwhile. Look at it again.")
    if posted_on > today:
        raise Invalid("The day of posting lies in the future.")
    posting = Posting(
        memorandum_id=memorandum.id,
        kind=PostingKind.FOLLOW_UP,
        posted_on=posted_on,
        service=service,
        tracking=tracking or None,
        recorded_at=now,
    )
    session.add(posting)
    memorandum.wait_until = None  # a new wait begins
    flag_modified(memorandum, "wait_until")  # two who press at once meet in the row's version
    record(session, "memorandum.follow_up_posted", by=by, subject=memorandum.id, now=now, service=service.value)
    return posting


def is_followed_up(session: Session, found: PaperReturn) -> bool:
    """Whether a letter about it was posted."""
    return any(
        posting.kind is PostingKind.FOLLOW_UP and posting.recorded_at >= found.recorded_at
        for posting in memoranda.postings(session, found.memorandum_id)
    )


def address_is_right(session: Session, *, supporter: SupporterId, by: SupporterId, now: datetime) -> int:
    """The address was confirmed or corrected: what could not be delivered is posted again. How many papers that are."""
    session.flush()
    found = [memo for memo in memoranda.of_supporter(session, supporter) if memo.state is State.UNDELIVERABLE]
    for memo in found:
        post_again(session, memorandum=memo, by=by, now=now)
    return len(found)


def address_changed(session: Session, *, supporter: SupporterId, by: SupporterId, now: datetime) -> None:
    """Papers not printed yet and letters not posted yet are made anew; what came back is posted again."""
    address_is_right(session, supporter=supporter, by=by, now=now)
    for memo in memoranda.of_supporter(session, supporter):
        owe_pack(session, memorandum=memo, now=now)
        if memo.state is State.INCOMPLETE:
            newest = queries.returns_of(session, memo.id)[-1]
            if not is_followed_up(session, newest):
                _owe_letter(session, newest, now=now)


def correct_address_of(
    session: Session, *, memorandum: Memorandum, address: Address, phone: str | None, by: SupporterId, now: datetime
) -> None:
    """The desk writes down what the person says by telephone, and posts again what could not be delivered.

    Raises Conflict when that has been done meanwhile.
    """
    if memorandum.state is not State.UNDELIVERABLE:
        raise Conflict("This memorandum has changed meanwhile. Look at it again.")
    change_address(session, supporter=memorandum.supporter_id, address=address, phone=phone, by=by, now=now)
    address_changed(session, supporter=memorandum.supporter_id, by=by, now=now)


def wait_longer(
    session: Session,
    *,
    memorandum: Memorandum,
    by: SupporterId,
    now: datetime,
    today: date,
    seen_version: int | None = None,
) -> None:
    """Somebody has asked for time: two weeks in which the desk is not told again."""
    check_seen(memorandum, seen_version)
    if memorandum.state not in rules.WAITS_FOR_PAPERS:
        raise Conflict("No papers are waited for here just now. Look at where this memorandum stands.")
    memorandum.wait_until = today + rules.WAIT_LONGER
    record(session, "memorandum.waits_longer", by=by, subject=memorandum.id, now=now)


def remind_overdue(session: Session, *, now: datetime) -> int:
    """One mail to everybody who has had the papers for three weeks; how many. Run again, it finds nobody new."""
    today, reminded = tokyo_day(now), 0
    for row in queries.waiting(session):
        if not rules.is_to_be_reminded(waiting_since=row.since, reminded=row.reminded_at is not None, on=today):
            continue
        what, about = ("return", row.newest_return) if row.newest_return else ("posting", row.posting)
        about.reminded_at = now
        owe_mail(
            session,
            to=row.supporter.id,
            message="memorandum-overdue",
            key=f"overdue:{what}:{about.id}",
            now=now,
            faults=row.newest_return.faults if row.newest_return else [],
        )
        record(session, "memorandum.reminded", by=None, subject=row.memorandum.id, now=now)
        reminded += 1
    return reminded
