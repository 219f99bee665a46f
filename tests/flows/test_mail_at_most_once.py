"""Mails that must not be told twice: whatever the mail server or the worker does, at most one arrives."""

import asyncio
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP

from lms.app import create_app, worker_for
from lms.kernel.errors import Conflict
from lms.kernel.settings import Settings
from lms.kernel.work import OwedWork
from lms.migrations import migrate
from lms.supporters.mail import SEND, owe_mail, send_again
from lms.supporters.models import Mail, MailFailure
from tests import make
from tests.processes import free_port, kill, lms, wait_for

ONCE = "memorandum-posted"
OFTEN = "registered"


class Server(SMTP):
    """An SMTP server that breaks the line where it is told to: at a command, or after the whole message."""


def _breaking(command):
    theirs = getattr(SMTP, f"smtp_{command}")

    async def answer(self, arg):
        if self.event_handler.breaks_at == command:
            self.transport.abort()
        else:
            await theirs(self, arg)

    return answer


for _command in ("EHLO", "MAIL", "RCPT", "DATA", "QUIT"):
    setattr(Server, f"smtp_{_command}", _breaking(_command))


class Kept(Sink):
    """What arrived; `breaks_at` names where the line breaks, `answer` what is said to a whole message."""

    breaks_at = ""
    answer = "250 kept"

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[bytes] = []
        self.in_hand, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 – the name aiosmtpd calls
        self.in_hand.set()
        if self.answer.startswith("250"):
            self.mails.append(envelope.content)
        if self.breaks_at == "the end":
            server.transport.abort()
        await asyncio.to_thread(self.go_on.wait)
        return self.answer


@pytest.fixture
def post():
    kept = Kept()
    controller = Controller(kept, hostname="127.0.0.1", port=free_port())
    controller.factory = lambda: Server(kept, hostname="mail.example.jp", loop=controller.loop)
    controller.start()
    kept.url = f"smtp://127.0.0.1:{controller.port}"
    yield kept
    kept.go_on.set()
    controller.stop()


@pytest.fixture
def site(post, tmp_path):
    """The parts of a site with nobody on it but one supporter, to whom no mail is owed."""
    app = create_app(Settings(home=tmp_path / "home", public_url="http://localhost", smtp_url=post.url))
    app.testing = True
    parts = app.extensions["house"]
    migrate(parts.database)
    with parts.database.session(write=True) as session:
        make.supporter(session)
        session.execute(sa.delete(OwedWork))
        session.execute(sa.delete(Mail))
        session.commit()
    yield app
    parts.database.engine.dispose()


def database_of(site):
    return site.extensions["house"].database


def owe_one(site, message):
    with database_of(site).write() as session:
        person = session.scalar(sa.text("SELECT id FROM supporter"))
        return owe_mail(session, to=person, message=message, key="posted:1", now=make.now()).id


def work(site):
    """What a worker does now, as if the waits between tries were over."""
    with database_of(site).write() as session:
        session.execute(sa.update(OwedWork).values(run_at=make.now() - timedelta(hours=2)))
    worker_for(site).drain()


def outcome(site):
    with database_of(site).read() as session:
        mail = session.scalars(sa.select(Mail)).one()
        row = session.scalars(sa.select(OwedWork).where(OwedWork.task == SEND)).one()
    return mail.sent_at is not None, mail.failure, mail.begun_at is not None, row.done_at is not None


SENT = (True, None, True, True)
UNSURE = (False, MailFailure.UNSURE, True, True)
TO_BE_TRIED_AGAIN = (False, None, False, False)


@pytest.mark.parametrize("where", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_a_line_that_breaks_before_the_message_was_given_costs_nothing(site, post, where):
    owe_one(site, ONCE)
    post.breaks_at = where

    work(site)
    before = outcome(site)
    post.breaks_at = ""
    work(site)

    assert (before, outcome(site), len(post.mails)) == (TO_BE_TRIED_AGAIN, SENT, 1)


@pytest.mark.parametrize("answer", ["451 later", "421 closing"])
def test_a_server_that_says_no_to_the_message_is_asked_again(site, post, answer):
    owe_one(site, ONCE)
    post.answer = answer

    work(site)
    before = outcome(site)
    post.answer = "250 kept"
    work(site)

    assert (before, outcome(site), len(post.mails)) == (TO_BE_TRIED_AGAIN, SENT, 1)


def test_a_line_that_breaks_after_the_message_leaves_it_to_a_person(site, post):
    mail_id = owe_one(site, ONCE)
    post.breaks_at = "the end"
    work(site)
    post.breaks_at = ""
    work(site)
    assert (outcome(site), len(post.mails)) == (UNSURE, 1)

    with database_of(site).write() as session:
        send_again(session, mail_id=mail_id, now=make.now())
    work(site)

    assert (outcome(site), len(post.mails)) == (SENT, 2)
    with database_of(site).write() as session, pytest.raises(Conflict):
        send_again(session, mail_id=mail_id, now=make.now())


def test_the_daily_sweep_leaves_a_mail_alone_that_waits_for_a_person(site, post):
    owe_one(site, ONCE)
    post.breaks_at = "the end"
    work(site)
    post.breaks_at = ""

    worker = worker_for(site)
    worker.owe_daily()
    worker.drain()

    with database_of(site).read() as session:
        swept = session.scalars(sa.select(OwedWork.done_at).where(OwedWork.task == "supporters.sweep_mails")).one()
        assert swept is not None
        assert session.scalars(sa.select(Mail.failure)).all() == [MailFailure.UNSURE]
    assert len(post.mails) == 1


def test_other_mails_are_sent_until_they_are_acknowledged_under_the_same_name(site, post):
    owe_one(site, OFTEN)
    post.breaks_at = "the end"
    work(site)
    before = outcome(site)
    post.breaks_at = ""
    work(site)

    names = {line for mail in post.mails for line in mail.splitlines() if line.startswith(b"Message-ID:")}
    assert (before, outcome(site), len(post.mails), len(names)) == (
        TO_BE_TRIED_AGAIN, (True, None, False, True), 2, 1,
    )  # fmt: skip


@pytest.mark.parametrize("message", [ONCE, OFTEN])
def test_a_server_that_breaks_off_while_saying_goodbye_has_the_mail(site, post, message):
    owe_one(site, message)
    post.breaks_at = "QUIT"

    work(site)

    assert (outcome(site)[0], len(post.mails)) == (True, 1)


def test_a_worker_killed_while_the_server_has_the_message_in_hand_does_not_send_it_again(site, post, tmp_path):
    home, log = site.extensions["house"].settings.home, tmp_path / "log"
    owe_one(site, ONCE)
    post.go_on.clear()
    with lms("work", home=home, log=log, lease_seconds="1", smtp_url=post.url) as worker:
        assert post.in_hand.wait(30)
        kill(worker)
    post.go_on.set()

    with lms("work", home=home, log=log, lease_seconds="1", smtp_url=post.url):
        wait_for(lambda: outcome(site)[3])

    assert (outcome(site), len(post.mails)) == (UNSURE, 1)


@pytest.mark.parametrize("settled", [False, True])
def test_a_worker_that_slept_and_comes_back_to_its_mail_says_that_it_was_sent(site, post, settled):
    owe_one(site, ONCE)
    post.go_on.clear()
    slow = threading.Thread(target=worker_for(site).drain)
    slow.start()
    assert post.in_hand.wait(10)
    with database_of(site).write() as session:  # its lease is over, as after a sleep
        session.execute(sa.update(OwedWork).values(lease_until=make.now() - timedelta(hours=1)))

    worker_for(site).drain()
    between = outcome(site)
    if settled:
        with database_of(site).write() as session:
            session.execute(sa.update(Mail).values(settled_at=make.now()))
    post.go_on.set()
    slow.join(10)

    assert (between, outcome(site), len(post.mails)) == (UNSURE, SENT, 1)
