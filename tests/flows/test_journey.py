"""From registration to a filed memorandum, through the pages and with the worker's help."""

from io import BytesIO

import sqlalchemy as sa
from pypdf import PdfReader

from lms.kernel.clock import tokyo_day
from lms.kernel.history import HistoryEntry
from lms.memoranda.models import Memorandum
from lms.memoranda.rules import ORDER, Route, State
from lms.qualification import services
from lms.qualification.models import Qualification
from lms.supporters.models import Mail, Supporter
from tests import make

REGISTRATION = {
    "display_name": "見本 花子",
    "name_kana": "ミホン ハナコ",
    "email": "hanako@example.jp",
    "password": make.PASSWORD,
    "participation": "inexperienced",
    "consent": "y",
}
ADDRESS = {"postal_code": "〒000-0000", "address": "見本県見本市見本町1-2-3\n見本荘101号室", "phone": ""}


def send_survey(browser, session, code):
    return browser.post(f"/surveys/{code}", make.form_of(make.answers(session, code)))


def accept_all(desk):
    queue = desk.get("/secretariat/responses")
    waiting = sorted(link for link in queue.links() if link.startswith("/secretariat/responses/"))
    for link in waiting:
        desk.get(link)
        desk.post(f"{link}/accept")
    return len(waiting)


def test_from_registration_to_a_filed_memorandum(visitor, browser_of, session, office, worker):
    visitor.post("/register", REGISTRATION)
    me = session.scalars(sa.select(Supporter).where(Supporter.email == "hanako@example.jp")).one()
    desk = browser_of(office)

    for code in make.BASIC[:4]:
        send_survey(visitor, session, code)
    assert accept_all(desk) == 4
    assert "/courses/basic-5" in visitor.get("/my-training").links()
    assert session.scalars(sa.select(Memorandum)).all() == []

    send_survey(visitor, session, "basic-5")
    waiting = visitor.get("/my-training")
    assert "The survey of Basic ⑤" in waiting.text
    accept_all(desk)

    session.expire_all()
    decision = session.scalars(sa.select(Qualification)).one()
    memo = session.scalars(sa.select(Memorandum)).one()
    assert (decision.route, decision.evidence_count, memo.state) == (Route.COURSE, 5, State.DUE)
    assert "/my-address" in visitor.get("/my-training").links()

    url = f"/secretariat/memoranda/{memo.id}"
    desk.post(f"{url}/printed", status=422)  # there is no address and so there are no papers
    visitor.post("/my-address", ADDRESS)
    worker.drain()
    pdf = desk.client.get(f"{url}/pack.pdf", buffered=True)
    assert pdf.mimetype == "application/pdf"
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf.get_data())).pages)
    assert "見本 花子" in text.replace("　", " ") or "見本花子" in text.replace(" ", "")
    assert memo.number in text

    today = str(tokyo_day(make.now()))
    for step, data in [
        ("printed", {}),
        ("posted", {"posted_on": today, "service": "recorded", "tracking": ""}),
        ("returned", {"returned_on": today, "signing": "signed"}),
        ("checked", {"memorandum_right": "y", "bank_form_right": "y"}),
        ("complete", {}),
    ]:
        desk.get(url)
        desk.follow(desk.post(f"{url}/{step}", data))

    session.expire_all()
    assert memo.state is State.COMPLETE
    assert visitor.get("/my-training").status == 200
    steps = session.scalars(sa.select(HistoryEntry.step).where(HistoryEntry.subject_kind == "memorandum")).all()
    assert steps == [f"memorandum.{state}" for state in ORDER]
    worker.drain()
    mails = session.scalars(sa.select(Mail.message).where(Mail.supporter_id == me.id)).all()
    assert mails == [
        "registered",
        *["survey-received"] * 5,
        "memorandum-due",
        "memorandum-posted",
        "memorandum-complete",
    ]
    unsent = session.scalar(sa.select(sa.func.count(Mail.id)).where(Mail.sent_at.is_(None)))
    assert unsent == 0


def test_a_returned_answer_comes_back_with_its_comment_and_counts_after_its_correction(browser_of, session, office):
    person = make.supporter(session)
    mine, desk = browser_of(person), browser_of(office)
    sent = make.response(session, person, "basic-1")

    desk.post(f"/secretariat/responses/{sent.id}/return", {"comment": " "}, status=422)
    desk.post(f"/secretariat/responses/{sent.id}/return", {"comment": "Tell us a little more, please."})
    form = mine.get("/surveys/basic-1")
    assert "Tell us a little more, please." in form.text
    assert "見本の回答です。" in form.html
    first_sent = sent.submitted_at
    send_survey(mine, session, "basic-1")
    desk.post(f"/secretariat/responses/{sent.id}/accept")

    session.expire_all()
    assert (sent.state, sent.submitted_at) == ("accepted", first_sent)


def test_two_secretaries_on_one_answer_are_told(browser_of, session, office):
    sent = make.response(session, make.supporter(session), "basic-1")
    browser_of(office).post(f"/secretariat/responses/{sent.id}/accept")

    page = browser_of(office).post(f"/secretariat/responses/{sent.id}/accept", status=409)

    assert "This survey has been accepted already." in page.text


def test_a_trainee_owes_nothing_and_what_they_answered_counts_when_they_move_on(browser_of, session, office):
    person = make.supporter(session, participation=make.Participation.TRAINEE)
    make.accepted(session, person, make.BASIC, by=office)
    mine = browser_of(person)

    before = mine.get("/my-training")
    assert session.scalars(sa.select(Memorandum)).all() == []
    assert "/my-training/accompany" in before.links()
    assert "/my-address" not in before.links()

    mine.post("/my-training/accompany", {}, status=422)
    mine.post("/my-training/accompany", {"experienced": "no"})

    session.expire_all()
    assert [m.state for m in session.scalars(sa.select(Memorandum))] == [State.DUE]
    mine.post("/my-training/accompany", {"experienced": "no"}, status=409)


def test_somebody_experienced_qualifies_when_the_secretariat_confirms_it_once(browser_of, session, office):
    person = make.supporter(session, participation=make.Participation.EXPERIENCED)
    desk = browser_of(office)

    assert person.network_id in desk.get("/secretariat/responses").text
    for _ in range(2):
        desk.post(f"/secretariat/supporters/{person.id}/experience")

    assert [q.route for q in session.scalars(sa.select(Qualification))] == [Route.EXPERIENCED]
    assert len(session.scalars(sa.select(Memorandum)).all()) == 1


def test_the_papers_are_made_anew_with_a_new_address_until_they_are_printed(browser_of, session, office, worker):
    person = make.supporter(session)
    make.address(session, person)
    make.accepted(session, person, make.BASIC, by=office)
    worker.drain()
    memo = session.scalars(sa.select(Memorandum)).one()
    first = memo.pack_sha256

    browser_of(person).post("/my-address", ADDRESS | {"address": "見本県別見本市9-9"})
    worker.drain()
    session.refresh(memo)
    second = memo.pack_sha256
    browser_of(office).post(f"/secretariat/memoranda/{memo.id}/printed")
    browser_of(person).post("/my-address", ADDRESS)
    worker.drain()

    session.refresh(memo)
    assert len({first, second, None}) == 3
    assert memo.pack_sha256 == second


def test_the_sweep_gives_what_was_forgotten_and_normally_finds_nobody(session, office):
    person = make.supporter(session)
    make.accepted(session, person, make.BASIC, by=office)
    assert services.sweep(session, now=make.now()) == 0

    session.execute(sa.delete(Memorandum))
    session.commit()

    assert services.sweep(session, now=make.now()) == 1
    assert len(session.scalars(sa.select(Memorandum)).all()) == 1
