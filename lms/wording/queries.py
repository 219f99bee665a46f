"""What the desk reads about wrong sentences."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.wording.models import WrongSentence

MOST = 200


def open_reports(session: Session) -> list[WrongSentence]:
    """Reports nobody has settled yet, oldest first."""
    found = sa.select(WrongSentence).where(WrongSentence.settled_at.is_(None))
    return list(session.scalars(found.order_by(WrongSentence.reported_at, WrongSentence.id).limit(MOST)))
