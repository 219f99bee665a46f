"""A batch on its way to the post: tracking numbers, two secretaries at once, what happens to one memorandum meanwhile."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from lms.kernel.errors import Conflict
from lms.kernel.history import steps_of
from lms.kernel.identity import Role
from lms.memoranda import services as papers
from lms.memoranda.batches import queries, services
from lms.memoranda.batches.proof import proof
from lms.memoranda.models import Memorandum
from lms.memoranda.rules import BatchState, Service, State
from tests import make
from tests.batches import DESK, batch_of, due, form, mails, postings, printed, released, step, today, tracking

# From due to posted


def test_three_hundred_people_go_from_due_to_posted(browser_of, session, office):
    memos = due(session, 300)
    desk = browser_of(office)

    page = desk.follow(desk.post(f"{DESK}/new", {"all": "due", "order": "due"}))
    batch = session.scalars(sa.select(services.Batch)).one()
    assert page.h1 == f"Batch {batch.id}"
    assert "Release 300 envelopes" in page.text
    assert "320 yen each, 96,000 yen together." in page.text
    desk.post(f"{DESK}/{batch.id}/release", {"version": batch.version, "service": "recorded"})
    session.refresh(batch)
    batch.pdf_keys = ["batches/none.pdf"]
    session.commit()
    desk.post(f"{DESK}/{batch.id}/printed", {"version": batch.version})
    session.refresh(batch)
    column = "\n".join(tracking(n) for n in range(300))
    looked = desk.post(f"{DESK}/{batch.id}/posted", form(batch, step="look", pasted=column), status=200)
    fields = {
        str(each["name"]): str(each["value"]) for each in looked.soup.select("input[name^=tracking-], [name=looked]")
    }
    desk.post(f"{DESK}/{batch.id}/posted", form(batch, step="posted", **fields))

    session.expire_all()
    assert batch.state is BatchState.POSTED
    assert {memo.state for memo in memos} == {State.POSTED}
    assert [(p.memorandum_id, p.tracking, p.postage_yen, p.weight_g) for p in postings(session)] == [
        (memo.id, tracking(n), 320, 29)
        for n, memo in enumerate(memos)  # six sheets in English
    ]
    assert mails(session, "memorandum-posted") == 300


def test_every_step_of_a_batch_is_in_its_history(browser_of, session, office):
    keep, leave = due(session, 2)
    desk = browser_of(office)
    batch = batch_of(session, office, [keep, leave])
    services.take_out(session, batch=batch, memorandum_id=leave.id, by=office.id, now=make.now())
    services.release(session, **step(batch, office), service=Service.LETTER, today=today())
    batch.pdf_keys = ["x"]
    services.mark_printed(session, **step(batch, office))
    services.mark_posted(
        session, **step(batch, office), posted_on=today(), service=Service.LETTER, tracking={}, today=today()
    )
    session.commit()

    steps = [(entry.step, entry.by_id) for entry in steps_of(session, kind="batch", subject=batch.id)]

    assert steps == [(f"batch.{each}", office.id) for each in ("made", "taken_out", "released", "printed", "posted")]
    assert "Released: Ordinary letter, 110 yen." in desk.get(f"{DESK}/{batch.id}").text


def test_each_receiver_gets_one_mail_of_a_posting(session, office, worker, house):
    memos = due(session, 3)
    batch = printed(session, office, memos)
    services.mark_posted(
        session, **step(batch, office), posted_on=today(), service=Service.LETTER, tracking={}, today=today()
    )
    session.commit()

    with pytest.raises(Conflict):
        services.mark_posted(
            session, **step(batch, office), posted_on=today(), service=Service.LETTER, tracking={}, today=today()
        )
    session.rollback()

    assert mails(session, "memorandum-posted") == 3
    assert len(postings(session)) == 3


# Posted


def test_a_wrong_check_digit_is_said_beside_the_row_and_warns_only(browser_of, session, office):
    memo = due(session)[0]
    batch = printed(session, office, [memo])
    desk, name = browser_of(office), f"tracking-{memo.id}"

    page = desk.post(f"{DESK}/{batch.id}/posted", form(batch, step="posted", **{name: "13112383853"}), status=422)
    assert page.one(f"#{name}-error").get_text(strip=True) == (
        "The last digit does not fit the others. Compare it with the sticker."
    )
    assert str(page.one(f"#{name}")["value"]) == "131-12-38385-3"
    looked = str(page.one("[name=looked]")["value"])
    desk.post(f"{DESK}/{batch.id}/posted", form(batch, step="posted", looked=looked, **{name: "13112383853"}))

    assert [p.tracking for p in postings(session)] == ["131-12-38385-3"]


def test_a_number_that_stands_twice_is_refused(browser_of, session, office):
    one, other = due(session, 2)
    batch = printed(session, office, [one, other])
    desk = browser_of(office)
    twice = {f"tracking-{one.id}": tracking(1), f"tracking-{other.id}": tracking(1)}

    page = desk.post(f"{DESK}/{batch.id}/posted", form(batch, step="posted", **twice), status=422)
    looked = str(page.one("[name=looked]")["value"])
    page = desk.post(f"{DESK}/{batch.id}/posted", form(batch, step="posted", looked=looked, **twice), status=422)

    assert page.text.count("This number stands twice.") == 2
    assert postings(session) == []


def test_numbers_too_few_and_too_many_are_said(browser_of, session, office):
    memos = due(session, 2)
    batch = printed(session, office, memos)
    desk = browser_of(office)

    few = desk.post(f"{DESK}/{batch.id}/posted", form(batch, step="look", pasted=tracking(1)), status=200)
    many = desk.post(
        f"{DESK}/{batch.id}/posted",
        form(batch, step="look", pasted="\n".join(tracking(n) for n in range(3))),
        status=200,
    )

    assert [e.get_text(strip=True) for e in few.soup.select("table .error")] == ["The tracking number is missing."]
    assert "Some lines belong to no envelope of this batch" in many.text
    assert many.one("#pasted").get_text(strip=True) == tracking(2)


def test_scanned_codes_find_their_envelopes(browser_of, session, office):
    one, other = due(session, 2)
    batch = printed(session, office, [one, other])
    scanned = f"http://localhost/r/{other.number}\n{tracking(2)}\nhttp://localhost/r/{one.number}\n{tracking(1)}"

    page = browser_of(office).post(f"{DESK}/{batch.id}/posted", form(batch, step="look", pasted=scanned), status=200)

    assert str(page.one(f"#tracking-{one.id}")["value"]) == tracking(1)
    assert str(page.one(f"#tracking-{other.id}")["value"]) == tracking(2)
    assert page.one("#pasted").get_text(strip=True) == ""


def test_pasted_numbers_are_shown_before_they_are_kept(browser_of, session, office):
    memo = due(session)[0]
    batch = printed(session, office, [memo])

    page = browser_of(office).post(
        f"{DESK}/{batch.id}/posted", form(batch, step="posted", pasted=tracking(1)), status=422
    )

    assert "Compare the numbers with the stickers. If they are right, mark the batch as posted." in page.text
    assert (str(page.one(f"#tracking-{memo.id}")["value"]), postings(session)) == (tracking(1), [])


def test_nothing_was_posted_before_it_was_due(browser_of, session, office):
    [memo] = due(session)
    batch, yesterday = printed(session, office, [memo]), str(today() - timedelta(days=1))

    sent = form(batch, step="posted", posted_on=yesterday, **{f"tracking-{memo.id}": tracking(1)})

    page = browser_of(office).post(f"{DESK}/{batch.id}/posted", sent, status=422)

    session.expire_all()
    assert "The papers cannot have been posted before they were due." in page.text
    assert (memo.state, mails(session, "memorandum-posted")) == (State.PRINTED, 0)


def test_the_page_of_a_memorandum_leads_to_the_batch_in_which_it_goes_on(browser_of, session, office):
    [memo] = due(session)
    batch = printed(session, office, [memo])

    page = browser_of(office).get(f"/secretariat/memoranda/{memo.id}")

    assert page.soup.select("form[action$='/posted'], form[action$='/not-printed']") == []
    assert page.one(f"main a[href='{DESK}/{batch.id}']")


def test_a_day_in_the_future_keeps_what_was_typed(browser_of, session, office):
    memo = due(session)[0]
    batch = printed(session, office, [memo])
    tomorrow = (today() + timedelta(days=1)).isoformat()
    sent = form(batch, step="posted", posted_on=tomorrow, **{f"tracking-{memo.id}": tracking(1)})

    page = browser_of(office).post(f"{DESK}/{batch.id}/posted", sent, status=422)

    assert "The day of posting lies in the future." in page.text
    assert str(page.one(f"#tracking-{memo.id}")["value"]) == tracking(1)
    assert str(page.one("#posted_on")["value"]) == tomorrow


@pytest.mark.parametrize("service", ["click_post", "yu_mail", "yu_packet", "yu_pack"])
def test_a_batch_cannot_go_by_what_may_not_carry_letters(browser_of, session, office, service):
    memo = due(session)[0]
    desk = browser_of(office)
    chosen = batch_of(session, office, [memo])
    desk.post(f"{DESK}/{chosen.id}/release", {"version": chosen.version, "service": service}, status=422)
    services.cancel(session, **step(chosen, office))
    session.commit()
    batch = printed(session, office, [memo])

    desk.post(f"{DESK}/{batch.id}/posted", form(batch, step="posted", service=service), status=422)

    assert postings(session) == []


# Two secretaries, and what happens to one memorandum meanwhile


@pytest.fixture
def colleague(session):
    return make.supporter(session, role=Role.SECRETARIAT, display_name="見本 同僚")


def test_the_second_of_two_secretaries_is_told_who_was_faster(browser_of, session, office, colleague):
    memo = due(session)[0]
    batch = batch_of(session, office, [memo])
    seen = {"version": batch.version, "service": "recorded"}
    one, other = browser_of(office), browser_of(colleague)
    one.post(f"{DESK}/{batch.id}/release", seen)

    page = other.post(f"{DESK}/{batch.id}/release", seen | {"service": "letter"}, status=409)

    assert "見本 事務局 has released this batch meanwhile. Look at it again." in page.text
    session.refresh(batch)
    assert (batch.service, batch.released_by_id) == (Service.RECORDED, office.id)


def test_a_release_seen_before_an_envelope_was_taken_out_is_refused(browser_of, session, office, colleague):
    memo, other = due(session, 2)
    batch = batch_of(session, office, [memo, other])
    seen = {"version": batch.version, "service": "letter"}
    browser_of(colleague).post(f"{DESK}/{batch.id}/take-out", {"version": batch.version, "memorandum": memo.id})

    page = browser_of(office).post(f"{DESK}/{batch.id}/release", seen, status=409)

    assert "見本 同僚 has taken an envelope out of this batch meanwhile. Look at it again." in page.text
    assert batch.state is BatchState.CHOSEN


def test_tracking_numbers_typed_too_late_overwrite_nothing(browser_of, session, office, colleague):
    memo = due(session)[0]
    batch = printed(session, office, [memo])
    field = f"tracking-{memo.id}"
    first, second = form(batch, step="posted"), form(batch, step="posted")
    browser_of(office).post(f"{DESK}/{batch.id}/posted", first | {field: tracking(1)})

    page = browser_of(colleague).post(f"{DESK}/{batch.id}/posted", second | {field: tracking(2)}, status=409)

    assert "見本 事務局 has marked this batch as posted meanwhile. Look at it again." in page.text
    assert [p.tracking for p in postings(session)] == [tracking(1)]


def test_two_may_answer_the_proof_sheet_at_once(browser_of, session, office, colleague):
    one, other = due(session, 2, postal_code="000-0000")
    batch = batch_of(session, office, [one, other])
    pages = [browser_of(each).get(f"{DESK}/{batch.id}") for each in (office, colleague)]
    forms = [
        {str(i["name"]): str(i["value"]) for i in page.soup.select("form[action$='/accept']")[n].select("input")}
        for n, page in enumerate(pages)
    ]

    for each, sent in zip((office, colleague), forms, strict=True):
        browser_of(each).post(f"{DESK}/{batch.id}/accept", sent)

    assert [list(row.open) for row in proof(session, batch)] == [[], []]


def test_a_memorandum_in_a_batch_is_not_printed_or_posted_alone(browser_of, session, office):
    memo = due(session)[0]
    batch = batch_of(session, office, [memo])
    alone = {"memorandum": memo, "by": office.id, "now": make.now()}

    for act in (
        lambda: papers.mark_printed(session, **alone),
        lambda: papers.unmark_printed(session, **alone),
        lambda: papers.mark_posted(
            session, **alone, posted_on=today(), service=Service.LETTER, tracking=None, today=today()
        ),
    ):
        with pytest.raises(Conflict, match=f"This memorandum is in batch {batch.id}. Go on there."):
            act()


@pytest.mark.parametrize("aside", [papers.hold, papers.withdraw])
def test_what_is_held_or_withdrawn_leaves_a_batch_that_is_only_chosen(session, office, aside):
    memo, other = due(session, 2)
    batch = batch_of(session, office, [memo, other])

    aside(session, memorandum=memo, reason="asked to wait", by=office.id, now=make.now())
    session.commit()

    assert [place.memorandum.id for place in queries.places(session, batch.id)] == [other.id]
    assert [memo.id for memo in queries.taken_out(session, batch.id)] == [memo.id]


@pytest.mark.parametrize("aside", [papers.hold, papers.withdraw])
def test_after_the_release_it_is_held_or_withdrawn_only_out_of_the_batch(session, office, aside):
    memo = due(session)[0]
    batch = released(session, office, [memo])

    with pytest.raises(Conflict, match=f"This memorandum is in batch {batch.id}. Go on there."):
        aside(session, memorandum=memo, reason="asked to wait", by=office.id, now=make.now())


def test_what_is_no_longer_printed_is_told_and_never_posted(browser_of, session, office):
    memo, other = due(session, 2)
    batch = printed(session, office, [memo, other])
    # Not by any step of ours: an import, or a repair by hand.
    session.execute(
        sa.update(Memorandum).where(Memorandum.id == memo.id).values(state=State.WITHDRAWN, aside_reason="repaired")
    )
    session.commit()
    session.expire_all()

    desk = browser_of(office)
    sent = form(batch, step="posted", service="letter")
    page = desk.follow(desk.post(f"{DESK}/{batch.id}/posted", sent))

    assert f"Taken out, because they have changed meanwhile: {memo.number}." in page.html
    assert [p.memorandum_id for p in postings(session)] == [other.id]
