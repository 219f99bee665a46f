"""Background work of batches: the papers of a released batch in one file, or a few, in the order of the envelopes."""

import hashlib

import sqlalchemy as sa

from lms.kernel.storage import Storage
from lms.kernel.work import Job
from lms.memoranda.batches import queries
from lms.memoranda.batches.proof import proof
from lms.memoranda.models import Batch
from lms.memoranda.papers import Pack, render_in_files
from lms.memoranda.papers.queries import pack_of
from lms.memoranda.papers.rendering import PER_FILE
from lms.memoranda.rules import BatchState
from lms.web.context import house

WITH_PAPERS = frozenset({BatchState.RELEASED, BatchState.PRINTED})


def papers(job: Job) -> None:
    """Make the files of a batch that is released, and remove those that nobody needs any more. It may run twice.

    An address that has changed since the release leaves the batch without a file: its page sends back to the proof.
    """
    batch_id: int = job.arguments["batch_id"]
    parts = house()
    with job.database.read() as session:
        batch = queries.batch(session, batch_id)
        released_at, wanted = batch.released_at, batch.state is BatchState.RELEASED and not batch.pdf_keys
        envelopes = proof(session, batch) if wanted else []
        if any(envelope.has_changed for envelope in envelopes):
            envelopes = []
        packs = [pack_of(session, envelope.memorandum, settings=parts.settings) for envelope in envelopes]
    keys = render([pack for pack in packs if pack], batch_id=batch_id, storage=parts.storage, job=job)
    with job.transaction() as session:
        if keys:  # not through the row's version: whoever looks at the page meanwhile has not been overtaken
            still = (Batch.id == batch_id, Batch.state == BatchState.RELEASED, Batch.released_at == released_at)
            session.execute(sa.update(Batch).where(*still).values(pdf_keys=keys))
        batch = queries.batch(session, batch_id)
        kept = set(batch.pdf_keys) if batch.state in WITH_PAPERS else set()
    for other in parts.storage.keys(f"batches/{batch_id}"):
        if other not in kept:
            parts.storage.delete(other)


def render(packs: list[Pack], *, batch_id: int, storage: Storage, job: Job) -> list[str]:
    """The packs as files in storage, under names made from their bytes; their keys in order."""
    keys: list[str] = []
    for pdf in render_in_files(packs):
        key = f"batches/{batch_id}/{hashlib.sha256(pdf).hexdigest()[:16]}.pdf"
        storage.put(key, pdf)
        keys.append(key)
        job.progress(min(1.0, len(keys) * PER_FILE / len(packs)))
    return keys
