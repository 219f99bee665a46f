"""What comes back: the scanning field, an envelope, what is missing from it, a second look, two people at once."""

from functools import partial

import pytest

from lms.kernel.clock import tokyo_day
from lms.kernel.errors import Conflict, Invalid
from lms.memoranda import services as papers
from lms.memoranda.models import Memorandum
from lms.memoranda.returns import queries, services
from lms.memoranda.rules import Fault, Signing, State, number_of
from tests import make, returning
from tests.returning import brought_to, entered, mails, post, steps, today

IN_ORDER = {"has_bank_form": "y", "signing": "signed", "then": "checked"}


@pytest.fixture
def posted(session, office):
    """A memorandum that was posted so many days ago: `posted()`."""
    return partial(returning.posted, session, office)


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


def test_nor_does_it_by_the_short_way(browser_of, session, office, posted):
    memo = posted(days=3)

    page = browser_of(office).post(
        f"/secretariat/memoranda/{memo.id}/returned",
        {"returned_on": str(tokyo_day(make.days_ago(4))), "signing": "sealed"},
        status=422,
    )

    session.expire_all()
    assert "The papers cannot have come back before they were posted." in page.text
    assert memo.state is State.POSTED


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
