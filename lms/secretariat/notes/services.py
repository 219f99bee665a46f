"""Writing notes about people, and striking them out."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.kernel.history import record
from lms.kernel.identity import SupporterId
from lms.secretariat.notes import queries
from lms.secretariat.notes.models import SupporterNote
from lms.supporters import queries as supporters


def write(session: Session, *, supporter: SupporterId, text: str, by: SupporterId, now: datetime) -> SupporterNote:
    """Keep a note about somebody. Raises NotFound."""
    about = supporters.supporter(session, supporter).id
    made = SupporterNote(supporter_id=about, text=text, by_id=by, written_at=now)
    session.add(made)
    session.flush()
    record(session, "note.written", by=by, subject=made.id, now=now)
    return made


def strike_out(session: Session, *, supporter: SupporterId, note_id: int, by: SupporterId, now: datetime) -> None:
    """A note no longer holds; it stays readable. The second time nothing happens. Raises NotFound."""
    found = queries.note(session, supporter=supporter, note_id=note_id)
    holds = sa.update(SupporterNote).where(SupporterNote.id == found.id, SupporterNote.struck_out_at.is_(None))
    struck = holds.values(struck_out_at=now, struck_out_by_id=by).returning(SupporterNote.id)
    if session.scalar(struck) is not None:
        record(session, "note.struck_out", by=by, subject=found.id, now=now)
