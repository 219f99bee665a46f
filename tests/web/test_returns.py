"""What comes back: scanning, entering an envelope, what is missing, what could not be delivered, what does not come."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from lms.kernel.clock import tokyo_day
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.history import HistoryEntry
from lms.memoranda import services as papers
from lms.memoranda.models import Memorandum, PaperReturn, Posting
from lms.memoranda.returns import queries, services
from lms.memoranda.rules import Fault, PostingKind, Service, Signing, State, number_of
from lms.qualification import services as qualification
from lms.supporters.models import Mail
from lms.supporters.rules import Participation
from tests import make

IN_ORDER = {"has_bank_form": "y", "signing": "signed", "then": "checked"}


def today():
    return tokyo_day(make.now())


@pytest.fixture
def posted(session, office):
    """A memorandum that was posted so many days ago: `posted()`."""

    def bring(days: float = 3, **given) -> Memorandum:
        at = make.days_ago(days)
        person = make.supporter(session, participation=Participation.EXPERIENCED, at=at, **given)
        make.address(session, person)
        qualification.confirm_experience(session, supporter=person.id, by=office.id, now=at)
        memo = session.scalars(sa.select(Memorandum).where(Memorandum.supporter_id == person.id)).one()
        post(session, office, memo, at=at)
        return memo

    return bring


def post(session, office, memo, *, at):
    memo.pack_key, memo.pack_sha256 = "packs/none", "0"
    papers.mark_printed(session, memorandum=memo, by=office.id, now=at)
    papers.mark_posted(
        session, memorandum=memo, posted_on=tokyo_day(at), service=Service.LETTER, tracking=None, by=office.id,
        now=at, today=today(),
    )  # fmt: skip
    session.commit()


def entered(session, office, memo, *, memorandum=True, bank_form=True, faults=(), at=None, signing=Signing.SIGNED):
    at = at or make.now()
    unsigned = Fault.MEMORANDUM_NOT_SIGNED in faults or not memorandum
    found = services.record_return(
        session, memorandum=memo, returned_on=tokyo_day(at), has_memorandum=memorandum,
        signing=None if unsigned else signing, has_bank_form=bank_form, faults=faults, note="", by=office.id, now=at,
        today=today(),
    )  # fmt: skip
    session.commit()
    return found


def mails(session, message):
    return session.scalars(sa.select(Mail).where(Mail.message == message).order_by(Mail.id)).all()


def steps(session, memo):
    wanted = sa.select(HistoryEntry.step).where(
        HistoryEntry.subject_kind == "memorandum", HistoryEntry.subject_id == memo.id
    )
    return [step.partition(".")[2] for step in session.scalars(wanted.order_by(HistoryEntry.id))]


# The scanning field


def test_whatever_the_scanner_types_opens_the_envelope(browser_of, office, posted):
    memo, desk = posted(), browser_of(office)
    full_width = "".join(chr(ord(sign) + 0xFEE0) for sign in memo.number)

    for typed in (memo.number, memo.number.replace("-", ""), f"http://localhost/r/{memo.number}", full_width):
        page = desk.post("/secretariat/returns", {"number": typed})
        assert page.response.headers["Location"] == f"/secretariat/returns/{memo.id}"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Scan the code on a sheet, or type the document number."),
        ("2026-00001-0", "This is no document number."),
        ("見本", "This is no document number."),
        (number_of(2026, 99999), "There is no memorandum with this number."),
    ],
)
def test_a_number_that_cannot_be_or_is_unknown_is_named_beside_the_field(browser_of, office, typed, sentence):
    page = browser_of(office).post("/secretariat/returns", {"number": typed}, status=422)

    assert sentence in page.one("#number-error").get_text()
    assert page.one("#number")["value"] == typed


def test_the_number_of_another_year_is_not_taken_for_this_one(session, posted):
    memo = posted()
    memo.year += 1
    other = memo.number
    memo.year -= 1

    assert queries.by_number(session, other) is None
    assert queries.by_number(session, memo.number) is memo


def test_the_code_on_a_sheet_leads_everybody_where_they_belong(browser_of, visitor, session, office, posted):
    memo = posted()
    somebody = make.supporter(session)

    browsers = {"office": browser_of(office), "supporter": browser_of(somebody), "nobody": visitor}
    where = {who: one.client.get(f"/r/{memo.number}").headers["Location"] for who, one in browsers.items()}

    assert where == {
        "office": f"/secretariat/returns/{memo.id}",
        "supporter": "/my-training",
        "nobody": f"/sign-in?next=/r/{memo.number}",
    }
    assert "There is no memorandum" in browser_of(office).get(f"/r/{number_of(2026, 99999)}", 404).text


# An envelope


def test_an_envelope_in_order_is_checked_by_one_press_and_the_field_waits_for_the_next(
    browser_of, session, office, posted
):
    memo, desk = posted(), browser_of(office)

    page = desk.follow(desk.post(f"/secretariat/returns/{memo.id}", IN_ORDER | {"returned_on": str(today())}))

    session.expire_all()
    assert (memo.state, memo.signing, memo.returned_on) == (State.CHECKED, Signing.SIGNED, today())
    assert page.one("#number").has_attr("autofocus")
    assert "everything is in order" in page.soup.get_text()
    assert memo.number in page.text


def test_an_envelope_can_be_looked_at_later(browser_of, session, office, posted):
    memo = posted()

    browser_of(office).post(
        f"/secretariat/returns/{memo.id}", IN_ORDER | {"then": "later", "returned_on": str(today())}
    )

    session.expire_all()
    assert memo.state is State.RETURNED


def test_what_is_missing_is_told_once_in_sentences_and_kept(browser_of, session, office, posted):
    memo, desk = posted(), browser_of(office)
    sent = {
        "signing": "unsigned", "memorandum_faults": ["memorandum_not_dated"],
        "bank_form_faults": ["account_unreadable"], "note": "見本の一言", "returned_on": str(today()), "then": "checked",
    }  # fmt: skip

    desk.post(f"/secretariat/returns/{memo.id}", sent)

    session.expire_all()
    [found] = queries.returns_of(session, memo.id)
    faults = ["memorandum_not_signed", "memorandum_not_dated", "bank_form_missing"]
    assert (memo.state, memo.signing, found.faults, found.note) == (State.INCOMPLETE, None, faults, "見本の一言")
    [mail] = mails(session, "memorandum-incomplete")
    assert mail.params == {"faults": faults, "note": "見本の一言"}
    page = desk.get(f"/secretariat/memoranda/{memo.id}")
    assert "The memorandum has neither a signature nor a seal." in page.text
    assert "The bank form was not in the envelope." in page.text


def test_the_missing_sheet_completes_what_came_before(session, office, posted):
    memo = posted()

    entered(session, office, memo, bank_form=False, signing=Signing.SEALED)
    assert memo.state is State.INCOMPLETE
    entered(session, office, memo, memorandum=False)

    assert (memo.state, memo.signing) == (State.RETURNED, Signing.SEALED)
    assert len(mails(session, "memorandum-incomplete")) == 1


def test_a_letter_that_came_back_wrong_twice_is_told_twice_each_in_its_own_words(session, office, posted):
    memo = posted()

    entered(session, office, memo, faults=[Fault.MEMORANDUM_NOT_SIGNED])
    entered(session, office, memo, bank_form=False, faults=[Fault.MEMORANDUM_NOT_DATED])

    assert [mail.params["faults"] for mail in mails(session, "memorandum-incomplete")] == [
        ["memorandum_not_signed"],
        ["memorandum_not_dated"],
    ]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"signing": "absent", "has_bank_form": []}, "has_bank_form", "Say which sheets came back."),
        ({"signing": []}, "signing", "Say how the memorandum is signed."),
        ({"returned_on": ""}, "returned_on", "Enter the day of return."),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_the_rest_stays(
    browser_of, session, office, posted, changes, field, sentence
):
    memo = posted()
    sent = IN_ORDER | {"returned_on": str(today()), "note": "見本の一言"} | changes

    page = browser_of(office).post(f"/secretariat/returns/{memo.id}", sent, status=422)

    assert sentence in page.one(f"#{field}-error").get_text()
    assert "見本の一言" in page.one("#note").get_text()
    assert memo.state is State.POSTED


def test_nothing_comes_back_tomorrow_or_before_it_was_posted(session, office, posted):
    memo = posted(days=3)

    for days in (-1, 4):
        with pytest.raises(Invalid):
            entered(session, office, memo, at=make.days_ago(days))
    assert queries.returns_of(session, memo.id) == []


@pytest.mark.parametrize(
    "state", [State.DUE, State.PRINTED, State.HELD, State.UNDELIVERABLE, State.WITHDRAWN, State.COMPLETE]
)
def test_where_no_papers_are_waited_for_the_page_says_why_and_where_to_go(browser_of, session, office, posted, state):
    memo = posted()
    brought_to(session, office, memo, state)
    desk = browser_of(office)

    page = desk.get(f"/secretariat/returns/{memo.id}")
    desk.post(f"/secretariat/returns/{memo.id}", IN_ORDER | {"returned_on": str(today())}, status=422)

    assert "Nothing can be entered for this memorandum just now" in page.text
    assert f"/secretariat/memoranda/{memo.id}" in page.links()
    assert session.get(Memorandum, memo.id).state is state


def brought_to(session, office, memo, state):
    """From posted to anywhere."""
    step = {"memorandum": memo, "by": office.id, "now": make.now()}
    dated = step | {"today": today()}
    match state:
        case State.DUE | State.PRINTED | State.HELD:
            papers.post_again(session, **step)
            if state is State.PRINTED:
                memo.pack_key, memo.pack_sha256 = "packs/none", "0"
                papers.mark_printed(session, **step)
            if state is State.HELD:
                papers.hold(session, reason="見本", **step)
        case State.UNDELIVERABLE:
            papers.mark_undeliverable(session, came_back_on=today(), **dated)
        case State.WITHDRAWN:
            papers.withdraw(session, reason="見本", **step)
        case State.INCOMPLETE:
            entered(session, office, memo, bank_form=False)
        case State.RETURNED | State.CHECKED | State.COMPLETE:
            entered(session, office, memo)
            if state is not State.RETURNED:
                papers.mark_checked(session, memorandum_right=True, bank_form_right=True, **step)
            if state is State.COMPLETE:
                papers.complete(session, **step)
    session.commit()


@pytest.mark.parametrize("state", list(State))
def test_every_page_of_a_memorandum_can_be_read_wherever_it_stands(browser_of, session, office, posted, state):
    memo = posted()
    brought_to(session, office, memo, state)
    desk = browser_of(office)

    assert memo.number in desk.get(f"/secretariat/memoranda/{memo.id}").h1
    assert memo.number in desk.get(f"/secretariat/returns/{memo.id}").h1
    assert browser_of(session.get(type(office), memo.supporter_id)).get("/my-training").status == 200


@pytest.mark.parametrize("state", [State.RETURNED, State.CHECKED])
def test_a_second_look_can_find_what_the_first_did_not(browser_of, session, office, posted, state):
    memo, desk = posted(), browser_of(office)
    brought_to(session, office, memo, state)

    desk.post(f"/secretariat/returns/{memo.id}/fault", {}, status=422)
    desk.post(f"/secretariat/returns/{memo.id}/fault", {"bank_form_faults": "holder_differs"})

    session.expire_all()
    assert (memo.state, memo.returned_on, memo.checked_by_id) == (State.INCOMPLETE, None, None)
    assert [mail.params["faults"] for mail in mails(session, "memorandum-incomplete")] == [["holder_differs"]]
    entered(session, office, memo, memorandum=False)
    assert (memo.state, memo.signing) == (State.RETURNED, Signing.SIGNED)


def test_a_slip_is_taken_back_to_where_it_was_and_nobody_was_told(browser_of, session, office, posted):
    first, second = posted(), posted()
    entered(session, office, second, bank_form=False)
    for memo in (first, second):
        entered(session, office, memo)
        papers.mark_checked(
            session, memorandum=memo, memorandum_right=True, bank_form_right=True, by=office.id, now=make.now()
        )
    session.commit()

    for memo in (first, second):
        browser_of(office).post(f"/secretariat/returns/{memo.id}/undo")

    session.expire_all()
    assert [memo.state for memo in (first, second)] == [State.POSTED, State.INCOMPLETE]
    assert [len(queries.returns_of(session, memo.id)) for memo in (first, second)] == [0, 1]
    assert steps(session, first)[-1] == "return_undone"
    browser_of(office).post(f"/secretariat/returns/{first.id}/undo", status=422)
    entered(session, office, first)
    assert first.state is State.RETURNED


def test_a_return_before_the_papers_were_posted_again_does_not_hide_the_newer_posting(session, office, posted):
    memo = posted(days=10)
    entered(session, office, memo, bank_form=False, at=make.days_ago(8))
    papers.post_again(session, memorandum=memo, by=office.id, now=make.days_ago(7))
    post(session, office, memo, at=make.days_ago(6))
    assert memo.state is State.POSTED

    entered(session, office, memo, memorandum=False)
    assert memo.state is State.RETURNED
    services.undo_return(session, memorandum=memo, by=office.id, now=make.now())

    assert memo.state is State.POSTED


# Two people at once


def test_who_opened_the_page_before_a_colleague_entered_it_is_told_and_nothing_is_overwritten(
    browser_of, session, office, posted
):
    memo, desk = posted(), browser_of(office)
    seen = desk.get(f"/secretariat/returns/{memo.id}").one("form#page-form input[name=version]")["value"]
    entered(session, office, memo, bank_form=False)

    page = desk.post(
        f"/secretariat/returns/{memo.id}",
        IN_ORDER | {"version": seen, "returned_on": str(today()), "note": "見本の一言"},
        status=422,
    )

    assert "This memorandum has changed meanwhile. Look at it again." in page.text
    assert "見本の一言" in page.one("#note").get_text()
    assert len(queries.returns_of(session, memo.id)) == 1


def test_the_second_of_two_who_say_the_same_thing_of_what_is_still_incomplete_is_told(session, office, posted):
    memo = posted()
    entered(session, office, memo, bank_form=False)
    seen = memo.version

    entered(session, office, memo, bank_form=False)

    assert memo.version > seen
    with pytest.raises(Conflict):
        services.wait_longer(session, memorandum=memo, by=office.id, now=make.now(), today=today(), seen_version=seen)


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
    services.mark_follow_up_posted(
        session, memorandum=memo, posted_on=tokyo_day(make.days_ago(21)), service=Service.LETTER, tracking=None,
        by=office.id, now=make.days_ago(21), today=today(),
    )  # fmt: skip
    session.commit()

    assert services.remind_overdue(session, now=make.now()) == 0
    assert services.remind_overdue(session, now=make.now() + timedelta(days=1)) == 1

    [mail] = mails(session, "memorandum-overdue")
    assert mail.params == {"faults": ["bank_form_missing"]}


def test_a_telephone_call_buys_two_weeks(browser_of, session, office, posted):
    memo, desk = posted(days=60), browser_of(office)
    services.remind_overdue(session, now=make.days_ago(20))
    session.commit()
    assert memo.number in desk.get("/secretariat/returns/overdue").text

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
