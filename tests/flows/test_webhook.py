"""The organisation's own server hears of three steps: signed, until it has taken them, with the same id on a repeat."""

import base64
import hashlib
import hmac
import json
import ssl
import time
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from lms.hooks import jobs
from lms.hooks.jobs import NotTakenError, post
from lms.hooks.queries import Deliveries, deliveries
from lms.hooks.services import DELIVER, open_hooks
from lms.kernel import clock
from lms.kernel.settings import Settings
from lms.kernel.work import OwedWork
from lms.memoranda import services as papers
from lms.memoranda.models import Memorandum
from lms.memoranda.rules import Service, Signing
from lms.qualification import services as qualification
from lms.supporters.rules import Participation
from tests import make
from tests.flows.test_killed import site  # noqa: F401 – a fixture
from tests.processes import kill, lms, wait_for
from tests.receiver import receiving

KEY = b"0123456789abcdef0123456789abcdef"
SECRET = "whsec_" + base64.b64encode(KEY).decode()


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def told(app, house, receiver):
    """A site that tells the receiver."""
    settings = replace(house.settings, webhook_url=receiver.url + "hook?from=lms", webhook_secret=SECRET)
    app.extensions["house"] = replace(house, settings=settings)
    open_hooks(settings)
    yield receiver
    open_hooks(Settings())
    app.extensions["house"] = house


def qualified(session, office, *, at=None):
    person = make.supporter(session, participation=Participation.EXPERIENCED, at=at)
    qualification.confirm_experience(session, supporter=person.id, by=office.id, now=at or make.now())
    session.commit()
    return person, session.scalars(sa.select(Memorandum).where(Memorandum.supporter_id == person.id)).one()


def carried_through(session, office, memo):
    memo.pack_key, memo.pack_sha256 = "packs/none", "0"
    step = {"memorandum": memo, "by": office.id, "now": make.now()}
    on = {"today": clock.tokyo_day(make.now())}
    papers.mark_printed(session, **step)
    papers.mark_posted(session, posted_on=on["today"], service=Service.LETTER, tracking=None, **step, **on)
    papers.mark_returned(session, returned_on=on["today"], signing=Signing.SIGNED, **step, **on)
    papers.mark_checked(session, memorandum_right=True, bank_form_right=True, **step)
    papers.complete(session, **step)
    session.commit()


def owed(session):
    session.expire_all()
    return session.scalars(sa.select(OwedWork).where(OwedWork.task == DELIVER).order_by(OwedWork.id)).all()


def verified(arrived):
    """What a receiver that follows Standard Webhooks makes of it."""
    head = arrived.headers
    signed = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + arrived.body
    signature = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert head["webhook-signature"] == f"v1,{signature}"
    assert abs(int(head["webhook-timestamp"]) - time.time()) < 60
    message = json.loads(arrived.body)
    assert message["id"] == head["webhook-id"]
    return message


def test_three_steps_are_told_signed_and_without_names(told, session, office, worker):
    person, memo = qualified(session, office)
    carried_through(session, office, memo)

    worker.drain()

    messages = [verified(each) for each in told.arrived]
    year = {"network_id": person.network_id, "year": memo.year}
    assert [{k: v for k, v in each.items() if k not in {"id", "occurred_at"}} for each in messages] == [
        {"type": "qualified", "document_number": None} | year | {"year": messages[0]["year"]},
        {"type": "posted", "document_number": memo.number} | year,
        {"type": "complete", "document_number": memo.number} | year,
    ]
    assert {each.path for each in told.arrived} == {"/hook?from=lms"}
    assert told.arrived[0].headers["content-type"] == "application/json"
    moment = datetime.fromisoformat(messages[0]["occurred_at"])
    assert moment.utcoffset() == timedelta(hours=9)
    assert person.display_name not in str(told.arrived)
    assert (deliveries(session).waiting, deliveries(session).given_up) == (0, 0)


def test_without_an_address_nothing_is_owed(session, office):
    _, memo = qualified(session, office)
    carried_through(session, office, memo)

    assert owed(session) == []
    assert deliveries(session) == Deliveries(waiting=0, given_up=0, last_at=None)


def test_a_step_that_was_taken_back_is_never_told(told, session, office, worker):
    person = make.supporter(session, participation=Participation.EXPERIENCED)
    qualification.confirm_experience(session, supporter=person.id, by=office.id, now=make.now())
    session.rollback()

    worker.drain()

    assert told.arrived == []


@pytest.mark.parametrize("status", [301, 307, 400, 404, 410, 429, 500, 503])
def test_what_was_not_taken_is_told_again_later_with_the_same_id(told, session, office, worker, status):
    told.answers = [status, 200]
    qualified(session, office)

    worker.drain()
    (row,) = owed(session)
    assert (row.attempts, row.done_at, row.last_error) == (
        1,
        None,
        f"NotTakenError: the webhook's server answered {status}",
    )
    assert deliveries(session).waiting == 1
    row.run_at = make.days_ago(1)
    session.commit()
    worker.drain()

    assert owed(session)[0].done_at is not None
    assert len({verified(each)["id"] for each in told.arrived}) == 1
    assert (len(told.arrived), {each.path for each in told.arrived}) == (2, {"/hook?from=lms"})


def test_a_server_that_is_away_does_not_keep_mails_back(told, session, office, worker):
    open_hooks(Settings(webhook_url="http://127.0.0.1:9/", webhook_secret=SECRET))
    qualified(session, office)

    assert {row.lane for row in owed(session)} == {"outside"}


def test_what_was_given_up_is_taken_up_again_for_two_weeks(told, session, office, worker):
    qualified(session, office)
    qualified(session, office, at=make.days_ago(15))
    for row in owed(session):
        row.gave_up_at = make.days_ago(0.5)
    session.commit()
    assert deliveries(session).given_up == 2

    worker.tasks[jobs.SWEEP](make_job(worker))
    worker.drain()

    assert len(told.arrived) == 1


def make_job(worker):
    from lms.kernel.work import Job

    return Job(1, jobs.SWEEP, {}, 1, "test", worker.database)


@pytest.mark.parametrize("how", [{"wait": 2}, {"drip": True}])
def test_a_slow_server_is_left_after_a_while(receiver, how):
    for name, value in how.items():
        setattr(receiver, name, value)
    began = time.monotonic()

    with pytest.raises(NotTakenError, match="could not be asked"):
        post(receiver.url, b"{}", headers={}, seconds=0.5)

    assert time.monotonic() - began < 1.5


def test_a_server_with_a_certificate_of_its_own_making_is_told_nothing(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = make.now()
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    file = tmp_path / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)

    with receiving(tls=context) as receiver, pytest.raises(NotTakenError, match="SSLCertVerificationError"):
        post(receiver.url, b"{}", headers={}, seconds=2)

    assert receiver.arrived == []


def test_a_worker_killed_between_sending_and_noting_tells_it_again_with_the_same_id(site, tmp_path, receiver):  # noqa: F811
    settings = {"webhook_url": receiver.url, "webhook_secret": SECRET, "lease_seconds": "2"}
    open_hooks(Settings(webhook_url=receiver.url, webhook_secret=SECRET))
    try:
        with site.database.session(write=True) as session:
            qualified(session, make.secretariat(session))
    finally:
        open_hooks(Settings())
    receiver.wait = 1.5

    with lms("work", home=site.settings.home, log=tmp_path / "log", **settings) as worker:
        wait_for(lambda: receiver.arrived)
        kill(worker)
    receiver.wait = 0
    with lms("work", home=site.settings.home, log=tmp_path / "log", **settings), site.database.read() as reading:

        def done():
            reading.rollback()
            return deliveries(reading).last_at

        wait_for(done)

    assert len(receiver.arrived) == 2
    assert len({verified(each)["id"] for each in receiver.arrived}) == 1
