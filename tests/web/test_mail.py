"""Mails through a real SMTP server, in the receiver's language, once."""

from email import policy
from email.parser import BytesParser

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from lms.app import worker_for
from lms.kernel.i18n import codes
from lms.kernel.mail import Outbox, SmtpTransport
from lms.kernel.work import OwedWork
from lms.supporters.mail import compose, owe_mail
from lms.supporters.models import Mail
from lms.web.context import House
from tests import make
from tests.processes import free_port


class Kept(Sink):
    """An SMTP server that keeps what it is given, or refuses it."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[bytes] = []
        self.refuse = False

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 – the name aiosmtpd calls
        if self.refuse:
            return "451 try later"
        self.mails.append(envelope.content)
        return "250 kept"


@pytest.fixture
def post(app, house):
    kept = Kept()
    controller = Controller(kept, hostname="127.0.0.1", port=free_port())
    controller.start()
    parts = app.extensions["house"]
    app.extensions["house"] = House(
        settings=parts.settings, database=parts.database, storage=parts.storage,
        transport=SmtpTransport(f"smtp://127.0.0.1:{controller.port}"), secret_key=parts.secret_key,
    )  # fmt: skip
    yield kept
    app.extensions["house"] = parts
    controller.stop()


NAMED = {
    "missing": [["基礎②が足りません。", "http://localhost/courses/basic-2"]],
    "lecture": "basic-2",
    "titles": {"ja": "在留資格"},
    "labels": {"ja": "基礎", "en": "Basic"},
    "number": 2,
}
PAPERS = {"comment": "もう少し。", "note": "お電話ください。", "faults": ["memorandum_not_signed", "bank_form_missing"]}


def read(raw: bytes):
    return BytesParser(policy=policy.default).parsebytes(raw)


def test_the_welcome_mail_arrives_once_with_the_network_id(app, post, session):
    person = make.supporter(session, locale="en", display_name="見本 花子")

    worker_for(app).drain()
    worker_for(app).drain()

    assert len(post.mails) == 1
    mail = read(post.mails[0])
    assert mail["To"] == f"見本 花子 <{person.email}>"
    assert person.network_id in mail.get_content()
    assert person.network_id not in mail["Subject"]
    assert "花子" not in mail["Subject"]
    assert mail["Message-ID"].endswith("@localhost>")


def test_a_mail_the_server_refuses_stays_owed_and_is_sent_later(app, post, session):
    make.supporter(session)
    post.refuse = True
    worker_for(app).drain()
    assert session.scalars(sa.select(Mail.sent_at)).all() == [None]

    post.refuse = False
    session.execute(sa.update(OwedWork).values(run_at=make.now()))
    session.commit()
    worker_for(app).drain()

    session.expire_all()
    assert len(post.mails) == 1
    assert session.scalars(sa.select(Mail.sent_at)).one() is not None


@pytest.mark.parametrize("locale", codes())
@pytest.mark.parametrize(
    "message",
    [
        "registered",
        "survey-received",
        "survey-returned",
        "memorandum-due",
        "memorandum-posted",
        "memorandum-complete",
        "training-reminder",
        "memorandum-undeliverable",
        "memorandum-incomplete",
        "memorandum-overdue",
        "memorandum-again",
    ],
)
def test_every_mail_can_be_written_in_every_language(app, session, house, message, locale):
    person = make.supporter(session, locale=locale)
    mail = owe_mail(session, to=person.id, message=message, now=make.now(), **NAMED, **PAPERS)

    with app.test_request_context(base_url="http://localhost"):
        written = compose(mail, to=person, settings=house.settings)

    assert written["Subject"]
    assert "\n" not in written["Subject"]
    body = written.get_content()
    assert person.display_name in body
    assert "http://localhost" in body
    assert "{" not in body + written["Subject"]


def test_without_a_server_mails_lie_whole_in_the_outbox(tmp_path, app, session, house):
    person = make.supporter(session)
    mail = session.scalars(sa.select(Mail)).one()
    with app.test_request_context(base_url="http://localhost"):
        written = compose(mail, to=person, settings=house.settings)

    Outbox(tmp_path / "outbox").send(written)

    [file] = (tmp_path / "outbox").iterdir()
    assert read(file.read_bytes()).get_content().splitlines() == written.get_content().splitlines()
