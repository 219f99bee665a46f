"""What is done with many people at once: looked at first, done once, undone exactly."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from lms.kernel import clock
from lms.kernel.errors import Conflict
from lms.kernel.history import steps_of
from lms.memoranda import services as papers
from lms.memoranda.models import BatchItem, Memorandum
from lms.memoranda.rules import BatchState, State
from lms.secretariat.people import services
from lms.secretariat.people.models import BulkAction, BulkTarget
from lms.secretariat.people.rules import BulkKind, Outcome, Target, outcome_for
from lms.supporters.models import Mail
from lms.supporters.rules import Participation
from tests import make

LIST = "/secretariat/supporters"


def planned(desk, kind, *, who=(), whom="ticked", where="", **more):
    """The page to which the list's form leads."""
    form = {"whom": whom, "kind": kind, "who": [person.id for person in who], **more}
    return desk.post(f"{LIST}{where}", form).response.headers["Location"]


def headings(page):
    return [h2.get_text(strip=True) for h2 in page.soup.select("main h2")]


def due(session, office, **given):
    """Somebody whose papers are due, with an address."""
    person = make.supporter(session, **given)
    make.address(session, person)
    make.accepted(session, person, make.BASIC, by=office)
    return person


def memo_of(session, person):
    session.expire_all()
    return session.scalars(sa.select(Memorandum).where(Memorandum.supporter_id == person.id)).one()


def outcomes(session):
    session.expire_all()
    found = session.scalars(sa.select(BulkTarget).order_by(BulkTarget.bulk_action_id, BulkTarget.supporter_id))
    return [target.outcome for target in found]


def test_looking_does_nothing_and_says_with_whom_it_can_be_done(browser_of, session, office):
    able, other = due(session, office, display_name="可 花子"), make.supporter(session, display_name="否 花子")
    desk = browser_of(office)

    page = desk.get(planned(desk, "hold", who=[able, other], reason="On holiday"))

    assert "Nothing has been done yet." in page.text
    assert headings(page) == ["The papers of one person are held back", "Left: one person has no papers"]
    assert [li.get_text(strip=True) for li in page.soup.select("main h2 + ul li")] == ["可 花子", "否 花子"]
    assert memo_of(session, able).state is State.DUE
    assert outcomes(session) == [None, None]


def test_confirming_does_it_once_however_often_it_is_pressed(browser_of, session, office):
    person = due(session, office)
    desk, other = browser_of(office), browser_of(make.secretariat(session))
    address = planned(desk, "hold", who=[person], reason="On holiday")

    for browser in (desk, desk, other):
        assert browser.post(f"{address}/confirm").response.headers["Location"] == address
    page = desk.get(address)

    memo = memo_of(session, person)
    assert (memo.state, memo.aside_reason) == (State.HELD, "On holiday")
    assert [step.step for step in steps_of(session, kind="memorandum", subject=memo.id)].count("memorandum.held") == 1
    assert [step.step for step in steps_of(session, kind="bulk", subject=int(address.rpartition("/")[2]))] == [
        "bulk.confirmed"
    ]
    assert headings(page) == ["Done with one person"]


def test_undoing_takes_back_what_this_action_did_and_nothing_else(browser_of, session, office):
    ours, theirs, before = (due(session, office) for _ in range(3))
    papers.hold(session, memorandum=memo_of(session, before), reason="Asked for it", by=office.id, now=make.now())
    session.commit()
    desk = browser_of(office)
    address = planned(desk, "hold", who=[ours, theirs, before], reason="On holiday")
    desk.post(f"{address}/confirm")
    # Meanwhile somebody lets one go and holds it for a reason of their own.
    papers.let_go(session, memorandum=memo_of(session, theirs), by=office.id, now=make.now())
    papers.hold(session, memorandum=memo_of(session, theirs), reason="Moving house", by=office.id, now=make.now())
    session.commit()

    for _ in range(2):
        desk.post(f"{address}/undo")

    assert outcomes(session) == [Outcome.UNDONE, Outcome.CHANGED_SINCE, Outcome.NOT_DUE]
    assert [memo_of(session, person).state for person in (ours, theirs, before)] == [State.DUE, State.HELD, State.HELD]
    assert [memo_of(session, person).aside_reason for person in (theirs, before)] == ["Moving house", "Asked for it"]
    assert "It has been undone." in desk.get(address).text


def test_letting_go_is_undone_with_the_reason_of_before(browser_of, session, office, worker):
    person = due(session, office)
    papers.hold(session, memorandum=memo_of(session, person), reason="Asked for it", by=office.id, now=make.now())
    session.commit()
    desk = browser_of(office)
    address = planned(desk, "let_go", who=[person])
    desk.post(f"{address}/confirm")
    assert memo_of(session, person).state is State.DUE

    worker.drain()  # the papers are made anew meanwhile
    desk.post(f"{address}/undo")

    memo = memo_of(session, person)
    assert (memo.state, memo.aside_reason) == (State.HELD, "Asked for it")


def test_reminders_wait_ten_minutes_and_are_called_off_by_undoing(browser_of, session, office, worker):
    person, learner = make.supporter(session), make.supporter(session, participation=Participation.LEARN)
    desk = browser_of(office)
    address = planned(desk, "remind", who=[person, learner])

    desk.post(f"{address}/confirm")
    desk.post(f"{address}/confirm")
    worker.drain()
    mail = session.scalars(sa.select(Mail).where(Mail.message == "training-reminder")).one()

    assert (mail.supporter_id, mail.sent_at) == (person.id, None)
    assert outcomes(session) == [Outcome.DONE, Outcome.NOTHING_MISSING]

    desk.post(f"{address}/undo")
    session.expire_all()

    assert mail.called_off_at is not None
    assert outcomes(session) == [Outcome.UNDONE, Outcome.NOTHING_MISSING]
    again = planned(desk, "remind", who=[person])
    assert headings(desk.get(again)) == ["One person gets a mail"]
    desk.post(f"{again}/confirm")
    assert headings(desk.get(planned(desk, "remind", who=[person]))) == ["Left: one person has been reminded today"]


def test_a_reminder_that_waits_past_midnight_is_that_of_the_day_on_which_it_is_sent(session, office):
    person = make.supporter(session, at=make.moment("2026-10-01 10:00"))

    def remind(at):
        action = services.plan(
            session, kind=BulkKind.REMIND, people=[person.id], filters={}, reason="", by=office.id, now=at
        )
        services.confirm(session, action_id=action.id, by=office.id, now=at)

    for at in ("2026-11-02 09:00", "2026-11-02 23:55", "2026-11-03 09:00", "2026-11-04 09:00"):
        remind(make.moment(at))

    done, again = Outcome.DONE, Outcome.REMINDED_TODAY
    assert outcomes(session) == [done, done, again, done]


def test_after_ten_minutes_reminders_can_no_longer_be_undone(session, office):
    person = make.supporter(session)
    at = make.now() - timedelta(minutes=11)
    action = services.plan(
        session, kind=BulkKind.REMIND, people=[person.id], filters={}, reason="", by=office.id, now=at
    )
    services.confirm(session, action_id=action.id, by=office.id, now=at)

    with pytest.raises(Conflict, match=re.escape("This can no longer be undone.")):
        services.undo(session, action_id=action.id, by=office.id, now=make.now())


def test_papers_that_are_due_go_into_a_new_batch_and_come_out_of_it_again(browser_of, session, office):
    able = [due(session, office) for _ in range(2)]
    homeless = make.supporter(session)
    make.accepted(session, homeless, make.BASIC, by=office)
    desk = browser_of(office)
    address = planned(desk, "batch", who=[*able, homeless])
    desk.post(f"{address}/confirm")
    items = session.scalars(sa.select(BatchItem)).all()

    assert {item.memorandum_id for item in items} == {memo_of(session, person).id for person in able}
    assert outcomes(session) == [Outcome.DONE, Outcome.DONE, Outcome.NO_ADDRESS]
    assert f"/secretariat/memoranda/batches/{items[0].batch_id}" in desk.get(address).links()
    assert headings(desk.get(planned(desk, "hold", who=able, reason="?"))) == [
        "Left: the papers of 2 people lie in a batch"
    ]

    desk.post(f"{address}/undo")

    session.expire_all()
    states = session.scalars(sa.text("SELECT state FROM batch")).all()
    assert states == [BatchState.CANCELLED.value]
    assert outcomes(session)[:3] == [Outcome.UNDONE, Outcome.UNDONE, Outcome.NO_ADDRESS]


def test_experience_is_confirmed_after_a_tick_and_cannot_be_undone(browser_of, session, office):
    people = [make.supporter(session, participation=Participation.EXPERIENCED) for _ in range(2)]
    desk = browser_of(office)
    address = planned(desk, "confirm", whom="all", where="?group=experience")
    page = desk.get(address)

    assert page.one("button[data-confirm]")["data-confirm"].endswith("It cannot be undone.")
    desk.post(f"{address}/confirm")

    assert [memo_of(session, person).state for person in people] == [State.DUE, State.DUE]
    assert desk.get(address).soup.select("form[action$=undo]") == []
    assert desk.client.post(f"{address}/undo").status_code == 409


def test_all_who_were_found_are_meant_and_only_they(browser_of, session, office):
    found = [due(session, office, locale="vi") for _ in range(2)]
    other = due(session, office, locale="es")
    desk = browser_of(office)

    address = planned(desk, "hold", whom="all", where="?language=vi&papers=due", reason="On holiday", who=[other])
    desk.post(f"{address}/confirm")
    action = session.scalars(sa.select(BulkAction)).one()

    assert [memo_of(session, person).state for person in (*found, other)] == [State.HELD, State.HELD, State.DUE]
    assert action.filters == {"language": "vi", "papers": "due"}


def test_all_who_were_found_by_a_search_of_another_key_are_not_everybody(browser_of, session, office):
    make.supporter(session)
    desk = browser_of(office)

    there = planned(desk, "remind", whom="all", where="?find=nonsense&language=ja")

    assert there == f"{LIST}?language=ja"
    assert "Please type your search once more." in desk.get(there).text
    assert session.scalar(sa.select(sa.func.count()).select_from(BulkAction)) == 0


def test_a_batch_of_however_many_people_asks_no_longer_questions(session, office, queries):
    able = due(session, office)
    crowd = [make.supporter(session) for _ in range(60)]
    people = [person.id for person in (able, *crowd)]
    action = services.plan(
        session, kind=BulkKind.BATCH, people=people, filters={}, reason="", by=office.id, now=make.now()
    )
    queries.clear()

    services.confirm(session, action_id=action.id, by=office.id, now=make.now())

    marks = [asked.count("?") + asked.count("%(") for asked in queries if asked.startswith("SELECT")]
    assert max(marks) < len(people)
    assert session.scalars(sa.select(BatchItem.memorandum_id)).all() == [memo_of(session, able).id]


def test_nothing_ticked_and_no_reason_are_said_and_what_was_ticked_is_kept(browser_of, session, office):
    person = make.supporter(session)
    desk = browser_of(office)

    nobody = desk.post(LIST, {"whom": "ticked", "kind": "remind"}, status=422)
    no_reason = desk.post(LIST, {"whom": "ticked", "kind": "hold", "who": [person.id]}, status=422)

    assert "Tick the people in the list first, or choose all." in nobody.one("#whom-error").get_text()
    assert "Say why the papers are held back." in no_reason.one("#reason-error").get_text()
    assert no_reason.one("input[name=who]").has_attr("checked")
    assert session.scalar(sa.select(sa.func.count()).select_from(BulkAction)) == 0


def test_somebody_who_is_not_on_the_list_cannot_be_ticked(browser_of, session, office):
    make.supporter(session)

    page = browser_of(office).post(
        LIST, {"whom": "ticked", "kind": "remind", "who": [office.id, 10**30, 0]}, status=422
    )

    assert "Tick the people in the list first, or choose all." in page.one("#whom-error").get_text()


def test_undoing_while_the_rest_is_still_to_come_stops_the_rest(browser_of, session, office, worker, monkeypatch):
    monkeypatch.setattr(services, "PORTION", 2)
    people = [due(session, office) for _ in range(3)]
    desk = browser_of(office)
    address = planned(desk, "hold", who=people, reason="On holiday")

    desk.post(f"{address}/confirm")
    desk.post(f"{address}/undo")
    worker.drain()

    assert {memo_of(session, person).state for person in people} == {State.DUE}
    assert headings(desk.get(address)) == ["Undone for 3 people"]


def test_many_people_are_dealt_with_portion_by_portion(browser_of, session, office, worker, monkeypatch):
    monkeypatch.setattr(services, "PORTION", 2)
    people = [due(session, office) for _ in range(5)]
    desk = browser_of(office)
    address = planned(desk, "hold", who=people, reason="On holiday")

    desk.post(f"{address}/confirm")
    assert "Still to come" in headings(desk.get(address))
    worker.drain()

    assert headings(desk.get(address)) == ["Done with 5 people"]
    desk.post(f"{address}/undo")
    worker.drain()
    assert {memo_of(session, person).state for person in people} == {State.DUE}
    assert headings(desk.get(address)) == ["Undone for 5 people"]


@pytest.mark.parametrize("people", [1, 6])
def test_looking_costs_the_same_for_one_person_and_for_many(browser_of, office, session, queries, people):
    desk = browser_of(office)
    address = planned(desk, "remind", who=[make.supporter(session) for _ in range(people)])
    queries.clear()

    desk.get(address)

    assert len(queries) == 14


def test_two_who_confirm_the_same_plan_at_once_do_it_once(database):
    with database.session(write=True) as session:
        office, person = make.secretariat(session), make.supporter(session, participation=Participation.EXPERIENCED)
        plan = services.plan(
            session, kind=BulkKind.CONFIRM, people=[person.id], filters={}, reason="", by=office.id, now=make.now()
        )
        session.commit()
    done = []

    def press():
        with database.write() as session:
            done.append(services.confirm(session, action_id=plan.id, by=office.id, now=clock.now()))

    at_once(press, press)

    assert sorted(done) == [False, True]


def at_once(*presses):
    with ThreadPoolExecutor(len(presses)) as pool:
        for each in [pool.submit(press) for press in presses]:
            each.result()


def test_what_was_only_looked_at_is_forgotten_after_a_day_and_what_was_done_is_not(session, office):
    person = make.supporter(session)
    given = {"kind": BulkKind.REMIND, "people": [person.id], "filters": {}, "reason": "", "by": office.id}
    services.plan(session, **given, now=make.days_ago(1.1))
    done, fresh = (services.plan(session, **given, now=make.days_ago(n)) for n in (3, 0.9))
    services.confirm(session, action_id=done.id, by=office.id, now=make.now())

    assert services.forget_plans(session, now=make.now()) == 1
    assert list(session.scalars(sa.select(BulkTarget.bulk_action_id).order_by("bulk_action_id"))) == [done.id, fresh.id]


def test_the_first_obstacle_is_the_reason_that_is_given():
    nothing = Target(
        papers=None, in_batch=False, has_address=False, experience_declared=False, experience_confirmed=False,
        can_act=False, reminded_today=False,
    )  # fmt: skip

    assert {kind: outcome_for(kind, nothing) for kind in BulkKind} == {
        BulkKind.REMIND: Outcome.NOTHING_MISSING,
        BulkKind.HOLD: Outcome.NO_PAPERS,
        BulkKind.LET_GO: Outcome.NO_PAPERS,
        BulkKind.BATCH: Outcome.NO_PAPERS,
        BulkKind.CONFIRM: Outcome.NOT_DECLARED,
    }
