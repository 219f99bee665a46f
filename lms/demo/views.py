"""The demo's post box: mails that a real site would send, to read."""

from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.parser import BytesParser
from pathlib import Path

from flask import Blueprint
from flask.typing import ResponseReturnValue

from lms.kernel.errors import NotFound
from lms.web.access import public
from lms.web.context import house
from lms.web.pages import page

bp = Blueprint("demo", __name__, url_prefix="/demo")

NEWEST = 50


@dataclass(frozen=True)
class SentMail:
    """A mail as its reader sees it."""

    to: str
    subject: str
    sent_at: datetime
    body: str


@bp.get("/outbox")
@public
def outbox() -> ResponseReturnValue:
    """The newest mails."""
    files = sorted((house().settings.home / "outbox").glob("*.eml"), reverse=True)[:NEWEST]
    return page("demo/outbox.html", mails=[(file.stem, _read(file)) for file in files])


@bp.get("/outbox/<name>")
@public
def mail(name: str) -> ResponseReturnValue:
    """One mail."""
    folder = (house().settings.home / "outbox").resolve()
    file = (folder / f"{name}.eml").resolve()
    if file.parent != folder or not file.is_file():
        raise NotFound("There is no such page.")
    return page("demo/mail.html", mail=_read(file))


def _read(file: Path) -> SentMail:
    message = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
    body = message.get_body(("plain",))
    return SentMail(
        to=str(message["To"]),
        subject=str(message["Subject"]),
        sent_at=message["Date"].datetime,
        body=body.get_content() if body else "",
    )
