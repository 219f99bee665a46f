"""How a finished mail leaves the house: by SMTP, or into a folder where a person can read it."""

import os
import re
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit

from lms.kernel.settings import Settings

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

SMTP_TIMEOUT = 30
END_OF_MESSAGE = b"\r\n.\r\n"


class UnsureError(Exception):
    """The line broke after the whole message had been given: nobody knows whether the other side has taken it."""


class Transport(Protocol):
    """Takes a finished message.

    Returns when the other side has acknowledged it, raises OSError or SMTPException if it has not taken it, UnsureError
    if nobody can know.
    """

    def send(self, message: EmailMessage) -> None: ...


def is_for_good(error: smtplib.SMTPException) -> bool:
    """Whether the server will never take this mail: it knows no such receiver, or does not take the message.

    A refusal of the sender, of a password or by a policy (X.7.X, RFC 3463) is about us: once that is mended the mail
    can be sent, so it is tried again.
    """
    answers: list[tuple[int, bytes | str]] = []
    match error:
        case smtplib.SMTPRecipientsRefused():
            answers += error.recipients.values()
        case smtplib.SMTPDataError():
            answers.append((error.smtp_code, error.smtp_error))
    return bool(answers) and all(code // 100 == 5 and not _is_policy(text) for code, text in answers)


def _is_policy(text: bytes | str) -> bool:
    said = text if isinstance(text, str) else text.decode("ascii", "replace")
    return re.match(r"5\.7\.\d", said.strip()) is not None


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


class _Plain(smtplib.SMTP):
    """An SMTP connection that remembers whether the end of a message has gone out."""

    given = False

    def send(self, s: "ReadableBuffer | str") -> None:
        """Send a command, or a whole message."""
        super().send(s)
        self.given = self.given or (isinstance(s, bytes) and s.endswith(END_OF_MESSAGE))


class _Encrypted(_Plain, smtplib.SMTP_SSL):
    """The same from the first byte in TLS."""


class SmtpTransport:
    """Hands mails to a server named by smtp://user:password@host:port (STARTTLS when offered) or smtps://…."""

    def __init__(self, url: str) -> None:
        self.url = urlsplit(url)

    def send(self, message: EmailMessage) -> None:
        server = self._connected()
        try:
            server.send_message(message)
            with suppress(OSError):  # what the server has acknowledged is sent, whatever it answers to this
                server.putcmd("QUIT")
        except smtplib.SMTPServerDisconnected as error:
            if server.given:
                raise UnsureError from error
            raise
        finally:
            server.close()

    def _connected(self) -> _Plain:
        host, secure = self.url.hostname or "localhost", self.url.scheme == "smtps"
        context = ssl.create_default_context()
        server = (
            _Encrypted(host, self.url.port or 465, timeout=SMTP_TIMEOUT, context=context)
            if secure
            else _Plain(host, self.url.port or 25, timeout=SMTP_TIMEOUT)
        )
        try:
            server.ehlo()
            if not secure and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            if self.url.username:
                server.login(unquote(self.url.username), unquote(self.url.password or ""))
        except BaseException:
            server.close()
            raise
        return server


def transport_for(settings: Settings) -> Transport:
    """SMTP where a server is set, else the outbox folder."""
    return SmtpTransport(settings.smtp_url) if settings.smtp_url else Outbox(settings.home / "outbox")
