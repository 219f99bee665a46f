"""Making and revoking the address of the feed."""

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from lms.kernel.db import insert_once
from lms.kernel.errors import Conflict
from lms.kernel.history import record
from lms.kernel.identity import SupporterId
from lms.secretariat.feed import queries
from lms.secretariat.feed.models import FeedToken


def make_token(session: Session, *, seen: int, by: SupporterId, now: datetime) -> str:
    """A new secret part of the feed's address, known only now; from here on no earlier one is good.

    `seen` is the number of the newest one on the page, 0 for none: Raises Conflict when somebody has made one since.
    """
    before = _as_seen(session, seen)
    token = secrets.token_urlsafe(32)
    values = {"number": seen + 1, "sha256": queries.hashed(token), "made_at": now, "made_by_id": by}
    if not insert_once(session, FeedToken, **values):
        raise Conflict("Somebody else has just made or revoked an address. Look at it again.")
    if before is not None and before.revoked_at is None:
        before.revoked_at = now
    record(session, "feed.made", by=by, subject=seen + 1, now=now)
    return token


def revoke_token(session: Session, *, seen: int, by: SupporterId, now: datetime) -> None:
    """From here on no address of the feed is good. Raises Conflict as making one does; twice is once."""
    found = _as_seen(session, seen)
    if found is not None and found.revoked_at is None:
        found.revoked_at = now
        record(session, "feed.revoked", by=by, subject=found.number, now=now)


def _as_seen(session: Session, seen: int) -> FeedToken | None:
    found = queries.newest(session)
    if (found.number if found else 0) != seen:
        raise Conflict("Somebody else has just made or revoked an address. Look at it again.")
    return found
