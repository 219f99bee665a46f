"""The proof sheet: every envelope of a batch with what was found about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.memoranda import papers
from lms.memoranda.batches import queries, rules
from lms.memoranda.batches.postcodes import postcodes
from lms.memoranda.batches.queries import Place
from lms.memoranda.batches.rules import Code, Envelope, Finding
from lms.memoranda.models import Batch, BatchItem, Memorandum
from lms.memoranda.rules import number_of
from lms.memoranda.services import receiver_fingerprint
from lms.supporters.models import Supporter


@dataclass(frozen=True)
class Proved:
    """An envelope at its place in the pile, counted from 1, with what was found and what of it still stands open."""

    place: int
    item: BatchItem
    memorandum: Memorandum
    supporter: Supporter
    receiver: str
    findings: tuple[Finding, ...]
    open: tuple[Finding, ...]

    @property
    def has_changed(self) -> bool:
        """Whether name or address is another than when it was last looked at."""
        return any(finding.code is Code.CHANGED_SINCE for finding in self.findings)


def proof(session: Session, batch: Batch) -> list[Proved]:
    """Every envelope of an open batch in order. Two queries, however many envelopes."""
    places, known = queries.places(session, batch.id), postcodes()
    homes = _households(session, places)
    found = []
    for number, place in enumerate(places, start=1):
        envelope = _envelope(place)
        findings = rules.findings(envelope, household=homes.get(envelope.number, ()), prefectures=known.prefectures)
        still_open = rules.unanswered(findings, frozenset(place.item.accepted_findings))
        found.append(
            Proved(
                place=number,
                item=place.item,
                memorandum=place.memorandum,
                supporter=place.supporter,
                receiver=envelope.receiver,
                findings=tuple(findings),
                open=tuple(still_open),
            )
        )
    return found


def _envelope(place: Place) -> Envelope:
    memo, person, address = place.memorandum, place.supporter, place.supporter.postal_address
    lines = address.lines if address else ()
    return Envelope(
        memorandum_id=memo.id,
        number=memo.number,
        name=person.display_name,
        postal_code=address.postal_code if address else None,
        lines=lines,
        has_papers=memo.pack_key is not None,
        places=postcodes().places_of(address.postal_code) if address else (),
        unprintable=papers.missing_glyphs("".join((person.display_name, *lines))),
        made_for=place.item.made_for,
        receiver=receiver_fingerprint(person),
    )


def _households(session: Session, places: Sequence[Place]) -> dict[str, tuple[str, ...]]:
    """One document number a person: of somebody with several, the one in this batch."""
    ours = {place.supporter.id: place.memorandum.number for place in places}
    addresses = {}
    for year, memorandum_id, person, postal_code, address in queries.addresses_at_home(session):
        number = ours.get(person) or number_of(year, memorandum_id)
        addresses[number] = (postal_code or "", (address or "").splitlines())
    return rules.households(addresses)
