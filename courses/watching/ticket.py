"""Since when a page can have been playing a recording: the server's word, carried by the page and sent back.

A ticket never expires: a telephone may report an hour of watching a week later.
"""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from courses.watching.rules import UNREADABLE
from lms.kernel.errors import Invalid
from lms.kernel.identity import SupporterId

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Until the year 5138; a longer number is no moment.
MOST_DIGITS = 14


def issue(recording_key: str, *, supporter: SupporterId, secret: str, now: datetime) -> str:
    """The ticket of a page served at this moment, for this person and this recording."""
    opened = str((now - EPOCH) // timedelta(milliseconds=1))
    return f"{opened}.{_signature(opened, recording_key, supporter, secret)}"


def opened_at(ticket: str, *, recording_key: str, supporter: SupporterId, secret: str) -> datetime:
    """When the page of this ticket was served, to the millisecond.

    Raises Invalid for a forged ticket, for somebody else's and for one of another recording.
    """
    opened, _, signature = ticket.partition(".")
    right = _signature(opened, recording_key, supporter, secret)
    if not hmac.compare_digest(right.encode(), signature.encode()) or len(opened) > MOST_DIGITS:
        raise Invalid(UNREADABLE)
    return EPOCH + timedelta(milliseconds=int(opened))


def _signature(opened: str, recording_key: str, supporter: SupporterId, secret: str) -> str:
    text = f"watching:{opened}:{recording_key}:{supporter}"
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()
