"""What can be done with captions: take them in, correct them, take them over, delete them."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from courses import queries as courses
from courses.captions import queries, search
from courses.captions.markup import to_webvtt
from courses.captions.rules import CaptionKind, CaptionState
from courses.captions.webvtt import Cue, kept, shifted, write
from courses.models import Caption, CaptionLine, Recording
from lms.kernel.db import insert_once
from lms.kernel.errors import Conflict, Invalid, msgid
from lms.kernel.history import record
from lms.kernel.i18n import DEFAULT
from lms.kernel.identity import SupporterId
from lms.kernel.work import Lane, owe, owe_again, progress_of

HEAR = "captions.hear"
OVERTAKEN = msgid("Somebody else saved these meanwhile. Compare what they wrote with yours, and save again.")


def save(
    session: Session,
    *,
    recording_id: int,
    kind: CaptionKind,
    language: str,
    cues: Iterable[Cue],
    seen: int,
    by: SupporterId | None,
    now: datetime,
) -> Caption:
    """Captions or chapters as somebody wrote them; a draft becomes shown.

    `seen` is the version they began with, 0 for none. Raises Conflict if there is another by now.
    """
    webvtt = write(cues)
    caption = queries.one(session, recording_id=recording_id, kind=kind, language=language, for_update=True)
    if (caption.version if caption else 0) != seen:
        raise Conflict(OVERTAKEN)
    if caption is None:
        caption = _made(session, recording_id=recording_id, kind=kind, language=language, webvtt=webvtt, by=by, now=now)
    else:
        caption.webvtt, caption.state = webvtt, CaptionState.SHOWN
        caption.updated_at, caption.updated_by_id = now, by
        session.flush()
    index(session, caption)
    _record(session, "saved", caption, by=by, now=now)
    return caption


def add_draft(session: Session, *, recording_id: int, language: str, cues: Iterable[Cue], now: datetime) -> None:
    """What the speech recogniser heard, for a person to correct; nothing if there are captions by now."""
    if queries.one(session, recording_id=recording_id, kind=CaptionKind.CAPTIONS, language=language):
        return
    caption = _made(
        session, recording_id=recording_id, kind=CaptionKind.CAPTIONS, language=language, webvtt=write(cues), by=None,
        now=now, state=CaptionState.DRAFT,
    )  # fmt: skip
    index(session, caption)
    _record(session, "drafted", caption, by=None, now=now)


def owe_draft(session: Session, *, recording: Recording, by: SupporterId, now: datetime) -> None:
    """Owe what the speech recogniser hears, again if it was done before. Raises Conflict if there are captions."""
    if queries.one(session, recording_id=recording.id, kind=CaptionKind.CAPTIONS, language=DEFAULT):
        raise Conflict("There are Japanese captions already. Delete them first if a machine shall write them anew.")
    key = _hearing_key(recording)
    if not owe(session, HEAR, key=key, lane=Lane.SLOW, now=now, recording_id=recording.id):
        owe_again(session, key=key, now=now)
    record(session, "recording.draft_asked", by=by, subject=recording.id, now=now)


def hearing(session: Session, recording: Recording) -> float | None:
    """How far the speech recogniser has come, 0 to 1; None if it is not at work."""
    key = _hearing_key(recording)
    owed = progress_of(session, keys=[key]).get(key)
    return None if owed is None or owed.done_at or owed.gave_up_at else owed.progress / 1000


def _hearing_key(recording: Recording) -> str:
    return f"speech:{recording.id}"


def take_over(session: Session, *, recording: Recording, by_ms: int, by: SupporterId, now: datetime) -> list[Caption]:
    """Captions and chapters of the version before, this many milliseconds later; what is here already stays.

    Raises Invalid if nothing of them would lie within this recording.
    """
    before = queries.earlier_version(session, recording)
    taken = []
    for old in queries.of_recording(session, before.id) if before else ():
        here = queries.one(session, recording_id=recording.id, kind=old.kind, language=old.language)
        cues = shifted(kept(old.webvtt), by=by_ms, duration_ms=recording.duration_ms)
        if here is None and cues and old.state is CaptionState.SHOWN:
            taken.append(
                save(
                    session, recording_id=recording.id, kind=old.kind, language=old.language, cues=cues, seen=0, by=by,
                    now=now,
                )
            )  # fmt: skip
    if not taken:
        raise Invalid("There is nothing to take over.")
    return taken


def delete(session: Session, *, caption: Caption, by: SupporterId, now: datetime) -> None:
    """Remove captions or chapters for good."""
    _record(session, "deleted", caption, by=by, now=now)
    session.execute(sa.delete(CaptionLine).where(CaptionLine.caption_id == caption.id))
    session.delete(caption)
    session.flush()


def index(session: Session, caption: Caption) -> None:
    """Write down its lines for the search."""
    session.execute(sa.delete(CaptionLine).where(CaptionLine.caption_id == caption.id))
    if caption.kind is CaptionKind.CAPTIONS:
        lines = [
            {
                "caption_id": caption.id,
                "number": number,
                "start_ms": cue.start,
                "text": to_webvtt(cue.pieces),
                "words": search.searchable(cue.pieces),
            }
            for number, cue in enumerate(kept(caption.webvtt), start=1)
        ]
        if lines:
            session.execute(sa.insert(CaptionLine), lines)


def _made(
    session: Session,
    *,
    recording_id: int,
    kind: CaptionKind,
    language: str,
    webvtt: str,
    by: SupporterId | None,
    now: datetime,
    state: CaptionState = CaptionState.SHOWN,
) -> Caption:
    made = insert_once(
        session,
        Caption,
        recording_id=recording_id,
        kind=kind,
        language=language,
        state=state,
        webvtt=webvtt,
        updated_at=now,
        updated_by_id=by,
        version=1,
    )
    if not made:
        raise Conflict(OVERTAKEN)
    found = queries.one(session, recording_id=recording_id, kind=kind, language=language)
    assert found is not None
    return found


def _record(session: Session, step: str, caption: Caption, *, by: SupporterId | None, now: datetime) -> None:
    recording = courses.recording(session, caption.recording_id)
    record(
        session,
        f"recording.{caption.kind}_{step}",
        by=by,
        subject=recording.id,
        now=now,
        language=caption.language,
        version=caption.version,
    )
