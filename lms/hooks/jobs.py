"""Background work of hooks: sending what is owed to the organisation's own server, until it has acknowledged it."""

import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import SHUT_RDWR
from urllib.parse import urlsplit

from sqlalchemy import select

from lms.hooks import rules
from lms.hooks.services import DELIVER
from lms.kernel import clock
from lms.kernel.work import Job, OwedWork, owe_again
from lms.supporters import queries as supporters
from lms.web.context import house

SWEEP = "hooks.sweep"
SECONDS = 10.0
TRIED_FOR = timedelta(days=14)


class NotTakenError(Exception):
    """The other server did not say that it has it."""


def deliver(job: Job) -> None:
    """Send one message. It may run twice: the receiver knows a repeat by its `webhook-id`. Raises NotTakenError."""
    settings = house().settings
    if not settings.webhook_url:  # nobody is told any more
        return
    told = job.arguments
    with job.database.read() as session:
        network_id = supporters.supporter(session, told["supporter_id"]).network_id
    body = rules.body_of(
        {
            "type": told["event"],
            "id": told["message_id"],
            "occurred_at": told["occurred_at"],
            "network_id": network_id,
            "document_number": told["document_number"],
            "year": told["year"],
        }
    )
    headers = rules.headers_of(
        body,
        message_id=told["message_id"],
        timestamp=int(clock.now().timestamp()),
        key=settings.webhook_key,
    )
    post(settings.webhook_url, body, headers=headers)


def sweep(job: Job) -> None:
    """Once a day: what was given up is tried again for two weeks."""
    now = clock.now()
    given_up = select(OwedWork.key).where(
        OwedWork.task == DELIVER, OwedWork.gave_up_at.is_not(None), OwedWork.owed_since > now - TRIED_FOR
    )
    with job.transaction() as session:
        for key in session.scalars(given_up).all():
            owe_again(session, key=key, now=now)


def post(url: str, body: bytes, *, headers: Mapping[str, str], seconds: float = SECONDS) -> None:
    """POST to a server that answers 2xx within `seconds`. Raises NotTakenError for everything else.

    Nobody is followed elsewhere: a signed message is for the address that was set.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    connection = (
        HTTPSConnection(host, parts.port, timeout=seconds, context=ssl.create_default_context())
        if parts.scheme == "https"
        else HTTPConnection(host, parts.port, timeout=seconds)
    )
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.connect()
        with _cut_after(seconds, connection):
            connection.request("POST", target, body, dict(headers))
            status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        raise NotTakenError(f"the webhook's server could not be asked: {type(error).__name__}") from None
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise NotTakenError(f"the webhook's server answered {status}")


@contextmanager
def _cut_after(seconds: float, connection: HTTPConnection) -> Iterator[None]:
    """End the connection when the time is over: a socket's own timeout begins anew with every byte."""

    def cut() -> None:
        with suppress(OSError):
            connection.sock.shutdown(SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
