"""How far people have come by when they registered, and who has stood still for long."""

from datetime import date, timedelta

import pytest

from lms.kernel import clock
from lms.memoranda.rules import State
from lms.secretariat.funnel.queries import cohorts, stuck
from lms.secretariat.funnel.rules import Gap, Stage
from lms.supporters.rules import Participation
from tests import make
from tests.web.test_desk import brought_to, experienced


def named(session):
    return {each.gap: [person.id for person in each.longest] for each in stuck(session, now=make.now())}


def test_people_are_counted_in_the_month_in_which_they_registered(session):
    make.supporter(session, at=make.moment("2026-04-30 23:59"))
    may = make.supporter(session, at=make.moment("2026-05-01 00:00"))
    make.response(session, may, "basic-1", at=make.moment("2026-07-01 00:00"))
    make.supporter(session, at=make.moment("2026-06-01 00:00"))

    april, of_may = cohorts(session, starts=[date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)])

    assert (april.first, april.last, april.counts[Stage.REGISTERED], april.counts[Stage.WATCHING]) == (
        date(2026, 4, 1),
        date(2026, 4, 30),
        1,
        0,
    )
    assert (of_may.counts[Stage.REGISTERED], of_may.counts[Stage.ANSWERED], of_may.counts[Stage.QUALIFIED]) == (1, 1, 0)


def test_whoever_stands_still_for_long_is_named_where_they_stand(session, office):
    idle = make.supporter(session, at=make.days_ago(31))
    make.supporter(session, at=make.days_ago(29))
    make.supporter(session, at=make.days_ago(99), participation=Participation.LEARN)
    experienced(session, at=make.days_ago(99))
    one_short, some = make.supporter(session, at=make.days_ago(99)), make.supporter(session, at=make.days_ago(99))
    for lecture in make.BASIC[:4]:
        make.response(session, one_short, lecture, at=make.days_ago(20))
    sent = make.response(session, some, "basic-1", at=make.days_ago(70))
    being_read = make.supporter(session, at=make.days_ago(99))
    make.response(session, being_read, "basic-1", at=make.days_ago(70))
    sent.state, sent.accepted_at = "accepted", make.days_ago(69)
    homeless = brought_to(session, office, State.DUE, at=make.days_ago(15))
    out = brought_to(session, office, State.POSTED, at=make.days_ago(31))
    brought_to(session, office, State.POSTED, at=make.days_ago(29))
    session.commit()

    assert named(session) == {
        Gap.NOT_WATCHING: [idle.id],
        Gap.NOT_FINISHING: [some.id],
        Gap.ONE_SHORT: [one_short.id],
        Gap.NO_ADDRESS: [homeless.supporter_id],
        Gap.NOT_RETURNED: [out.supporter_id],
    }


def test_the_five_who_have_stood_longest_are_named_and_all_are_counted(session):
    people = [make.supporter(session, at=make.days_ago(40 + number)) for number in range(7)]

    [gap] = stuck(session, now=make.now())

    assert gap.count == 7
    assert [person.id for person in gap.longest] == [person.id for person in reversed(people[2:])]


def test_the_funnel_of_a_year_can_be_chosen_in_the_address(browser_of, session, office):
    this_year = clock.fiscal_year(make.today())
    make.supporter(session, at=make.moment(f"{this_year - 1}-05-05 12:00"))
    desk = browser_of(office)

    every, last, wrong = (desk.get(f"/secretariat{more}") for more in ("", f"?year={this_year - 1}", "?year=1"))

    assert [page.one("main .filters [aria-current]").get_text() for page in (every, last)] == [
        "All years",
        f"Fiscal year {this_year - 1}",
    ]
    assert f"/secretariat?year={this_year - 1}#funnel" in every.links()
    until = date(this_year - 1, 6, 1) - timedelta(days=1)
    assert f"/secretariat/supporters?since={this_year - 1}-05-01&until={until}" in last.links()
    assert wrong.text == every.text


def test_standing_still_links_to_the_person_and_to_everybody_there(browser_of, session, office):
    people = [make.supporter(session, at=make.days_ago(40)) for _ in range(6)]

    page = browser_of(office).get("/secretariat")

    assert f"/secretariat/supporters/{people[0].id}" in page.links()
    assert "/secretariat/supporters?group=on-the-way" in page.links()


@pytest.mark.parametrize("people", [1, 6])
def test_finding_who_stands_still_costs_the_same_for_one_and_for_many(session, queries, people):
    for _ in range(people):
        make.supporter(session, at=make.days_ago(40))
    queries.clear()

    stuck(session, now=make.now())

    assert len(queries) <= 12
