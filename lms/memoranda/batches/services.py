"""What can be done with a batch: chosen and proved, released by a person, printed, posted, or called off.

Two people may work on the same batch. Accepting and taking out add to what the other does and ask only for the state;
everything else must have been decided on the batch as it is (`seen_version`), or it is refused with what happened.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.kernel.db import insert_once
from lms.kernel.errors import Conflict, Invalid, Refused, msgid
from lms.kernel.history import record
from lms.kernel.identity import SupporterId
from lms.kernel.work import owe
from lms.memoranda import rules
from lms.memoranda import services as memoranda
from lms.memoranda.batches import membership, queries
from lms.memoranda.batches.proof import Proved, proof
from lms.memoranda.models import Batch, BatchItem, Memorandum
from lms.memoranda.papers import pages_for
from lms.memoranda.postage import tracking as numbers
from lms.memoranda.postage.rules import Offer, offers, price, weight_of
from lms.memoranda.postage.tariff import tariff
from lms.memoranda.postage.tracking import Doubt
from lms.memoranda.rules import BatchState, Service, State
from lms.supporters.models import Supporter

PAPERS = "batches.papers"
MOST = 500
"""Envelopes in a batch: what two people can prove, print and fill in a day."""

MEANWHILE = {
    "batch.released": msgid("%(name)s has released this batch meanwhile. Look at it again."),
    "batch.unreleased": msgid("%(name)s has put this batch back to the proof sheet meanwhile. Look at it again."),
    "batch.printed": msgid("%(name)s has marked this batch as printed meanwhile. Look at it again."),
    "batch.not_printed": msgid("%(name)s has marked this batch as not printed meanwhile. Look at it again."),
    "batch.posted": msgid("%(name)s has marked this batch as posted meanwhile. Look at it again."),
    "batch.cancelled": msgid("%(name)s has called off this batch meanwhile. Look at it again."),
    "batch.taken_out": msgid("%(name)s has taken an envelope out of this batch meanwhile. Look at it again."),
    "batch.accepted": msgid("%(name)s has answered a question of the proof sheet meanwhile. Look at it again."),
    "batch.put_in_order": msgid("%(name)s has put the envelopes into another order meanwhile. Look at it again."),
}


class Order(StrEnum):
    """How the envelopes lie on each other."""

    POSTCODE = "postcode"
    DUE = "due"


def make(
    session: Session,
    *,
    memorandum_ids: Collection[int],
    by: SupporterId,
    now: datetime,
    order: Order = Order.POSTCODE,
) -> Batch:
    """Choose memoranda for a batch; those that are no longer due, or lie in another batch, are left where they are.

    Raises Invalid for more than `MOST`, Conflict when none can be chosen.
    """
    if len(memorandum_ids) > MOST:
        raise Invalid("Choose at most %(most)d memoranda for a batch.", most=MOST)
    free = queries.free_of(session, memorandum_ids)
    if not free:
        raise Conflict("None of these memoranda can be put into a batch: they are not due or lie in another batch.")
    batch = Batch(state=BatchState.CHOSEN, made_at=now, made_by_id=by, pdf_keys=[])
    session.add(batch)
    session.flush()
    chosen = 0
    for memo, person in _sorted(free, order):
        # Somebody else may be choosing the same one at this moment: whoever comes second goes without it.
        chosen += insert_once(
            session,
            BatchItem,
            batch_id=batch.id,
            memorandum_id=memo.id,
            position=chosen + 1,
            accepted_findings=[],
            made_for=memoranda.receiver_fingerprint(person),
            taken_out=False,
        )
    if not chosen:
        raise Conflict("None of these memoranda can be put into a batch: they are not due or lie in another batch.")
    record(session, "batch.made", by=by, subject=batch.id, now=now, envelopes=chosen)
    return batch


def put_in_order(
    session: Session, *, batch: Batch, order: Order, by: SupporterId, now: datetime, seen_version: int
) -> None:
    """Lay the envelopes into another order, while nothing is released."""
    _open_at(session, batch, seen_version, BatchState.CHOSEN)
    places = queries.places(session, batch.id)
    items = {place.memorandum.id: place.item for place in places}
    pairs = [(place.memorandum, place.supporter) for place in places]
    # Behind every place that was ever taken, also by what was taken out: no two at one place, not even in between.
    last = session.scalar(sa.select(sa.func.max(BatchItem.position)).where(BatchItem.batch_id == batch.id)) or 0
    for position, (memo, _) in enumerate(_sorted(pairs, order), start=last + 1):
        items[memo.id].position = position
    membership.touch(batch)
    record(session, "batch.put_in_order", by=by, subject=batch.id, now=now, order=order.value)


def accept_finding(
    session: Session, *, batch: Batch, memorandum_id: int, keys: Collection[str], by: SupporterId, now: datetime
) -> None:
    """A person has looked at what was found about an envelope and lets it be.

    It holds for this address only. Raises Conflict when something else is found by now.
    """
    _open_at(session, batch, None, BatchState.CHOSEN)
    envelope = _envelope(session, batch, memorandum_id)
    if not set(keys) <= {finding.key for finding in envelope.findings}:
        raise Conflict("The address has changed meanwhile. Look at it again.")
    kept = set(envelope.item.accepted_findings)
    if set(keys) <= kept:
        return
    envelope.item.accepted_findings = sorted(kept | set(keys))
    membership.touch(batch)
    codes = sorted(finding.code.value for finding in envelope.findings if finding.key in keys)
    record(
        session, "batch.accepted", by=by, subject=batch.id, now=now,
        memorandum=memorandum_id, number=envelope.memorandum.number, findings=codes,
    )  # fmt: skip


def take_out(session: Session, *, batch: Batch, memorandum_id: int, by: SupporterId, now: datetime) -> None:
    """Leave one envelope out. What was printed already is due again, and its papers are made anew."""
    _open_at(session, batch, None, BatchState.CHOSEN, BatchState.PRINTED)
    envelope = _envelope(session, batch, memorandum_id)
    membership.close(session, envelope.item, batch=batch, by=by, now=now)
    if envelope.memorandum.state is State.PRINTED:
        session.flush()
        memoranda.unmark_printed(session, memorandum=envelope.memorandum, by=by, now=now)


def offers_for(envelopes: Sequence[Proved], *, on: date) -> list[Offer]:
    """By which services these can be posted on a day, and for how much; the cheapest first."""
    return offers(tariff(), grams=[weight_for(envelope.supporter) for envelope in envelopes], on=on)


def weight_for(person: Supporter) -> int:
    """What the envelope for somebody weighs, in grams: the pack has more sheets in some languages."""
    return weight_of(tariff(), pages=pages_for(person.locale))


def release(
    session: Session,
    *,
    batch: Batch,
    service: Service,
    by: SupporterId,
    now: datetime,
    today: date,
    seen_version: int,
) -> list[Memorandum]:
    """A person lets the papers be printed: the file is owed now. What is no longer due is taken out and returned.

    Raises Refused while something stands open, or when the service may not carry these envelopes.
    """
    _open_at(session, batch, seen_version, BatchState.CHOSEN)
    gone = _take_out_moved(session, batch, State.DUE, by=by, now=now)
    envelopes = proof(session, batch)
    if not envelopes:
        raise Refused("No envelope is left in this batch. Call it off.")
    if any(envelope.open for envelope in envelopes):
        raise Refused("Some envelopes have open questions. Answer each, or take the envelope out.")
    offer = next((o for o in offers_for(envelopes, on=today) if o.service is service), None)
    if offer is None:
        raise Refused("There is no price for this service and this weight.")
    for envelope in envelopes:
        envelope.item.made_for = envelope.receiver
    batch.released_at, batch.released_by_id, batch.service, batch.pdf_keys = now, by, service, []
    _step(
        session, batch, BatchState.RELEASED, "batch.released", by=by, now=now,
        envelopes=len(envelopes), service=service.value, yen=offer.total_yen,
    )  # fmt: skip
    _owe_papers(session, batch, now=now)
    return gone


def unrelease(session: Session, *, batch: Batch, by: SupporterId, now: datetime, seen_version: int) -> None:
    """Back to the proof sheet: what was accepted stands, what was made is thrown away."""
    _open_at(session, batch, seen_version, BatchState.RELEASED)
    batch.released_at = batch.released_by_id = batch.service = None
    batch.pdf_keys = []
    _step(session, batch, BatchState.CHOSEN, "batch.unreleased", by=by, now=now)
    _owe_papers(session, batch, now=now)


def mark_printed(
    session: Session, *, batch: Batch, by: SupporterId, now: datetime, seen_version: int
) -> list[Memorandum]:
    """All papers of the batch lie on the desk. What is no longer due is taken out and returned.

    Raises Conflict while the file has not been made, or when an address has changed since the release.
    """
    _open_at(session, batch, seen_version, BatchState.RELEASED)
    if not batch.pdf_keys:
        raise Conflict("The papers are not ready yet. Wait a moment.")
    gone = _take_out_moved(session, batch, State.DUE, by=by, now=now)
    envelopes = proof(session, batch)
    if any(envelope.has_changed for envelope in envelopes):
        raise Conflict("An address has changed since the release. Go back to the proof sheet.")
    for envelope in envelopes:
        memoranda.mark_printed(session, memorandum=envelope.memorandum, by=by, now=now, batch_id=batch.id)
    batch.printed_at = now
    _step(session, batch, BatchState.PRINTED, "batch.printed", by=by, now=now, envelopes=len(envelopes))
    return gone


def unmark_printed(session: Session, *, batch: Batch, by: SupporterId, now: datetime, seen_version: int) -> None:
    """A slip: nothing was printed after all. The papers are made anew, with the addresses of today."""
    _open_at(session, batch, seen_version, BatchState.PRINTED)
    for place in queries.places(session, batch.id):
        memoranda.unmark_printed(session, memorandum=place.memorandum, by=by, now=now, batch_id=batch.id)
    batch.printed_at = None
    batch.pdf_keys = []
    _step(session, batch, BatchState.RELEASED, "batch.not_printed", by=by, now=now)
    _owe_papers(session, batch, now=now)


def mark_posted(
    session: Session,
    *,
    batch: Batch,
    posted_on: date,
    service: Service,
    tracking: Mapping[int, str],
    by: SupporterId,
    now: datetime,
    today: date,
    seen_version: int,
) -> list[Memorandum]:
    """All envelopes are on their way, in one transaction; each receiver is told once. `tracking`: number by memorandum.

    What is not printed any more is taken out and returned, never posted. Raises Invalid for a day that has not come and
    for a tracking number that stands twice; one that only looks wrong is kept.
    """
    _open_at(session, batch, seen_version, BatchState.PRINTED)
    if posted_on > today:
        raise Invalid("The day of posting lies in the future.")
    gone = _take_out_moved(session, batch, State.PRINTED, by=by, now=now)
    places = queries.places(session, batch.id)
    given = {place.memorandum.id: numbers.normal(tracking.get(place.memorandum.id, "")) for place in places}
    if Doubt.TWICE in numbers.doubts(given, service=service).values():
        raise Invalid("A tracking number stands twice. Each envelope has its own.")
    paid = 0
    for place in places:
        grams = weight_for(place.supporter)
        yen = price(tariff(), service, grams=grams, on=posted_on)
        memoranda.mark_posted(
            session, memorandum=place.memorandum, posted_on=posted_on, service=service,
            tracking=given[place.memorandum.id], by=by, now=now, today=today, batch_id=batch.id,
            postage_yen=yen, weight_g=grams,
        )  # fmt: skip
        paid += yen or 0
    _close_all(session, batch, now=now)
    batch.posted_on, batch.pdf_keys = posted_on, []
    _step(
        session, batch, BatchState.POSTED, "batch.posted", by=by, now=now,
        envelopes=len(places), service=service.value, yen=paid,
    )  # fmt: skip
    _owe_papers(session, batch, now=now)
    return gone


def cancel(session: Session, *, batch: Batch, by: SupporterId, now: datetime, seen_version: int) -> None:
    """Call the batch off: its memoranda are due as before and can be chosen again."""
    _open_at(session, batch, seen_version, BatchState.CHOSEN, BatchState.RELEASED)
    _close_all(session, batch, now=now)
    batch.pdf_keys = []
    _step(session, batch, BatchState.CANCELLED, "batch.cancelled", by=by, now=now)
    _owe_papers(session, batch, now=now)


def _open_at(session: Session, batch: Batch, seen_version: int | None, *states: BatchState) -> None:
    """Hold the row, so that another transaction waits; raise Conflict with what somebody else did to it."""
    session.flush()
    session.refresh(batch, with_for_update=True)
    if batch.state in states and seen_version in {None, batch.version}:
        return
    last = next((entry for entry in reversed(queries.history(session, batch.id)) if entry.step in MEANWHILE), None)
    if last is None or last.by_id is None:
        raise Conflict("This batch has changed meanwhile. Look at it again.")
    raise Conflict(MEANWHILE[last.step], name=queries.names_of(session, {last.by_id})[last.by_id])


def _envelope(session: Session, batch: Batch, memorandum_id: int) -> Proved:
    found = (e for e in proof(session, batch) if e.memorandum.id == memorandum_id and e.item.closed_at is None)
    if (envelope := next(found, None)) is None:
        raise Conflict("This envelope was taken out of the batch meanwhile.")
    return envelope


def _take_out_moved(
    session: Session, batch: Batch, expected: State, *, by: SupporterId, now: datetime
) -> list[Memorandum]:
    moved = [place for place in queries.places(session, batch.id) if place.memorandum.state is not expected]
    for place in moved:
        membership.close(session, place.item, batch=batch, by=by, now=now)
    session.flush()
    return [place.memorandum for place in moved]


def _close_all(session: Session, batch: Batch, *, now: datetime) -> None:
    session.flush()
    still_open = sa.update(BatchItem).where(BatchItem.batch_id == batch.id, BatchItem.closed_at.is_(None))
    session.execute(still_open.values(closed_at=now))


def _step(
    session: Session, batch: Batch, wanted: BatchState, step: str, *, by: SupporterId, now: datetime, **facts: object
) -> None:
    rules.check_batch_step(batch.state, wanted)
    batch.state = wanted
    record(session, step, by=by, subject=batch.id, now=now, **facts)


def _owe_papers(session: Session, batch: Batch, *, now: datetime) -> None:
    session.flush()
    key = f"batch:{batch.id}:{batch.version}"
    owe(session, PAPERS, key=key, now=now, batch_id=batch.id, version=batch.version)


def _sorted(pairs: Sequence[tuple[Memorandum, Supporter]], order: Order) -> list[tuple[Memorandum, Supporter]]:
    if order is Order.DUE:
        return sorted(pairs, key=lambda pair: (pair[0].due_at, pair[0].id))
    return sorted(pairs, key=lambda pair: (pair[1].postal_code or "", pair[1].address or "", pair[0].id))
