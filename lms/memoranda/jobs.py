"""Background work of memoranda: rendering the papers."""

import hashlib

from sqlalchemy.orm import Session

from courses.models import ProgrammeRow
from lms.kernel import clock
from lms.kernel.i18n import text_in
from lms.kernel.settings import Settings
from lms.kernel.storage import Storage
from lms.kernel.work import Job
from lms.memoranda import letters, queries, services
from lms.memoranda.letters import Pack, ProgrammeTerms, Recipient
from lms.memoranda.models import Memorandum
from lms.memoranda.organisation import organisation_of
from lms.memoranda.rules import State
from lms.memoranda.services import Rendered
from lms.supporters import queries as supporters
from lms.web.context import house


def render_pack(job: Job) -> None:
    """Render the papers of a memorandum that is due. It may run twice: the same papers give the same file."""
    memorandum_id: int = job.arguments["memorandum_id"]
    parts = house()
    with job.database.read() as session:
        memo = queries.memorandum(session, memorandum_id)
        pack = pack_of(session, memo, settings=parts.settings)
        made_for = services.receiver_fingerprint(supporters.supporter(session, memo.supporter_id))
    if pack is None or memo.state is not State.DUE:
        return
    rendered = render(pack, memorandum_id=memorandum_id, made_for=made_for, storage=parts.storage)
    with job.transaction() as session:
        services.keep_pack(session, memorandum_id=memorandum_id, rendered=rendered)
        kept = queries.memorandum(session, memorandum_id).pack_key
    for other in parts.storage.keys(f"packs/{memorandum_id}"):
        if other != kept:  # an old address is nobody's business any more
            parts.storage.delete(other)


def render(pack: Pack, *, memorandum_id: int, made_for: str, storage: Storage) -> Rendered:
    """The papers as a PDF in storage, under a name made from their bytes."""
    pdf = letters.render([pack])
    sha256 = hashlib.sha256(pdf).hexdigest()
    key = f"packs/{memorandum_id}/{sha256[:16]}.pdf"
    storage.put(key, pdf)
    return Rendered(key, sha256, letters.TEMPLATE_VERSION, made_for)


def pack_of(session: Session, memo: Memorandum, *, settings: Settings) -> Pack | None:
    """What is printed for a memorandum, with its address of today; None while there is no address."""
    person = supporters.supporter(session, memo.supporter_id)
    programme = session.get_one(ProgrammeRow, memo.programme_id)
    address = person.postal_address
    if address is None:
        return None
    return Pack(
        number=memo.number,
        issued_on=clock.tokyo_day(memo.due_at),
        recipient=Recipient(
            name=person.display_name,
            name_kana=person.name_kana,
            postal_code=address.postal_code,
            address_lines=address.lines,
            network_id=person.network_id,
            locale=person.locale,
        ),
        organisation=organisation_of(settings),
        programme=ProgrammeTerms(
            title=text_in(programme.titles, "ja"),
            first_day=programme.first_day,
            last_day=programme.last_day,
            honorarium=tuple((minutes, yen) for minutes, yen in programme.honorarium),
            claim_within_months=programme.claim_within_months,
        ),
        route=memo.route.value,
    )
