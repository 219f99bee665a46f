"""Batches: chosen, looked through on the proof sheet, released, printed; the pages about them."""

from io import BytesIO

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from lms.memoranda import services as papers
from lms.memoranda.batches import queries, services
from lms.memoranda.batches.proof import proof
from lms.memoranda.batches.rules import Code
from lms.memoranda.models import BatchItem
from lms.memoranda.rules import BatchState, Service, State
from tests import make
from tests.batches import DESK, batch_of, due, move, numbers, printed, released, step, today

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


def test_envelopes_are_put_in_order_again_and_again_also_after_one_was_taken_out(browser_of, session, office):
    memos = [due(session, postal_code=code)[0] for code in ("110-0006", "110-0015", "110-0005")]
    batch, desk = batch_of(session, office, memos, order=services.Order.DUE), browser_of(office)
    services.take_out(session, batch=batch, memorandum_id=memos[1].id, by=office.id, now=make.now())
    session.commit()

    for wanted in ("postcode", "due", "postcode", "due"):
        desk.post(f"{DESK}/{batch.id}/order", {"version": batch.version, "order": wanted})
        session.expire_all()

    assert [place.memorandum.id for place in queries.places(session, batch.id)] == [memos[0].id, memos[2].id]


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
    house.storage.put(f"batches/{batch.id}/1/old.pdf", b"%PDF")

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
    session.expire_all()
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


@pytest.mark.parametrize("step_alone", ["again", "let-go", "not-printed"])
def test_what_was_printed_with_a_batch_goes_on_there_and_nowhere_else(browser_of, session, office, step_alone):
    memo = due(session)[0]
    batch = printed(session, office, [memo])

    refused = browser_of(office).post(f"/secretariat/memoranda/{memo.id}/{step_alone}", status=422)

    session.expire_all()
    assert f"This memorandum is in batch {batch.id}. Go on there." in refused.text
    assert memo.state is State.PRINTED


def test_the_papers_of_a_batch_are_gone_once_it_was_posted(browser_of, session, office, worker):
    memo = due(session)[0]
    batch, desk = printed(session, office, [memo]), browser_of(office)
    sent = {"version": batch.version, "posted_on": str(today()), "service": "letter"}
    desk.post(f"{DESK}/{batch.id}/posted", sent)
    worker.drain()

    session.expire_all()
    assert (batch.state, batch.pdf_keys) == (BatchState.POSTED, [])
    assert desk.client.get(f"{DESK}/{batch.id}/papers/1").status_code == 404
    assert desk.client.post(f"{DESK}/{batch.id}/posted", data=sent | {"service": "pigeon"}).status_code == 409


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
