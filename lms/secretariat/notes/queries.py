"""Questions about notes."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.kernel.errors import NotFound
from lms.kernel.identity import SupporterId
from lms.secretariat.notes.models import SupporterNote


def note(session: Session, *, supporter: SupporterId, note_id: int) -> SupporterNote:
    """A note about this person. Raises NotFound."""
    found = session.get(SupporterNote, note_id)
    if found is None or found.supporter_id != supporter:
        raise NotFound("There is no such note.")
    return found


def newest(session: Session, *, supporter: SupporterId, most: int) -> list[SupporterNote]:
    """The newest notes about somebody, the newest first."""
    wanted = sa.select(SupporterNote).where(SupporterNote.supporter_id == supporter)
    return list(session.scalars(wanted.order_by(SupporterNote.id.desc()).limit(most)))
