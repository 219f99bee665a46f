"""Papers beside the way: not delivered, held, withdrawn, posted again, overdue; and the letter about what is missing."""

from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from lms.kernel.clock import tokyo_day
from lms.kernel.history import HistoryEntry
from lms.memoranda import services as papers
from lms.memoranda.models import PaperReturn, Posting
from lms.memoranda.papers import archive
from lms.memoranda.papers.models import PaperKind
from lms.memoranda.returns import queries, services
from lms.memoranda.rules import Fault, PostingKind, Service, State
from lms.qualification import services as qualification
from lms.supporters.rules import address_of
from tests import make, returning
from tests.returning import brought_to, entered, mails, post, steps, today


@pytest.fixture
def posted(session, office):
    """A memorandum that was posted so many days ago: `posted()`."""
    return partial(returning.posted, session, office)


# What could not be delivered


def test_the_person_confirms_the_address_and_the_papers_go_out_again_once_under_their_number(
    browser_of, session, office, posted
):
    memo = posted()
    number = memo.number
    browser_of(office).post(f"/secretariat/returns/{memo.id}/undeliverable", {"came_back_on": str(today())})
    them = browser_of(session.get(type(office), memo.supporter_id))

    assert "/my-address" in them.get("/my-training").links()
    assert "An envelope came back to us" in them.get("/my-address").text
    them.post("/my-address/right")
    them.post("/my-address/right")

    session.expire_all()
    assert (memo.state, memo.number, memo.posting_id) == (State.DUE, number, None)
    assert steps(session, memo) == ["due", "printed", "posted", "undeliverable", "due"]
    assert len(mails(session, "memorandum-undeliverable")) == 1
    assert "An envelope came back" not in them.get("/my-address").text
    assert session.scalars(sa.select(Posting.came_back_on)).all() == [today()]


def test_a_new_address_sends_them_out_again_as_well(browser_of, session, office, posted):
    memo = posted()
    brought_to(session, office, memo, State.UNDELIVERABLE)
    them = browser_of(session.get(type(office), memo.supporter_id))

    them.post("/my-address", {"postal_code": "1100015", "address": "見本県見本市新見本町4"})

    session.expire_all()
    assert memo.state is State.DUE


def test_an_envelope_that_comes_back_twice_asks_twice(session, office, posted):
    memo = posted(days=9)
    for at in (make.days_ago(6), make.days_ago(2)):
        papers.mark_undeliverable(
            session, memorandum=memo, came_back_on=tokyo_day(at), by=office.id, now=at, today=today()
        )
        services.address_is_right(session, supporter=memo.supporter_id, by=memo.supporter_id, now=at)
        post(session, office, memo, at=at)

    assert len(mails(session, "memorandum-undeliverable")) == 2
    assert len(mails(session, "memorandum-posted")) == 3


def test_the_desk_corrects_the_address_by_telephone(browser_of, session, office, posted):
    memo, desk = posted(), browser_of(office)
    brought_to(session, office, memo, State.UNDELIVERABLE)
    person = session.get(type(office), memo.supporter_id)

    refused = desk.post(
        f"/secretariat/memoranda/{memo.id}/address", {"postal_code": "1", "address": "見本町5"}, status=422
    )
    assert refused.one("#postal_code")["value"] == "1"
    desk.post(
        f"/secretariat/memoranda/{memo.id}/address",
        {"postal_code": "110-0015", "address": "見本町5", "phone": "03-0000-0000"},
    )
    desk.post(
        f"/secretariat/memoranda/{memo.id}/address", {"postal_code": "110-0015", "address": "見本町6"}, status=422
    )

    session.expire_all()
    assert (memo.state, person.postal_code, person.address) == (State.DUE, "110-0015", "見本町5")
    changed = session.scalars(sa.select(HistoryEntry).where(HistoryEntry.step == "supporter.address_changed")).all()
    assert [entry.by_id for entry in changed][-1] == office.id


# Beside the way


def test_a_reason_is_asked_for_kept_for_the_desk_and_never_shown_to_the_supporter(browser_of, session, office, posted):
    memo, desk = posted(), browser_of(office)
    brought_to(session, office, memo, State.DUE)
    them = browser_of(session.get(type(office), memo.supporter_id))

    desk.post(f"/secretariat/memoranda/{memo.id}/hold", {"hold_reason": " "}, status=422)
    desk.post(f"/secretariat/memoranda/{memo.id}/hold", {"hold_reason": "見本の理由"})

    session.expire_all()
    assert memo.state is State.HELD
    assert "見本の理由" in desk.get(f"/secretariat/memoranda/{memo.id}").text
    assert "見本の理由" not in them.get("/my-training").html
    assert "The secretariat is looking at your papers." in them.get("/my-training").text
    assert "見本の理由" not in str([entry.facts for entry in session.scalars(sa.select(HistoryEntry))])
    desk.post(f"/secretariat/memoranda/{memo.id}/let-go")
    session.expire_all()
    assert (memo.state, memo.aside_reason) == (State.DUE, None)


def test_what_was_withdrawn_can_be_taken_up_again(browser_of, session, office, posted):
    memo, desk = posted(), browser_of(office)

    desk.post(f"/secretariat/memoranda/{memo.id}/withdraw", {"withdraw_reason": ""}, status=422)
    desk.post(f"/secretariat/memoranda/{memo.id}/withdraw", {"withdraw_reason": "見本の理由"})
    session.expire_all()
    assert (memo.state, memo.aside_reason) == (State.WITHDRAWN, "見本の理由")
    desk.post(f"/secretariat/memoranda/{memo.id}/let-go")

    session.expire_all()
    assert (memo.state, memo.printed_at, memo.posting_id) == (State.DUE, None, None)


@pytest.mark.parametrize("state", [State.POSTED, State.INCOMPLETE])
def test_what_was_lost_is_posted_again_once(browser_of, session, office, posted, state):
    memo, desk = posted(), browser_of(office)
    brought_to(session, office, memo, state)
    number = memo.number

    desk.post(f"/secretariat/memoranda/{memo.id}/again")
    desk.post(f"/secretariat/memoranda/{memo.id}/again", status=422)

    session.expire_all()
    assert (memo.state, memo.number, steps(session, memo)[-1]) == (State.DUE, number, "due")
    assert steps(session, memo).count("due") == 2


# The letter that says what is missing


def test_the_letter_counts_as_posted_once_and_the_memorandum_stays_where_it_is(browser_of, session, office, posted):
    memo, desk = posted(), browser_of(office)
    entered(session, office, memo, bank_form=False)
    sent = {"posted_on": str(today()), "service": "letter"}

    assert "The bank form was not in the envelope." in desk.get(f"/secretariat/returns/{memo.id}/letter/posted").text
    desk.post(f"/secretariat/returns/{memo.id}/letter", sent | {"service": "yu_mail"}, status=422)
    desk.post(f"/secretariat/returns/{memo.id}/letter", sent)
    desk.post(f"/secretariat/returns/{memo.id}/letter", sent, status=422)

    session.expire_all()
    kinds = session.scalars(sa.select(Posting.kind).where(Posting.memorandum_id == memo.id).order_by(Posting.id)).all()
    assert (memo.state, kinds) == (State.INCOMPLETE, [PostingKind.PACK, PostingKind.FOLLOW_UP])
    assert "This letter has been posted." in desk.get(f"/secretariat/returns/{memo.id}/letter/posted").text


def test_a_letter_not_yet_posted_is_made_anew_for_another_address(session, office, house, posted, worker):
    memo = posted()
    entered(session, office, memo, bank_form=False)
    worker.drain()
    session.expire_all()
    [found] = queries.returns_of(session, memo.id)
    old = found.letter_key
    assert house.storage.keys(f"follow-ups/{memo.id}") == [old]

    moved(session, memo)
    assert found.letter_key is None
    worker.drain()
    session.expire_all()

    assert (found.letter_key == old, house.storage.keys(f"follow-ups/{memo.id}")) == (False, [found.letter_key])
    [kept] = [paper for paper in archive.of_memorandum(session, memo.id) if paper.kind is PaperKind.FOLLOW_UP]
    assert (kept.storage_key, "見本町8-8-8" in kept.data) == (found.letter_key, True)


def test_a_letter_that_was_posted_stays_as_it_was_posted(session, office, posted, worker):
    memo = posted()
    entered(session, office, memo, bank_form=False)
    worker.drain()
    session.expire_all()
    [found] = queries.returns_of(session, memo.id)
    key = found.letter_key
    letter_posted(session, office, memo, at=make.now())

    moved(session, memo)
    worker.drain()
    session.expire_all()

    assert (found.letter_key, key is None) == (key, False)


def test_an_address_told_by_telephone_holds_for_the_papers_of_another_year_too(session, office, posted):
    memo = posted()
    brought_to(session, office, memo, State.UNDELIVERABLE)
    other = papers.make_due(
        session, supporter=memo.supporter_id, programme_id=memo.programme_id, year=memo.year + 1, route=memo.route,
        now=make.days_ago(1),
    )  # fmt: skip
    other.pack_key, other.pack_sha256 = "packs/none", "0"
    session.commit()

    services.correct_address_of(
        session, memorandum=memo, address=address_of("110-0015", "東京都台東区見本町8-8-8"), phone=None, by=office.id,
        now=make.now(),
    )  # fmt: skip

    assert (memo.state, other.state, other.pack_key) == (State.DUE, State.DUE, None)


def moved(session, memo):
    where = address_of("110-0015", "東京都台東区見本町8-8-8")
    qualification.change_address(session, supporter=memo.supporter_id, address=where, phone=None, now=make.now())
    session.commit()


def letter_posted(session, office, memo, *, at):
    services.mark_follow_up_posted(
        session, memorandum=memo, posted_on=tokyo_day(at), service=Service.LETTER, tracking=None, by=office.id,
        now=at, today=today(),
    )  # fmt: skip
    session.commit()


# What does not come back


def test_after_three_weeks_a_mail_reminds_once_and_two_weeks_later_the_desk_is_told(session, office, posted):
    late, lately = posted(days=22), posted(days=20)

    assert services.remind_overdue(session, now=make.now()) == 1
    assert services.remind_overdue(session, now=make.now()) == 0

    [mail] = mails(session, "memorandum-overdue")
    assert mail.supporter_id == late.supporter_id
    assert steps(session, late)[-1] == "reminded"
    assert steps(session, lately)[-1] == "posted"
    assert queries.overdue(session, on=today() + timedelta(days=13)) == []
    [row] = queries.overdue(session, on=today() + timedelta(days=14))
    assert (row.memorandum_id, row.waiting_since, row.reminded_on) == (late.id, tokyo_day(make.days_ago(22)), today())


def test_what_is_incomplete_is_waited_for_from_the_newest_word_about_it(session, office, posted):
    memo = posted(days=60)
    entered(session, office, memo, bank_form=False, at=make.days_ago(30))
    letter_posted(session, office, memo, at=make.days_ago(21))

    assert services.remind_overdue(session, now=make.now()) == 0
    assert services.remind_overdue(session, now=make.now() + timedelta(days=1)) == 1

    [mail] = mails(session, "memorandum-overdue")
    assert mail.params == {"faults": ["bank_form_missing"]}


def test_a_letter_posted_after_the_reminder_is_waited_for_like_the_reminder(session, office, posted):
    memo = posted(days=60)
    entered(session, office, memo, bank_form=False, at=make.days_ago(50))
    services.remind_overdue(session, now=make.days_ago(20))
    assert len(queries.overdue(session, on=today())) == 1

    letter_posted(session, office, memo, at=make.now())

    assert queries.overdue(session, on=today() + timedelta(days=13)) == []
    assert len(queries.overdue(session, on=today() + timedelta(days=14))) == 1


def test_a_telephone_call_buys_two_weeks(browser_of, session, office, posted):
    memo, desk = posted(days=60), browser_of(office)
    services.remind_overdue(session, now=make.days_ago(20))
    session.commit()
    assert memo.number in desk.get("/secretariat/returns/overdue").text

    file = desk.client.get("/secretariat/returns/overdue?format=csv").get_data(as_text=True)
    assert [memo.number in line for line in file.splitlines()] == [False, True]

    desk.post(f"/secretariat/returns/{memo.id}/wait")

    session.expire_all()
    assert memo.wait_until == today() + timedelta(days=14)
    assert "Nothing is overdue." in desk.get("/secretariat/returns/overdue").text
    assert len(queries.overdue(session, on=memo.wait_until)) == 1


@pytest.mark.parametrize("people", [1, 4])
def test_the_lists_cost_the_same_for_one_and_for_many(browser_of, session, office, posted, queries, people):
    for _ in range(people):
        entered(session, office, posted(days=50), bank_form=False, at=make.days_ago(49))
        posted(days=60)
    services.remind_overdue(session, now=make.days_ago(20))
    session.commit()
    desk = browser_of(office)
    queries.clear()

    desk.get("/secretariat/returns/overdue")
    overdue = len(queries)
    queries.clear()
    desk.get("/secretariat/returns")

    assert (overdue, len(queries)) == (3, 3)


def test_who_has_something_to_mend_reads_what_and_how(browser_of, session, office, posted):
    memo = posted()
    entered(session, office, memo, faults=[Fault.ACCOUNT_UNREADABLE])

    page = browser_of(session.get(type(office), memo.supporter_id)).get("/my-training")

    assert "The bank account on the bank form cannot be read." in page.text
    assert "Please fill in the bank form once more, clearly, and send it." in page.text
    assert session.scalar(sa.select(sa.func.count(PaperReturn.id))) == 1


@pytest.mark.parametrize("locale", ["ja", "ja@easy", "vi"])
def test_the_letter_is_made_by_itself_and_kept(browser_of, session, office, posted, worker, locale):
    memo, desk = posted(locale=locale), browser_of(office)
    entered(session, office, memo, bank_form=False, faults=[Fault.MEMORANDUM_NOT_DATED])
    desk.get(f"/secretariat/returns/{memo.id}/letter", 404)

    worker.drain()
    worker.drain()

    session.expire_all()
    [found] = queries.returns_of(session, memo.id)
    pdf = desk.client.get(f"/secretariat/returns/{memo.id}/letter")
    assert (pdf.status_code, pdf.mimetype, pdf.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert "Open the letter (PDF)" in desk.get(f"/secretariat/returns/{memo.id}/letter/posted").text
    assert found.letter_key.startswith(f"follow-ups/{memo.id}/")
