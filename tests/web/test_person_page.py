"""The page of one person: what to do now, notes that only the desk sees, everything that happened."""

import pytest
import sqlalchemy as sa

from lms.kernel.work import OwedWork
from lms.memoranda import services as papers
from lms.memoranda.returns.services import record_return
from lms.memoranda.rules import ORDER, Signing, State
from lms.secretariat.notes.models import SupporterNote
from lms.secretariat.person.queries import PAGE
from tests import make
from tests.web.test_desk import brought_to, experienced


def page_of(browser, person, more=""):
    return browser.get(f"/secretariat/supporters/{person.id}{more}")


def lines(page):
    return [" ".join(li.get_text(" ").split()) for li in page.soup.select("main .timeline > li")]


def test_the_first_thing_to_do_stands_at_the_top_with_its_button(browser_of, session, office):
    person = make.supporter(session)
    sent = make.response(session, person, "basic-3", at=make.days_ago(2))
    make.response(session, person, "basic-1", at=make.days_ago(1))

    page = page_of(browser_of(office), person)

    notice = page.one("main .notice--waits")
    assert "Read the answers of 2 surveys." in notice.get_text()
    assert notice.select_one("a.button")["href"] == f"/secretariat/responses/{sent.id}"


@pytest.mark.parametrize("state", [state for state in State if state is not State.WITHDRAWN])
def test_every_state_of_the_papers_has_its_page(browser_of, session, office, state):
    memo = brought_to(session, office, state if state in ORDER else State.POSTED)
    step = {"memorandum": memo, "by": office.id, "now": make.now()}
    if state is State.UNDELIVERABLE:
        papers.mark_undeliverable(session, came_back_on=make.today(), today=make.today(), **step)
    if state is State.INCOMPLETE:
        record_return(
            session,
            returned_on=make.today(),
            has_memorandum=True,
            signing=Signing.SIGNED,
            has_bank_form=False,
            faults=[],
            note="",
            today=make.today(),
            **step,
        )
    if state is State.HELD:
        papers.post_again(session, **step)
        papers.hold(session, reason="Abroad until spring", **step)
    session.commit()

    page = page_of(browser_of(office), make_person(memo))

    waits = bool(page.soup.select("main .notice--waits"))
    assert waits == (state not in {State.POSTED, State.COMPLETE})


def make_person(memo):
    class Person:
        id = memo.supporter_id

    return Person


def test_notes_are_kept_encrypted_and_struck_out_never_lost(browser_of, session, office):
    person = make.supporter(session)
    desk = browser_of(office)
    where = f"/secretariat/supporters/{person.id}/notes"

    desk.post(where, {"text": "Rang up; moves in March."})
    note = session.scalars(sa.select(SupporterNote)).one()
    desk.post(f"{where}/{note.id}/strike-out")
    desk.post(f"{where}/{note.id}/strike-out")

    page = page_of(desk, person)
    stored = session.execute(sa.text("SELECT text FROM supporter_note")).scalar_one()
    assert "March" not in stored
    assert [s.get_text() for s in page.soup.select("main .notes s")] == ["Rang up; moves in March."]
    assert office.display_name in page.one("main .notes").get_text()
    assert session.scalars(sa.text("SELECT step FROM history WHERE subject_kind = 'note' ORDER BY id")).all() == [
        "note.written",
        "note.struck_out",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("  ", "Write what you want to keep."), ("あ" * 2001, "Use at most 2000 characters.")],
)
def test_a_note_that_cannot_be_kept_is_shown_again_with_a_sentence(browser_of, session, office, text, sentence):
    person = make.supporter(session)

    page = browser_of(office).post(f"/secretariat/supporters/{person.id}/notes", {"text": text}, status=422)

    assert sentence in page.text
    assert page.one("textarea[name=text]").get_text().strip() == text.strip()
    assert session.scalars(sa.select(SupporterNote)).all() == []


def test_notes_are_nobody_elses(browser_of, session, office):
    person, other = make.supporter(session), make.supporter(session)
    desk = browser_of(office)
    desk.post(f"/secretariat/supporters/{person.id}/notes", {"text": "a note for the desk"})
    note = session.scalars(sa.select(SupporterNote)).one()

    desk.post(f"/secretariat/supporters/{other.id}/notes/{note.id}/strike-out", status=404)
    browser_of(person).post(f"/secretariat/supporters/{person.id}/notes", {"text": "mine"}, status=404)

    assert "a note for the desk" not in browser_of(person).get("/my-training").text
    assert "a note for the desk" not in page_of(desk, other).text


def test_everything_that_happened_stands_in_one_line_of_time(browser_of, session, office, worker):
    person = make.supporter(session, at=make.days_ago(9))
    make.accepted(session, person, make.BASIC, by=office)
    browser_of(office).post(f"/secretariat/supporters/{person.id}/notes", {"text": "Rang up."})
    worker.drain()

    told = lines(page_of(browser_of(office), person))

    for part in (
        "Rang up.",
        "The memorandum became due.",
        "Qualified by the course",
        "The answers were accepted. Basic ⑤",
        "by 見本 事務局",
        "was sent.",
    ):
        assert any(part in line for line in told), part
    assert "Registered to accompany people, without experience so far." in told[-1]


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("person", "Registered to accompany"),
        ("lectures", "It was confirmed that a lecture was seen elsewhere. Basic ②"),
        ("answers", "The answers were sent. Basic ①"),
        ("papers", "The memorandum became due."),
        ("mails", "waits to be sent."),
        ("notes", "Rang up."),
    ],
)
def test_the_line_of_time_can_be_narrowed(browser_of, session, office, kind, part):
    memo = brought_to(session, office, State.DUE, at=make.days_ago(3))
    person = make_person(memo)
    session.execute(sa.delete(OwedWork))
    desk = browser_of(office)
    desk.post(f"/secretariat/supporters/{person.id}/notes", {"text": "Rang up."})
    desk.post(f"/secretariat/supporters/{person.id}/watched/basic-2", {"reason": "Seen at the meeting in May."})
    make.response(session, session.get(type(experienced(session)), person.id), "basic-1")

    told = lines(page_of(desk, person, f"?kind={kind}"))

    assert any(part in line for line in told), told
    assert len(told) < len(lines(page_of(desk, person)))


def test_a_long_line_of_time_has_pages(browser_of, session, office):
    person = make.supporter(session)
    for number in range(PAGE + 3):
        session.add(SupporterNote(supporter_id=person.id, text=f"{number}", by_id=office.id, written_at=make.now()))
    session.commit()
    desk = browser_of(office)

    first, second = (page_of(desk, person, f"?kind=notes&page={number}") for number in (1, 2))

    assert (len(lines(first)), len(lines(second))) == (PAGE, 3)
    assert f"/secretariat/supporters/{person.id}?kind=notes&page=2#happened" in first.links()
    assert f"/secretariat/supporters/{person.id}?kind=notes&page=1#happened" in second.links()


@pytest.mark.parametrize("many", [1, 4])
def test_a_persons_page_costs_the_same_however_much_happened(browser_of, session, office, queries, many):
    person = make.supporter(session)
    desk = browser_of(office)
    for lecture in make.BASIC[:many]:
        make.response(session, person, lecture)
        desk.post(f"/secretariat/supporters/{person.id}/notes", {"text": lecture})
    page_of(desk, person)
    queries.clear()

    page_of(desk, person)

    assert len(queries) == 23
