"""Batches: chosen, proved, released, printed and posted together; two secretaries at one batch."""

from datetime import date, timedelta
from io import BytesIO
from itertools import count

import pytest
import sqlalchemy as sa
from pypdf import PdfReader
from sqlalchemy.orm import object_session

from courses.models import ProgrammeRow
from lms.kernel import clock
from lms.kernel.errors import Conflict
from lms.kernel.history import steps_of
from lms.kernel.identity import Role, format_network_id
from lms.memoranda import services as papers
from lms.memoranda.batches import queries, services
from lms.memoranda.batches.proof import proof
from lms.memoranda.batches.rules import Code
from lms.memoranda.models import BatchItem, Memorandum, Posting
from lms.memoranda.rules import BatchState, Route, Service, State
from lms.qualification import services as qualification
from lms.supporters.models import Mail, Supporter
from lms.supporters.rules import Wish, address_of
from tests import make

DESK = "/secretariat/memoranda/batches"
_numbers = count(500_000)


def due(session, people=1, *, address="", postal_code="110-0015", made=True, **given):
    """Memoranda that are due, each of somebody with a room of their own, their papers made unless told not to."""
    programme = session.scalars(sa.select(ProgrammeRow)).first()
    memos = []
    for _ in range(people):
        number = next(_numbers)
        values = {
            "network_id": format_network_id(number),
            "email": f"batch-{number}@example.jp",
            "password_hash": "none",
            "display_name": f"見本 {number}",
            "name_kana": "ミホン",
            "role": Role.SUPPORTER,
            "locale": "en",
            "wish": Wish.ACCOMPANY,
            "experience_declared": False,
            "postal_code": postal_code,
            "address": f"東京都台東区東上野1-12-6\n見本荘{number}号室" if address == "" else address,
            "registered_at": make.now(),
        }
        person = Supporter(**values | given)
        session.add(person)
        session.flush()
        memo = papers.make_due(
            session, supporter=person.id, programme_id=programme.id, year=2026, route=Route.COURSE, now=make.now()
        )
        if made:
            memo.pack_key, memo.pack_sha256, memo.template_version = "packs/none", "0", "1"
        memos.append(memo)
    session.commit()
    return memos


def batch_of(session, office, memos, **given):
    made = services.make(session, memorandum_ids=[memo.id for memo in memos], by=office.id, now=make.now(), **given)
    session.commit()
    return made


def step(batch, office):
    """What every step asks for, of somebody who sees the batch as it is."""
    object_session(batch).flush()
    return {"batch": batch, "by": office.id, "now": make.now(), "seen_version": batch.version}


def released(session, office, memos, *, service=Service.RECORDED):
    """A batch that is released, with a file that does not matter to the test."""
    batch = batch_of(session, office, memos)
    services.release(session, **step(batch, office), service=service, today=today())
    batch.pdf_keys = ["batches/none.pdf"]
    session.commit()
    return batch


def printed(session, office, memos, *, service=Service.RECORDED):
    batch = released(session, office, memos, service=service)
    services.mark_printed(session, **step(batch, office))
    session.commit()
    return batch


def today() -> date:
    return clock.tokyo_day(make.now())


def move(session, memo, text="東京都台東区東上野9-9-9\n新荘1号室", postal_code="110-0015"):
    """The supporter enters another address."""
    where = address_of(postal_code, text)
    qualification.change_address(session, supporter=memo.supporter_id, address=where, phone=None, now=make.now())
    session.commit()


def numbers(page):
    return [cell.get_text(strip=True) for cell in page.soup.select("table .code")]


def tracking(n):
    """A number of 特定記録 with its check digit."""
    ten = f"51312{n:05d}"
    return f"{ten[:3]}-{ten[3:5]}-{ten[5:]}-{int(ten) % 7}"


def postings(session):
    return list(session.scalars(sa.select(Posting).order_by(Posting.id)))


def mails(session, message):
    return session.scalar(sa.select(sa.func.count(Mail.id)).where(Mail.message == message))


def form(batch, **given):
    return {
        "version": str(batch.version),
        "posted_on": today().isoformat(),
        "service": "recorded",
        "pasted": "",
    } | given


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


# Choosing


def test_only_what_is_due_and_free_can_be_chosen(browser_of, session, office):
    free, taken, held = due(session, 3)
    batch_of(session, office, [taken])
    papers.hold(session, memorandum=held, reason="wait", by=office.id, now=make.now())
    session.commit()
    desk = browser_of(office)

    sent = desk.post(f"{DESK}/new", {"memorandum": [free.id, taken.id, held.id]})
    page = desk.follow(sent)

    assert "2 memoranda were left out" in page.html
    assert numbers(page)[:1] == [free.number]
    assert (
        desk.post(f"{DESK}/new", {"memorandum": [taken.id]}, status=409).one(".notice--wrong").get_text(" ", strip=True)
        == "None of these memoranda can be put into a batch: they are not due or lie in another batch."
    )


def test_nothing_ticked_is_said(browser_of, session, office):
    due(session)

    page = browser_of(office).post(f"{DESK}/new", {}, status=422)

    assert "Tick at least one memorandum, or take all that are due." in page.text


def test_whoever_has_no_address_is_not_chosen_with_all(browser_of, session, office):
    ready = due(session)[0]
    due(session, postal_code=None, address=None, made=False)
    desk = browser_of(office)

    assert "One more waits for an address and is left out." in desk.get(f"{DESK}/new").text
    page = desk.follow(desk.post(f"{DESK}/new", {"all": "due", "order": "postcode"}))
    assert numbers(page) == [ready.number]


def test_envelopes_lie_by_postcode_or_by_how_long_they_are_due(browser_of, session, office):
    far = due(session, postal_code="110-0016", address="東京都台東区台東1-1-1")[0]
    near = due(session, postal_code="110-0005", address="東京都台東区上野1-1-1")[0]
    desk = browser_of(office)
    batch = batch_of(session, office, [far, near])

    assert numbers(desk.get(f"{DESK}/{batch.id}")) == [near.number, far.number]
    desk.post(f"{DESK}/{batch.id}/order", {"version": batch.version, "order": "due"})
    assert numbers(desk.get(f"{DESK}/{batch.id}")) == [far.number, near.number]


def test_the_list_of_memoranda_leads_to_a_batch(browser_of, session, office):
    memo, other = due(session, 2)
    desk = browser_of(office)

    page = desk.get("/secretariat/memoranda?state=due")
    ticks = [str(tick["value"]) for tick in page.soup.select("input[name=memorandum]")]
    desk.post(str(page.one("form#choose")["action"]), {"memorandum": ticks[:1]})
    again = desk.get("/secretariat/memoranda?state=due")

    assert ticks == [str(memo.id), str(other.id)]
    assert [str(tick["value"]) for tick in again.soup.select("input[name=memorandum]")] == [str(other.id)]
    assert "Batch" in again.text


# The proof sheet


def found(session, batch):
    return {row.memorandum.id: [finding.code for finding in row.findings] for row in proof(session, batch)}


def test_the_proof_sheet_finds_what_is_wrong_with_each_address(session, office):
    fine = due(session)[0]
    unknown = due(session, postal_code="000-0000")[0]
    elsewhere = due(session, address="大阪府大阪市北区梅田1-1")[0]
    no_room = due(session, address="東京都台東区東上野1-12-6\n見本荘")[0]
    unprintable = due(session, display_name="አበበ")[0]
    together = due(session, 2, address="東京都台東区東上野5-5-5")
    unmade = due(session, made=False)[0]

    batch = batch_of(session, office, [fine, unknown, elsewhere, no_room, unprintable, *together, unmade])

    assert found(session, batch) == {
        fine.id: [],
        unknown.id: [Code.UNKNOWN_POSTCODE],
        elsewhere.id: [Code.PREFECTURE_DIFFERS],
        no_room.id: [Code.MISSING_ROOM],
        unprintable.id: [Code.NOT_PRINTABLE],
        together[0].id: [Code.HOUSEHOLD],
        together[1].id: [Code.HOUSEHOLD],
        unmade.id: [Code.PAPERS_MISSING],
    }


def test_a_household_is_found_in_papers_that_are_out_already(session, office):
    there, here = due(session, 2, address="東京都台東区東上野5-5-5")
    printed(session, office, [there])

    [row] = proof(session, batch_of(session, office, [here]))

    assert [(f.code, f.about) for f in row.findings] == [(Code.HOUSEHOLD, there.number)]


def test_a_batch_is_released_only_when_everything_is_answered(browser_of, session, office):
    memo = due(session, postal_code="000-0000")[0]
    batch = batch_of(session, office, [memo])
    desk = browser_of(office)

    page = desk.get(f"{DESK}/{batch.id}")
    assert "There is no postcode 000-0000. Is it right?" in page.text
    assert not page.soup.select("form[action$='/release']")
    refused = desk.post(f"{DESK}/{batch.id}/release", {"version": batch.version, "service": "letter"}, status=403)
    assert "Some envelopes have open questions. Answer each, or take the envelope out." in refused.text
    accepting = page.one("form[action$='/accept']")
    sent = {str(each["name"]): str(each["value"]) for each in accepting.select("input")}
    desk.post(f"{DESK}/{batch.id}/accept", sent)
    session.refresh(batch)
    desk.post(f"{DESK}/{batch.id}/release", {"version": batch.version, "service": "letter"})
    session.refresh(batch)

    assert batch.state is BatchState.RELEASED


def test_an_answer_given_for_an_old_address_is_refused_and_asked_again(browser_of, session, office):
    memo = due(session, postal_code="000-0000")[0]
    batch = batch_of(session, office, [memo])
    desk = browser_of(office)
    accepting = desk.get(f"{DESK}/{batch.id}").one("form[action$='/accept']")
    sent = {str(each["name"]): str(each["value"]) for each in accepting.select("input")}
    move(session, memo, postal_code="000-0001")

    page = desk.post(f"{DESK}/{batch.id}/accept", sent, status=409)

    assert "The address has changed meanwhile. Look at it again." in page.text
    assert "There is no postcode 000-0001. Is it right?" in page.text


def test_what_was_accepted_is_asked_again_after_the_address_has_changed(session, office):
    memo = due(session, postal_code="000-0000")[0]
    batch = batch_of(session, office, [memo])
    [row] = proof(session, batch)
    keys = [finding.key for finding in row.open]
    services.accept_finding(session, batch=batch, memorandum_id=memo.id, keys=keys, by=office.id, now=make.now())
    session.commit()
    assert [list(each.open) for each in proof(session, batch)] == [[]]

    move(session, memo, postal_code="000-0000")

    [row] = proof(session, batch)
    assert [f.code for f in row.open] == [Code.PAPERS_MISSING, Code.UNKNOWN_POSTCODE, Code.CHANGED_SINCE]


def test_taken_out_of_a_batch_a_memorandum_can_be_chosen_again(browser_of, session, office):
    memo, other = due(session, 2)
    batch = batch_of(session, office, [memo, other])

    browser_of(office).post(f"{DESK}/{batch.id}/take-out", {"version": batch.version, "memorandum": memo.id})

    assert batch_of(session, office, [memo]).id != batch.id
    assert [place.memorandum.id for place in queries.places(session, batch.id)] == [other.id]


def test_a_batch_called_off_leaves_its_memoranda_due(browser_of, session, office, house, worker):
    memo = due(session)[0]
    batch = released(session, office, [memo])
    house.storage.put(f"batches/{batch.id}/old.pdf", b"%PDF")

    browser_of(office).post(f"{DESK}/{batch.id}/cancel", {"version": batch.version})
    worker.drain()
    session.expire_all()

    assert (batch.state, memo.state) == (BatchState.CANCELLED, State.DUE)
    assert queries.choosable(session, most=10) == [memo.id]
    assert house.storage.keys(f"batches/{batch.id}") == []


# The papers


def test_released_papers_are_one_file_in_the_order_of_the_envelopes(browser_of, session, office, worker):
    last = due(session, postal_code="110-0016", address="東京都台東区台東1-1-1", made=False)[0]
    first = due(session, postal_code="110-0005", address="東京都台東区上野1-1-1", made=False)[0]
    worker.drain()
    session.expire_all()
    desk = browser_of(office)
    batch = batch_of(session, office, [last, first])
    services.release(session, **step(batch, office), service=Service.LETTER, today=today())
    session.commit()
    assert "The papers are being made" in desk.get(f"{DESK}/{batch.id}").text
    desk.post(f"{DESK}/{batch.id}/printed", {"version": batch.version}, status=409)
    worker.drain()

    pages = PdfReader(BytesIO(desk.client.get(f"{DESK}/{batch.id}/papers/1").data)).pages
    shown = [next((m.number for m in (first, last) if m.number in page.extract_text()), None) for page in pages]

    each = len(pages) // 2
    assert shown == [first.number] * each + [last.number] * each
    desk.post(f"{DESK}/{batch.id}/printed", {"version": batch.version})
    session.refresh(first)
    assert (first.state, batch.state) == (State.PRINTED, BatchState.PRINTED)


def test_the_checklist_names_every_envelope_in_order(browser_of, session, office):
    memos = due(session, 2)
    batch = batch_of(session, office, memos)

    answer = browser_of(office).client.get(f"{DESK}/{batch.id}/checklist")

    text = PdfReader(BytesIO(answer.data)).pages[0].extract_text()
    assert [number for number in (memo.number for memo in memos) if number in text] == [m.number for m in memos]
    assert answer.headers["Cache-Control"] == "no-cache, max-age=0, no-store"


def test_an_address_that_changes_after_the_release_leads_back_to_the_proof(browser_of, session, office, worker):
    memo, other = due(session, 2)
    batch = released(session, office, [memo, other])
    desk = browser_of(office)
    move(session, memo)

    page = desk.get(f"{DESK}/{batch.id}")
    assert "A name or an address has changed meanwhile" in page.text
    refused = desk.post(f"{DESK}/{batch.id}/printed", {"version": batch.version}, status=409)
    assert "An address has changed since the release." in refused.text
    desk.post(f"{DESK}/{batch.id}/back-to-proof", {"version": batch.version})
    worker.drain()
    session.expire_all()

    asked = {row.memorandum.id: [f.code for f in row.open] for row in proof(session, batch)}
    assert asked == {memo.id: [Code.CHANGED_SINCE], other.id: []}


def test_an_address_that_changes_after_printing_is_told_before_the_envelope_is_posted(browser_of, session, office):
    memo, other = due(session, 2)
    batch = printed(session, office, [memo, other])
    desk = browser_of(office)
    move(session, memo)

    page = desk.get(f"{DESK}/{batch.id}")
    assert "Do not post them: take the envelope out, and its papers are made anew." in page.text
    desk.post(f"{DESK}/{batch.id}/take-out", {"version": batch.version, "memorandum": memo.id})
    session.expire_all()

    assert (memo.state, memo.pack_key, other.state) == (State.DUE, None, State.PRINTED)


def test_papers_that_were_not_printed_after_all_are_made_anew(browser_of, session, office, worker):
    memo = due(session)[0]
    batch = printed(session, office, [memo])

    browser_of(office).post(f"{DESK}/{batch.id}/not-printed", {"version": batch.version})
    worker.drain()
    session.expire_all()

    assert (batch.state, memo.state, len(batch.pdf_keys)) == (BatchState.RELEASED, State.DUE, 1)
    assert memo.pack_key != "packs/none"


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


# Pages


@pytest.mark.parametrize("people", [1, 12])
@pytest.mark.parametrize("state", [BatchState.CHOSEN, BatchState.RELEASED, BatchState.PRINTED])
def test_a_batch_costs_the_same_for_one_envelope_and_for_many(browser_of, session, office, queries, people, state):
    memos = due(session, people)
    batch = {
        BatchState.CHOSEN: batch_of,
        BatchState.RELEASED: released,
        BatchState.PRINTED: printed,
    }[state](session, office, memos)
    desk = browser_of(office)
    desk.get(DESK)
    queries.clear()

    desk.get(f"{DESK}/{batch.id}")

    asked = [query for query in queries if "batch" in query or "history" in query or "supporter" in query]
    assert len(queries) <= 12, asked


@pytest.mark.parametrize("path", ["", "/new", "/1"])
def test_batches_are_the_secretariats_alone(browser_of, session, path):
    person = make.supporter(session)

    browser_of(person).get(f"{DESK}{path}", status=404)


def test_what_is_no_batch_is_not_found(browser_of, session, office):
    memo = due(session)[0]
    batch = batch_of(session, office, [memo])
    desk = browser_of(office)

    desk.get(f"{DESK}/999999", status=404)
    desk.get(f"{DESK}/{batch.id}/papers/1", status=404)


def test_the_list_of_batches_says_where_each_stands(browser_of, session, office):
    due_ones = due(session, 3)
    posted = printed(session, office, due_ones[:1])
    services.mark_posted(
        session, **step(posted, office), posted_on=today(), service=Service.LETTER, tracking={}, today=today()
    )
    chosen = batch_of(session, office, due_ones[1:])
    due(session)

    page = browser_of(office).get(DESK)

    rows = [" ".join(row.get_text(" ").split()) for row in page.soup.select("tbody tr")]
    assert [
        (row.startswith(f"Batch {b.id} "), word in row)
        for row, b, word in zip(rows, (chosen, posted), ("To be looked through 2", "Posted 1"), strict=True)
    ] == [(True, True), (True, True)]
    assert "Make a batch of one memorandum" in page.text


def test_only_one_open_place_a_memorandum_is_possible_at_all(session, office):
    memo = due(session)[0]
    batch_of(session, office, [memo])

    with pytest.raises(sa.exc.IntegrityError):
        session.execute(
            sa.insert(BatchItem).values(
                batch_id=1, memorandum_id=memo.id, position=9, accepted_findings=[], made_for="", taken_out=False
            )
        )
    session.rollback()
