"""What is printed for a memorandum, asked from the database."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from courses.models import ProgrammeRow
from lms.kernel import clock
from lms.kernel.history import steps_of
from lms.kernel.i18n import text_in
from lms.kernel.settings import Settings
from lms.memoranda.models import BatchItem, Memorandum
from lms.memoranda.papers.content import Addressee, FollowUp, Pack, ProgrammeTerms, Recipient
from lms.memoranda.papers.envelopes import envelope_of
from lms.memoranda.papers.organisation import organisation_of
from lms.memoranda.rules import State
from lms.supporters import queries as supporters
from lms.supporters.models import Supporter
from lms.supporters.rules import Address


def pack_of(session: Session, memo: Memorandum, *, settings: Settings) -> Pack | None:
    """What is printed for a memorandum, with its address of today; None while there is no address."""
    person = supporters.supporter(session, memo.supporter_id)
    if person.postal_address is None:
        return None
    return Pack(
        number=memo.number,
        issued_on=_issued_on(session, memo),
        recipient=_recipient(person, person.postal_address),
        organisation=organisation_of(settings),
        programme=_terms(session.get_one(ProgrammeRow, memo.programme_id)),
        route=memo.route.value,
        scan_url=scan_url(memo, settings=settings),
        envelope=envelope_of(settings),
    )


def _issued_on(session: Session, memo: Memorandum) -> date:
    """The day that a letter is dated: on which its papers became due, or due again."""
    steps = steps_of(session, kind="memorandum", subject=memo.id)
    return clock.tokyo_day(max((each.at for each in steps if each.step == "memorandum.due"), default=memo.due_at))


def follow_up_of(  # noqa: PLR0913 – a letter names everything it says, keyword-only
    session: Session,
    memo: Memorandum,
    *,
    settings: Settings,
    issued_on: date,
    sentences_ja: tuple[str, ...],
    sentences: tuple[str, ...],
    needs_memorandum: bool,
    needs_bank_form: bool,
) -> FollowUp | None:
    """The letter that says what is missing, with the address of today; None while there is no address."""
    person = supporters.supporter(session, memo.supporter_id)
    if person.postal_address is None:
        return None
    return FollowUp(
        number=memo.number,
        issued_on=issued_on,
        recipient=_recipient(person, person.postal_address),
        organisation=organisation_of(settings),
        programme=_terms(session.get_one(ProgrammeRow, memo.programme_id)),
        scan_url=scan_url(memo, settings=settings),
        sentences_ja=sentences_ja,
        sentences=sentences,
        needs_memorandum=needs_memorandum,
        needs_bank_form=needs_bank_form,
        envelope=envelope_of(settings),
    )


def scan_url(memo: Memorandum, *, settings: Settings) -> str:
    """What the code on the sheets holds: the page on which their return is written down."""
    return f"{settings.url}/r/{memo.number}"


def _recipient(person: Supporter, address: Address) -> Recipient:
    return Recipient(
        name=person.display_name,
        name_kana=person.name_kana,
        postal_code=address.postal_code,
        address_lines=address.lines,
        network_id=person.network_id,
        locale=person.locale,
    )


def _terms(programme: ProgrammeRow) -> ProgrammeTerms:
    return ProgrammeTerms(
        code=programme.code,
        title=text_in(programme.titles, "ja"),
        first_day=programme.first_day,
        last_day=programme.last_day,
        honorarium=tuple((minutes, yen) for minutes, yen in programme.honorarium),
        claim_within_months=programme.claim_within_months,
    )


def addressees(session: Session, *, state: State | None = None, batch_id: int | None = None) -> list[Addressee]:
    """Whom labels are printed for: memoranda in a state, the one due longest first, or a batch in its order. One query.

    Who has no address has no label.
    """
    wanted = sa.select(Supporter).join(Memorandum, Memorandum.supporter_id == Supporter.id)
    if batch_id is None:
        wanted = wanted.where(Memorandum.state == state).order_by(Memorandum.due_at, Memorandum.id)
    else:
        in_batch = (BatchItem.batch_id == batch_id, BatchItem.taken_out.is_(False))
        wanted = wanted.join(BatchItem, BatchItem.memorandum_id == Memorandum.id).where(*in_batch)
        wanted = wanted.order_by(BatchItem.position)
    people = session.scalars(wanted.where(Supporter.postal_code.is_not(None)))
    addresses = [(person.display_name, person.postal_address) for person in people]
    return [Addressee(name, where.postal_code, where.lines) for name, where in addresses if where]
