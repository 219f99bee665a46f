"""Background work: setting the papers of a memorandum."""

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from lms.kernel import clock
from lms.kernel.storage import Storage
from lms.kernel.work import Job
from lms.memoranda import queries, services
from lms.memoranda.papers import archive
from lms.memoranda.papers.content import Pack
from lms.memoranda.papers.models import PaperKind
from lms.memoranda.papers.queries import pack_of
from lms.memoranda.papers.rendering import render, template_version
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
    rendered = stored(pack, memorandum_id=memorandum_id, made_for=made_for, storage=parts.storage)
    with job.transaction() as session:
        keep(session, memorandum_id=memorandum_id, rendered=rendered, pack=pack, now=clock.now())
        kept = {paper.storage_key for paper in archive.of_memorandum(session, memorandum_id)}
    for other in parts.storage.keys(f"packs/{memorandum_id}"):
        if other not in kept:  # an old address is nobody's business any more
            parts.storage.delete(other)


def stored(pack: Pack, *, memorandum_id: int, made_for: str, storage: Storage) -> Rendered:
    """The papers as a PDF in storage, under a name made from their bytes."""
    pdf = render([pack])
    sha256 = hashlib.sha256(pdf).hexdigest()
    key = archive.key_of(memorandum_id, PaperKind.PACK, sha256)
    storage.put(key, pdf)
    return Rendered(key, sha256, template_version(pack), made_for)


def keep(session: Session, *, memorandum_id: int, rendered: Rendered, pack: Pack, now: datetime) -> None:
    """The rendered papers of a memorandum that is still due, in the archive too; what was never posted leaves it."""
    services.keep_pack(session, memorandum_id=memorandum_id, rendered=rendered)
    if queries.memorandum(session, memorandum_id).pack_key != rendered.key:
        return
    archive.enter(
        session,
        memorandum_id=memorandum_id,
        kind=PaperKind.PACK,
        sha256=rendered.sha256,
        key=rendered.key,
        data=pack,
        now=now,
    )
    archive.forget_unposted(session, memorandum_id=memorandum_id, but=rendered.sha256)
