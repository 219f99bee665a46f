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
from lms.web.context import house

MAIN = {PaperKind.PACK: PACK, PaperKind.FOLLOW_UP: FOLLOW_UP}


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


def keep(
    session: Session, *, memorandum_id: int, kind: PaperKind, pdf: bytes, data: Pack | FollowUp, now: datetime
) -> ArchivedPaper:
    """Store a paper and enter it in the archive; the same paper twice is one."""
    sha256 = hashlib.sha256(pdf).hexdigest()
    key = key_of(memorandum_id, kind, sha256)
    house().storage.put(key, pdf)
    return enter(session, memorandum_id=memorandum_id, kind=kind, sha256=sha256, key=key, data=data, now=now)


def key_of(memorandum_id: int, kind: PaperKind, sha256: str) -> str:
    """Where the file of a paper lies, named after its bytes."""
    folder = {PaperKind.PACK: "packs", PaperKind.FOLLOW_UP: "follow-ups"}[kind]
    return f"{folder}/{memorandum_id}/{sha256[:16]}.pdf"


def enter(  # noqa: PLR0913 – a use case names everything it needs, keyword-only
    session: Session,
    *,
    memorandum_id: int,
    kind: PaperKind,
    sha256: str,
    key: str,
    data: Pack | FollowUp,
    now: datetime,
) -> ArchivedPaper:
    """Enter a paper whose file lies in storage already."""
    texts = texts_of(data.recipient.locale, programme=data.programme.code)
    insert_once(session, PaperTemplate, version=texts.version, zipped=texts.zipped(), first_used_at=now)
    insert_once(
        session,
        ArchivedPaper,
        memorandum_id=memorandum_id,
        kind=kind,
        template_version=texts.version,
        typesetter=typesetter(),
        data=json.dumps(data_of(data), ensure_ascii=False, sort_keys=True),
        sha256=sha256,
        storage_key=key,
        made_at=now,
    )
    found = sa.select(ArchivedPaper).where(ArchivedPaper.memorandum_id == memorandum_id, ArchivedPaper.sha256 == sha256)
    return session.scalars(found).one()


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
    for paper, memo in session.execute(wanted.order_by(ArchivedPaper.id.desc()).limit(newest)):
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
