"""Background work: setting the papers of a memorandum."""

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
    before = parts.storage.keys(f"packs/{memorandum_id}")
    rendered = stored(pack, memorandum_id=memorandum_id, made_for=made_for, storage=parts.storage)
    with job.transaction() as session:
        is_ours = keep(session, memorandum_id=memorandum_id, rendered=rendered, pack=pack, now=clock.now())
        kept = {paper.storage_key for paper in archive.of_memorandum(session, memorandum_id)}
    # An old address is nobody's business any more. Whoever came too late cannot know what another has just stored.
    for key in before if is_ours else [rendered.key]:
        if key not in kept:
            parts.storage.delete(key)


def stored(pack: Pack, *, memorandum_id: int, made_for: str, storage: Storage) -> Rendered:
    """The papers as a PDF in storage, under a name made from their bytes."""
    file = archive.store(render([pack]), memorandum_id=memorandum_id, kind=PaperKind.PACK, storage=storage)
    return Rendered(file.key, file.sha256, template_version(pack), made_for)


def keep(session: Session, *, memorandum_id: int, rendered: Rendered, pack: Pack, now: datetime) -> bool:
    """The rendered papers of a memorandum that is still due, in the archive too; what was never posted leaves it.

    False if they are not wanted any more: it is not due, or these were made for an old address.
    """
    services.keep_pack(session, memorandum_id=memorandum_id, rendered=rendered)
    if queries.memorandum(session, memorandum_id).pack_key != rendered.key:
        return False
    stored = archive.Stored(rendered.key, rendered.sha256)
    archive.enter(session, memorandum_id=memorandum_id, kind=PaperKind.PACK, stored=stored, data=pack, now=now)
    archive.forget_unposted(session, memorandum_id=memorandum_id, but=rendered.sha256)
    return True
