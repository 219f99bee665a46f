"""How a finished mail leaves the house: by SMTP, or into a folder where a person can read it."""

import os
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from lms.kernel.settings import Settings

SMTP_TIMEOUT = 30


class Transport(Protocol):
    """Takes a finished message.

    Returns when the other side has acknowledged it, raises OSError or SMTPException if not.
    """

    def send(self, message: EmailMessage) -> None: ...


class Outbox:
    """Writes each mail as a file into a folder, whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = message["Message-ID"].strip("<>").partition("@")[0] + ".eml"
        draft = self.folder / f".{name}.{os.getpid()}"
        draft.write_bytes(message.as_bytes(policy=SMTP))
        draft.replace(self.folder / name)


class SmtpTransport:
    """Hands mails to a server named by smtp://user:password@host:port (STARTTLS when offered) or smtps://…."""

    def __init__(self, url: str) -> None:
        self.url = urlsplit(url)

    def send(self, message: EmailMessage) -> None:
        host, secure = self.url.hostname or "localhost", self.url.scheme == "smtps"
        context = ssl.create_default_context()
        with (
            smtplib.SMTP_SSL(host, self.url.port or 465, timeout=SMTP_TIMEOUT, context=context)
            if secure
            else smtplib.SMTP(host, self.url.port or 25, timeout=SMTP_TIMEOUT)
        ) as server:
            server.ehlo()
            if not secure and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            if self.url.username:
                server.login(unquote(self.url.username), unquote(self.url.password or ""))
            server.send_message(message)


def transport_for(settings: Settings) -> Transport:
    """SMTP where a server is set, else the outbox folder."""
    return SmtpTransport(settings.smtp_url) if settings.smtp_url else Outbox(settings.home / "outbox")
