"""Questions about what was told to the organisation's own server."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.hooks.services import DELIVER
from lms.kernel.work import OwedWork


@dataclass(frozen=True)
class Deliveries:
    """How many messages wait and were given up, and when the last one was taken."""

    waiting: int
    given_up: int
    last_at: datetime | None


def deliveries(session: Session) -> Deliveries:
    """How it stands with everything that was to be told. One query."""
    is_open = sa.and_(OwedWork.done_at.is_(None), OwedWork.gave_up_at.is_(None))
    row = session.execute(
        sa.select(
            sa.func.count().filter(is_open),
            sa.func.count().filter(OwedWork.gave_up_at.is_not(None)),
            sa.func.max(OwedWork.done_at),
        ).where(OwedWork.task == DELIVER)
    ).one()
    return Deliveries(*row)
