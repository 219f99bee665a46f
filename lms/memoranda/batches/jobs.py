"""Background work of batches: the papers of a released batch in one file, or a few, in the order of the envelopes."""

import hashlib

import sqlalchemy as sa

from lms.kernel import clock
from lms.kernel.storage import Storage
from lms.kernel.work import Job
from lms.memoranda import services
from lms.memoranda.batches import queries
from lms.memoranda.batches.proof import proof
from lms.memoranda.models import Batch, Memorandum
from lms.memoranda.papers import Pack, archive, render_in_files
from lms.memoranda.papers.queries import pack_of
from lms.memoranda.papers.rendering import PER_FILE
from lms.memoranda.rules import BatchState
from lms.web.context import house


def papers(job: Job) -> None:
    """Make the files of a batch that is released, and remove those of every release before. It may run twice.

    An address that has changed since the release leaves the batch without a file: its page sends back to the proof.
    """
    batch_id: int = job.arguments["batch_id"]
    version: int = job.arguments["version"]
    parts = house()
    with job.database.read() as session:
        batch = queries.batch(session, batch_id)
        # A later step owes its own files: what was owed before must not make any.
        envelopes = proof(session, batch) if batch.state is BatchState.RELEASED and batch.version == version else []
        if any(envelope.has_changed for envelope in envelopes):
            envelopes = []
        packs = [
            (envelope.memorandum, pack)
            for envelope in envelopes
            if (pack := pack_of(session, envelope.memorandum, settings=parts.settings))
        ]
        # What is kept must be what is posted: wording, sender or terms may be others than when it was made for itself.
        outdated = [
            memo.id
            for memo, pack in packs
            if memo.pack_key and not archive.holds(session, memorandum_id=memo.id, sha256=memo.pack_sha256, data=pack)
        ]
    keys = _render([pack for _, pack in packs], folder=f"batches/{batch_id}/{version}", storage=parts.storage, job=job)
    with job.transaction() as session:
        # Not through the row itself, whose version would count up: nobody who has the page open is overtaken by this.
        still = (Batch.id == batch_id, Batch.state == BatchState.RELEASED, Batch.version == version)
        session.execute(sa.update(Batch).where(*still).values(pdf_keys=keys))
        for memorandum_id in outdated:
            services.owe_pack(session, memorandum=session.get_one(Memorandum, memorandum_id), now=clock.now())
    for key in parts.storage.keys(f"batches/{batch_id}"):
        if int(key.split("/")[2]) < version:
            parts.storage.delete(key)


def _render(packs: list[Pack], *, folder: str, storage: Storage, job: Job) -> list[str]:
    """The packs as files in storage, under names made from their bytes; their keys in order."""
    keys: list[str] = []
    for pdf in render_in_files(packs):
        key = f"{folder}/{hashlib.sha256(pdf).hexdigest()[:16]}.pdf"
        storage.put(key, pdf)
        keys.append(key)
        job.progress(min(1.0, len(keys) * PER_FILE / len(packs)))
    return keys
