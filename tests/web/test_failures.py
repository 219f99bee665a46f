"""What did not come about: mails that a real server refuses, mails that come back, work that was given up."""

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from lms.app import DAILY, TASKS, worker_for
from lms.kernel.history import HistoryEntry
from lms.kernel.mail import SmtpTransport
from lms.kernel.work import OwedWork, owe
from lms.memoranda.rules import State
from lms.secretariat.queries import Task, work
from lms.supporters.models import Mail, MailFailure
from lms.web.context import House
from tests import make
from tests.processes import free_port
from tests.web.test_desk import brought_to

UNKNOWN = "550 5.1.1 no such user"


class Strict(Sink):
    """An SMTP server that says what it is told to about a receiver and about a message."""

    of_receiver = "250 OK"
    of_message = "250 OK"

    def __init__(self) -> None:
        super().__init__()
        self.receivers: list[str] = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 – the name aiosmtpd calls
        if self.of_receiver.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.of_receiver

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 – the name aiosmtpd calls
        if self.of_message.startswith("250"):
            self.receivers += envelope.rcpt_tos
        return self.of_message


@pytest.fixture
def post(app, house):
    strict = Strict()
    controller = Controller(strict, hostname="127.0.0.1", port=free_port())
    controller.start()
    parts = app.extensions["house"]
    app.extensions["house"] = House(
        settings=parts.settings, database=parts.database, storage=parts.storage,
        transport=SmtpTransport(f"smtp://127.0.0.1:{controller.port}"), secret_key=parts.secret_key,
    )  # fmt: skip
    yield strict
    app.extensions["house"] = parts
    controller.stop()


def mail_of(session, person) -> Mail:
    session.expire_all()
    return session.scalars(sa.select(Mail).where(Mail.supporter_id == person.id)).one()


def steps(session) -> list[tuple[str, int]]:
    wanted = sa.select(HistoryEntry.step, HistoryEntry.by_id).where(HistoryEntry.subject_kind == "mail")
    return [tuple(row) for row in session.execute(wanted.order_by(HistoryEntry.id))]


@pytest.fixture
def refused(app, post, session, office):
    """Somebody whose welcome mail the server has refused for good."""
    worker_for(app).drain()
    person = make.supporter(session, display_name="見本 花子")
    post.of_receiver = UNKNOWN
    worker_for(app).drain()
    post.of_receiver = "250 OK"
    return person


@pytest.mark.parametrize(
    ("said", "failure"),
    [
        ({"of_receiver": UNKNOWN}, MailFailure.REFUSED),
        ({"of_receiver": "552 5.2.2 mailbox full"}, MailFailure.REFUSED),
        ({"of_message": "554 5.6.0 not taken"}, MailFailure.REFUSED),
        ({"of_receiver": "450 4.2.1 try later"}, None),
        ({"of_message": "451 try later"}, None),
        ({"of_receiver": "554 5.7.1 relay access denied"}, None),
    ],
)
def test_only_what_is_refused_for_good_and_not_for_our_sake_has_failed(app, post, session, said, failure):
    person = make.supporter(session)
    for name, answer in said.items():
        setattr(post, name, answer)

    worker_for(app).drain()

    mail = mail_of(session, person)
    assert (mail.failure, mail.sent_at) == (failure, None)
    open_work = sa.select(OwedWork.id).where(OwedWork.key == f"mail:{mail.id}", OwedWork.done_at.is_(None))
    assert (session.scalar(open_work) is None) == (failure is not None)


def test_a_refused_mail_is_todays_work_and_says_to_whom_and_why(browser_of, session, office, refused):
    mail = mail_of(session, refused)

    page = browser_of(office).get("/secretariat/failed-mails")

    assert next(each for each in work(session, on=make.today()) if each.task is Task.MAIL).oldest == mail.id
    assert "見本 花子" in page.text
    assert "refused the mail" in page.text
    assert f"mailto:{refused.email}" in page.links()


def test_a_failed_mail_can_be_sent_again(app, browser_of, session, office, post, refused):
    mail = mail_of(session, refused)
    desk = browser_of(office)

    desk.post(f"/secretariat/failed-mails/{mail.id}/again")
    again = desk.post(f"/secretariat/failed-mails/{mail.id}/again", status=409)
    worker_for(app).drain()

    sent = mail_of(session, refused)
    assert post.receivers[-1] == refused.email
    assert (sent.failed_at, sent.failure, sent.sent_at is None) == (None, None, False)
    assert "sent meanwhile" in again.text
    assert steps(session) == [("mail.sent_again", office.id)]


def test_a_failed_mail_can_be_settled_in_another_way_once(browser_of, session, office, refused):
    mail = mail_of(session, refused)
    desk = browser_of(office)

    desk.post(f"/secretariat/failed-mails/{mail.id}/settled")
    desk.post(f"/secretariat/failed-mails/{mail.id}/settled")

    assert "Every mail has arrived" in desk.get("/secretariat/failed-mails").text
    assert work(session, on=make.today()) == []
    assert steps(session) == [("mail.settled", office.id)]


def test_a_mail_that_came_back_is_marked_by_hand_and_sent_again(app, browser_of, session, office, post):
    person = make.supporter(session)
    worker_for(app).drain()
    mail = mail_of(session, person)
    desk = browser_of(office)
    address = f"/secretariat/supporters/{person.id}/mails/{mail.id}/came-back"

    shown = desk.get(f"/secretariat/supporters/{person.id}?kind=mails")
    desk.post(address)
    desk.post(address, status=409)
    desk.post(f"/secretariat/supporters/{office.id}/mails/{mail.id}/came-back", status=404)
    failed = mail_of(session, person).failure
    desk.post(f"/secretariat/failed-mails/{mail.id}/again")
    worker_for(app).drain()

    assert [form["action"] for form in shown.soup.select("main .timeline form")] == [address]
    assert failed is MailFailure.CAME_BACK
    assert mail_of(session, person).failed_at is None
    assert post.receivers.count(person.email) == 2


def given_up(session, task, **arguments):
    """Work that was given up, with an error that names somebody."""
    owe(session, task, key=f"{task}:{arguments}", now=make.days_ago(2), **arguments)
    row = session.scalars(sa.select(OwedWork).where(OwedWork.key == f"{task}:{arguments}")).one()
    row.gave_up_at, row.attempts, row.last_error = make.now(), 40, "ValueError: hanako@example.jp"
    session.commit()
    return row


def test_work_that_was_given_up_says_in_words_what_it_was_about(browser_of, session, office):
    memo = brought_to(session, office, State.DUE)
    film = make.recording(session, "basic-2")
    mail = session.scalars(sa.select(Mail).where(Mail.supporter_id == memo.supporter_id)).first()
    given_up(session, "supporters.send_mail", mail_id=mail.id)
    given_up(session, "memoranda.render_pack", memorandum_id=memo.id)
    given_up(session, "courses.transcode_recording", recording_id=film.id)

    page = browser_of(office).get("/secretariat/failed-work")

    assert [h2.get_text() for h2 in page.soup.select("main h2")] == [
        "Send a mail",
        "Make the papers of a memorandum",
        "Prepare a recording",
    ]
    assert {
        f"/secretariat/supporters/{memo.supporter_id}",
        f"/secretariat/memoranda/{memo.id}",
        "/secretariat/lectures/basic-2",
    } <= page.links()
    assert "ValueError" in page.text
    assert "hanako" not in page.text


def test_given_up_work_is_tried_again_and_what_is_under_way_is_left_alone(app, browser_of, session, office):
    row = given_up(session, "qualification.sweep")
    desk = browser_of(office)

    desk.post(f"/secretariat/failed-work/{row.id}/again")
    worker_for(app).drain()
    desk.post(f"/secretariat/failed-work/{row.id}/again")
    desk.post("/secretariat/failed-work/999999/again", status=404)

    session.expire_all()
    found = session.get(OwedWork, row.id)
    assert (found.gave_up_at, found.done_at is None) == (None, False)
    assert "has succeeded" in desk.get("/secretariat/failed-work").text


@pytest.mark.parametrize("many", [1, 5])
def test_failed_work_costs_the_same_for_one_piece_and_for_many(browser_of, session, office, queries, many):
    for _ in range(many):
        person = make.supporter(session)
        given_up(session, "supporters.send_mail", mail_id=mail_of(session, person).id)
    desk = browser_of(office)
    desk.get("/secretariat/failed-work")
    queries.clear()

    desk.get("/secretariat/failed-work")

    assert len(queries) == 6


@pytest.mark.parametrize("task", sorted({*TASKS, *DAILY}))
def test_every_kind_of_work_has_a_name(browser_of, session, office, task):
    given_up(session, task)

    page = browser_of(office).get("/secretariat/failed-work")

    assert page.one("main h2").get_text() != "Work of the site"
