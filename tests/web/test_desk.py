"""The secretariat's desk: today's work, how far people have come, people by where they stand, response after response."""

from datetime import date

import pytest
import sqlalchemy as sa

from lms.kernel import clock
from lms.memoranda import services as papers
from lms.memoranda.batches import services as batches
from lms.memoranda.models import Memorandum, Posting
from lms.memoranda.returns.services import record_return
from lms.memoranda.rules import ORDER, BatchState, PostingKind, Service, Signing, State
from lms.qualification import services as qualification
from lms.secretariat.failures.queries import failed_work
from lms.secretariat.funnel.queries import cohorts, registrations, stuck
from lms.secretariat.funnel.rules import Stage, last_months, together
from lms.secretariat.people.filters import Group
from lms.secretariat.person.queries import Kind, timeline
from lms.secretariat.queries import Task, Work, work
from lms.supporters.models import Supporter
from lms.supporters.rules import Participation
from tests import make


def experienced(session, **given):
    return make.supporter(session, participation=Participation.EXPERIENCED, **given)


def brought_to(session, office, state, *, at=None):
    """The memorandum of somebody experienced, brought to a state; every step of it happens at one moment."""
    moment = at or make.now()
    person = experienced(session, at=moment)
    qualification.confirm_experience(session, supporter=person.id, by=office.id, now=moment)
    memo = session.scalars(sa.select(Memorandum).where(Memorandum.supporter_id == person.id)).one()
    memo.pack_key, memo.pack_sha256 = "letters/none", "0"
    step = {"memorandum": memo, "by": office.id, "now": moment}
    dated = step | {"today": clock.tokyo_day(moment)}
    on = clock.tokyo_day(moment)
    steps = {
        State.PRINTED: lambda: papers.mark_printed(session, **step),
        State.POSTED: lambda: papers.mark_posted(session, posted_on=on, service=Service.LETTER, tracking=None, **dated),
        State.RETURNED: lambda: papers.mark_returned(session, returned_on=on, signing=Signing.SIGNED, **dated),
        State.CHECKED: lambda: papers.mark_checked(session, memorandum_right=True, bank_form_right=True, **step),
        State.COMPLETE: lambda: papers.complete(session, **step),
    }
    for each, take in steps.items():
        if ORDER.index(each) <= ORDER.index(state):
            take()
    session.commit()
    return memo


def test_todays_work_is_told_task_by_task_with_the_oldest_of_each(session, office):
    last_week, yesterday = make.days_ago(7), make.days_ago(1)
    waiting = experienced(session, at=last_week)
    make.response(session, make.supporter(session), "basic-1", at=yesterday)
    older = make.response(session, make.supporter(session), "basic-1", at=last_week)
    to_print = brought_to(session, office, State.DUE, at=yesterday)
    brought_to(session, office, State.RETURNED, at=yesterday)
    returned = brought_to(session, office, State.RETURNED, at=last_week)
    brought_to(session, office, State.POSTED)
    brought_to(session, office, State.COMPLETE)

    assert work(session, on=make.today()) == [
        Work(Task.READ, 2, last_week, older.id),
        Work(Task.CONFIRM, 1, last_week, waiting.id),
        Work(Task.PRINT, 1, yesterday, to_print.id),
        Work(Task.CHECK, 2, clock.tokyo_day(last_week), returned.id),
    ]


def test_what_stands_aside_waits_to_be_seen_to(session, office):
    chosen = brought_to(session, office, State.DUE)
    make.address(session, session.get(Supporter, chosen.supporter_id))
    batch = batches.make(session, memorandum_ids=[chosen.id], by=office.id, now=make.days_ago(1))
    gone, incomplete, told = (brought_to(session, office, State.POSTED, at=make.days_ago(9)) for _ in range(3))
    step = {"by": office.id, "now": make.days_ago(1), "today": make.today()}
    papers.mark_undeliverable(session, memorandum=gone, came_back_on=make.today(), **step)
    for memo in (incomplete, told):
        only_form = {"has_memorandum": False, "signing": None, "has_bank_form": True, "faults": [], "note": ""}
        record_return(session, memorandum=memo, returned_on=make.today(), **only_form, **step)
    letter = {
        "kind": PostingKind.FOLLOW_UP,
        "posted_on": make.today(),
        "service": Service.LETTER,
        "recorded_at": make.now(),
    }
    session.add(Posting(memorandum_id=told.id, **letter))
    late = brought_to(session, office, State.POSTED, at=make.days_ago(50))
    session.get(Posting, late.posting_id).reminded_at = make.days_ago(20)
    session.commit()

    assert work(session, on=make.today()) == [
        Work(Task.PROVE, 1, batch.made_at, batch.id),
        Work(Task.ANSWER_FAULTS, 1, step["now"], incomplete.id),
        Work(Task.ADDRESS, 1, make.today(), gone.id),
        Work(Task.OVERDUE, 1, clock.tokyo_day(make.days_ago(50)), late.id),
    ]


def test_papers_in_a_batch_are_gone_on_with_there(browser_of, session, office):
    memo = brought_to(session, office, State.DUE)
    make.address(session, session.get(Supporter, memo.supporter_id))
    batch = batches.make(session, memorandum_ids=[memo.id], by=office.id, now=make.now())
    batch.state, batch.released_at, batch.released_by_id = BatchState.RELEASED, make.now(), office.id
    memo.pack_key, memo.pack_sha256, batch.service = "letters/none", "0", Service.LETTER
    session.commit()

    found = work(session, on=make.today())
    page = browser_of(office).get("/secretariat")

    assert [(each.task, each.oldest, each.batch) for each in found] == [(Task.PRINT, memo.id, batch.id)]
    assert page.one(".task__do a")["href"] == f"/secretariat/memoranda/batches/{batch.id}"


def test_one_press_begins_with_what_has_waited_longest(browser_of, session, office):
    sent = make.response(session, make.supporter(session), "basic-1", at=make.days_ago(3))
    memo = brought_to(session, office, State.PRINTED)

    page = browser_of(office).get("/secretariat")

    assert [a["href"] for a in page.soup.select(".task__do a")] == [
        f"/secretariat/responses/{sent.id}",
        f"/secretariat/memoranda/{memo.id}",
    ]


def test_papers_that_cannot_be_made_for_want_of_an_address_are_nobodys_work_today(session, office):
    memo = brought_to(session, office, State.DUE)
    memo.pack_key = memo.pack_sha256 = None
    session.commit()

    assert work(session, on=make.today()) == []


def test_a_quiet_day_says_so_and_leads_on(browser_of, office):
    page = browser_of(office).get("/secretariat")

    assert "Nothing waits today." in page.text
    assert page.soup.select(".task") == []
    assert "/secretariat/supporters" in page.links()


def test_everybody_is_counted_at_every_step_they_came_to_by_whatever_route(session, office):
    make.supporter(session)
    make.response(session, make.supporter(session), "basic-1")
    make.accepted(session, make.supporter(session), make.BASIC, by=office)
    brought_to(session, office, State.CHECKED)
    brought_to(session, office, State.COMPLETE)
    make.supporter(session, participation=Participation.LEARN)
    make.supporter(session, participation=Participation.TRAINEE)

    assert everybody(session) == {
        Stage.REGISTERED: 5,
        Stage.WATCHING: 4,
        Stage.ANSWERED: 4,
        Stage.QUALIFIED: 3,
        Stage.POSTED: 2,
        Stage.COMPLETE: 1,
    }


def everybody(session):
    return together(cohorts(session, starts=[date(2000, 1, 1), date(2100, 1, 1)]))


def test_registrations_are_counted_by_the_months_of_tokyo(session):
    make.supporter(session, at=make.moment("2026-01-31 23:59"))
    make.supporter(session, at=make.moment("2026-02-01 00:00"))
    make.supporter(session, at=make.moment("2025-03-01 00:00"))
    make.supporter(session, at=make.moment("2025-02-28 23:59"))

    months = registrations(session, starts=last_months(date(2026, 2, 10)))

    assert (len(months), months[0][0], months[-1][0]) == (12, date(2025, 3, 1), date(2026, 2, 1))
    assert {day: count for day, count in months if count} == {
        date(2025, 3, 1): 1,
        date(2026, 1, 1): 1,
        date(2026, 2, 1): 1,
    }


@pytest.mark.parametrize("people", [1, 4])
def test_today_costs_the_same_for_one_person_and_for_many(browser_of, office, session, queries, people):
    for _ in range(people):
        make.response(session, make.supporter(session), "basic-1")
        brought_to(session, office, State.RETURNED)
    desk = browser_of(office)
    queries.clear()

    desk.get("/secretariat")

    assert len(queries) == 21


def test_the_desk_asks_what_every_database_understands(database):
    with database.write() as session:
        person = make.supporter(session, participation=Participation.EXPERIENCED)

    with database.read() as session:
        assert work(session, on=make.today()) == [Work(Task.CONFIRM, 1, person.registered_at, person.id)]
        assert everybody(session)[Stage.REGISTERED] == 1
        assert stuck(session, now=make.now()) == []
        assert failed_work(session) == []
        told = timeline(session, supporter=person.id, kind=None, page=1)
        assert sorted(line.kind for line in told.lines) == [Kind.MAILS, Kind.PERSON]
        assert registrations(session, starts=last_months(make.today()))[-1][1] == 1


def test_people_are_narrowed_by_where_they_stand(browser_of, session, office):
    standing = {
        Group.ON_THE_WAY: make.supporter(session),
        Group.EXPERIENCE: experienced(session),
        Group.TRAINEES: make.supporter(session, participation=Participation.TRAINEE),
        Group.LEARNERS: make.supporter(session, participation=Participation.LEARN),
        Group.QUALIFIED: make.supporter(session),
    }
    make.accepted(session, standing[Group.QUALIFIED], make.BASIC, by=office)
    desk = browser_of(office)

    listed = {group: found(desk, standing, f"group={group}") for group in Group}

    assert listed == {group: {group} for group in Group} | {Group.ON_THE_WAY: {Group.ON_THE_WAY, Group.EXPERIENCE}}
    assert found(desk, standing, "papers=due") == {Group.QUALIFIED}
    assert found(desk, standing, "group=qualified&papers=posted") == set()
    assert found(desk, standing, "group=nonsense") == set(Group)


def found(desk, standing, where):
    """Which of these people a narrowed list shows."""
    links = desk.get(f"/secretariat/supporters?{where}").links()
    return {group for group, person in standing.items() if f"/secretariat/supporters/{person.id}" in links}


def test_from_one_response_the_desk_goes_on_to_the_next_until_none_is_left(browser_of, session, office):
    oldest, middle, newest = (
        make.response(session, make.supporter(session), "basic-1", at=make.days_ago(days)) for days in (3, 2, 1)
    )
    desk = browser_of(office)

    after_middle = desk.post(f"/secretariat/responses/{middle.id}/accept")
    after_newest = desk.post(f"/secretariat/responses/{newest.id}/return", {"comment": "A little more, please."})
    after_oldest = desk.post(f"/secretariat/responses/{oldest.id}/accept")

    assert [page.response.headers["Location"] for page in (after_middle, after_newest, after_oldest)] == [
        f"/secretariat/responses/{newest.id}",
        f"/secretariat/responses/{oldest.id}",
        "/secretariat/responses",
    ]


def test_a_response_can_be_left_for_later(browser_of, session, office):
    first, second = (
        make.response(session, make.supporter(session), "basic-1", at=make.days_ago(days)) for days in (2, 1)
    )
    desk = browser_of(office)

    assert f"/secretariat/responses/{second.id}" in desk.get(f"/secretariat/responses/{first.id}").links()
    assert f"/secretariat/responses/{first.id}" in desk.get(f"/secretariat/responses/{second.id}").links()


@pytest.mark.parametrize("state", ORDER)
def test_a_persons_page_shows_their_way_however_far_it_leads(browser_of, session, office, state):
    memo = brought_to(session, office, state)

    page = browser_of(office).get(f"/secretariat/supporters/{memo.supporter_id}")

    steps = {State.DUE: 3, State.PRINTED: 3, State.COMPLETE: 5}.get(state, 4)
    assert len(page.soup.select(".across .step--done")) == steps
