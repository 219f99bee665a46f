"""Telling the organisation's own systems: what is to be told is owed with the step itself, both or neither."""

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from lms.hooks.rules import Event
from lms.kernel.clock import TOKYO
from lms.kernel.identity import SupporterId
from lms.kernel.settings import Settings
from lms.kernel.work import Lane, owe

DELIVER = "hooks.deliver"

_address: list[str] = []


def open_hooks(settings: Settings) -> None:
    """Let steps of this process be told to the address of these settings, or to nobody."""
    _address[:] = [settings.webhook_url] if settings.webhook_url else []


def announce(
    session: Session,
    event: Event,
    *,
    supporter: SupporterId,
    year: int,
    now: datetime,
    document_number: str | None = None,
) -> None:
    """Owe word of a step that was just recorded; nothing where no address is set."""
    if not _address:
        return
    message_id = f"msg_{secrets.token_hex(16)}"
    with session.no_autoflush:  # the step that is told is often still being written down
        owe(
            session,
            DELIVER,
            key=f"hook:{message_id}",
            now=now,
            lane=Lane.OUTSIDE,
            event=event,
            message_id=message_id,
            occurred_at=now.astimezone(TOKYO).isoformat(timespec="seconds"),
            supporter_id=supporter,
            document_number=document_number,
            year=year,
        )
