"""What was posted can be proved: each paper is kept with its hash, and is set again from what it was set from."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.kernel.db import insert_once
from lms.kernel.storage import Storage
from lms.memoranda.models import Memorandum, Posting
from lms.memoranda.papers.content import FollowUp, Pack
from lms.memoranda.papers.models import ArchivedPaper, PaperKind, PaperTemplate
from lms.memoranda.papers.rendering import FOLLOW_UP, PACK, data_of, set_again
from lms.memoranda.papers.texts import Texts, texts_of
from lms.memoranda.papers.typesetting import TypesettingError, typesetter

MAIN = {PaperKind.PACK: PACK, PaperKind.FOLLOW_UP: FOLLOW_UP}
FOLDERS = {PaperKind.PACK: "packs", PaperKind.FOLLOW_UP: "follow-ups"}

AT_ONCE = 50
"""So many papers are read at a time: each is some ten kilobytes, and the archive only grows."""


class Verdict(StrEnum):
    """What came out when a paper was set again."""

    SAME = "same"
    DIFFERS = "differs"
    OTHER_TYPESETTER = "other_typesetter"
    FILE_MISSING = "file_missing"
    FILE_CHANGED = "file_changed"
    CANNOT_BE_SET = "cannot_be_set"

    @property
    def is_proof(self) -> bool:
        """Whether the file is the one that was posted: its bytes are those of which the hash was kept."""
        return self in {Verdict.SAME, Verdict.OTHER_TYPESETTER}


@dataclass(frozen=True)
class Verified:
    """A paper of the archive and what came of it."""

    paper_id: int
    memorandum_id: int
    number: str
    kind: PaperKind
    template_version: str
    made_at: datetime
    verdict: Verdict


@dataclass(frozen=True)
class Stored:
    """A file in storage: its key, and the hash of its bytes."""

    key: str
    sha256: str


def store(pdf: bytes, *, memorandum_id: int, kind: PaperKind, storage: Storage) -> Stored:
    """Put the file of a paper where it lies, named after its bytes; no transaction must wait for that."""
    sha256 = hashlib.sha256(pdf).hexdigest()
    stored = Stored(f"{FOLDERS[kind]}/{memorandum_id}/{sha256[:16]}.pdf", sha256)
    storage.put(stored.key, pdf)
    return stored


def enter(
    session: Session, *, memorandum_id: int, kind: PaperKind, stored: Stored, data: Pack | FollowUp, now: datetime
) -> None:
    """Enter a paper whose file lies in storage; the same paper twice is one."""
    texts = texts_of(data.recipient.locale, programme=data.programme.code)
    insert_once(session, PaperTemplate, version=texts.version, zipped=texts.zipped(), first_used_at=now)
    insert_once(
        session,
        ArchivedPaper,
        memorandum_id=memorandum_id,
        kind=kind,
        template_version=texts.version,
        typesetter=typesetter(),
        data=_as_kept(data),
        sha256=stored.sha256,
        storage_key=stored.key,
        made_at=now,
    )


def holds(session: Session, *, memorandum_id: int, sha256: str | None, data: Pack | FollowUp) -> bool:
    """Whether the file with this hash was set from the very same words, layout and data."""
    same = (ArchivedPaper.memorandum_id == memorandum_id, ArchivedPaper.sha256 == sha256)
    return session.scalar(sa.select(ArchivedPaper.data).where(*same)) == _as_kept(data)


def _as_kept(data: Pack | FollowUp) -> str:
    return json.dumps(data_of(data), ensure_ascii=False, sort_keys=True)


def forget(session: Session, *, memorandum_id: int, key: str) -> None:
    """Drop a paper that was made and never posted."""
    this = (ArchivedPaper.memorandum_id == memorandum_id, ArchivedPaper.storage_key == key)
    session.execute(sa.delete(ArchivedPaper).where(*this))


def forget_unposted(session: Session, *, memorandum_id: int, but: str) -> None:
    """Drop packs that were made and never posted, except the one with the hash `but`: an old address is nobody's."""
    posted = sa.select(sa.func.max(Posting.recorded_at)).where(Posting.memorandum_id == memorandum_id)
    last = session.scalar(posted)
    unposted = (
        ArchivedPaper.memorandum_id == memorandum_id,
        ArchivedPaper.kind == PaperKind.PACK,
        ArchivedPaper.sha256 != but,
    )
    since = (ArchivedPaper.made_at > last,) if last else ()
    session.execute(sa.delete(ArchivedPaper).where(*unposted, *since))


def of_memorandum(session: Session, memorandum_id: int) -> list[ArchivedPaper]:
    """What was made for a memorandum, oldest first."""
    wanted = sa.select(ArchivedPaper).where(ArchivedPaper.memorandum_id == memorandum_id)
    return list(session.scalars(wanted.order_by(ArchivedPaper.id)))


def count(session: Session) -> int:
    """How many papers the archive holds."""
    return session.scalar(sa.select(sa.func.count(ArchivedPaper.id))) or 0


def verify(session: Session, *, storage: Storage, newest: int | None = None) -> Iterator[Verified]:
    """Set papers again and compare their bytes, the newest first; all of them, or so many. Writes nothing."""
    wanted = sa.select(ArchivedPaper, Memorandum).join(Memorandum, ArchivedPaper.memorandum_id == Memorandum.id)
    newest_first = wanted.order_by(ArchivedPaper.id.desc()).limit(newest).execution_options(yield_per=AT_ONCE)
    for paper, memo in session.execute(newest_first):
        yield Verified(
            paper.id,
            memo.id,
            memo.number,
            paper.kind,
            paper.template_version,
            paper.made_at,
            _verdict(session, paper, storage),
        )


def _verdict(session: Session, paper: ArchivedPaper, storage: Storage) -> Verdict:
    try:
        kept = storage.get(paper.storage_key)
    except FileNotFoundError:
        return Verdict.FILE_MISSING
    if hashlib.sha256(kept).hexdigest() != paper.sha256:
        return Verdict.FILE_CHANGED
    template = session.get_one(PaperTemplate, paper.template_version)
    same_typesetter = paper.typesetter == typesetter()
    try:
        again = set_again(MAIN[paper.kind], json.loads(paper.data), Texts.unzipped(template.version, template.zipped))
    except TypesettingError:
        return Verdict.CANNOT_BE_SET if same_typesetter else Verdict.OTHER_TYPESETTER
    if again == kept:
        return Verdict.SAME
    return Verdict.DIFFERS if same_typesetter else Verdict.OTHER_TYPESETTER
