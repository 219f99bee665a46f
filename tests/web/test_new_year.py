"""The new year: who is proposed, who is not and why, and one press."""

import pytest
import sqlalchemy as sa

from courses.models import ProgrammeRow
from courses.rules import Earlier
from lms.kernel.clock import fiscal_year, tokyo_day
from lms.memoranda import services as papers
from lms.memoranda.models import Memorandum
from lms.memoranda.rules import Service, Signing, State
from lms.qualification import services as qualification
from lms.supporters.rules import Participation, Wish
from tests import make

PAGE = "/secretariat/new-year"


@pytest.fixture
def of_last_year(session, office):
    """A complete memorandum of last year: `of_last_year()`."""

    def made(*, days: float = 300, complete: bool = True, **given) -> Memorandum:
        at = make.days_ago(days)
        person = make.supporter(session, participation=Participation.EXPERIENCED, at=at, **given)
        make.address(session, person)
        qualification.confirm_experience(session, supporter=person.id, by=office.id, now=make.now())
        memo = session.scalars(sa.select(Memorandum).where(Memorandum.supporter_id == person.id)).one()
        memo.year, memo.due_at, memo.pack_key, memo.pack_sha256 = this_year() - 1, at, "packs/none", "0"
        step = {"memorandum": memo, "by": office.id, "now": at}
        dated = step | {"today": tokyo_day(at)}
        papers.mark_printed(session, **step)
        papers.mark_posted(session, posted_on=tokyo_day(at), service=Service.LETTER, tracking=None, **dated)
        if complete:
            papers.mark_returned(session, returned_on=tokyo_day(at), signing=Signing.SIGNED, **dated)
            papers.mark_checked(session, memorandum_right=True, bank_form_right=True, **step)
            papers.complete(session, **step)
        session.commit()
        return memo

    return made


def this_year():
    return fiscal_year(tokyo_day(make.now()))


def ticked(page):
    return {int(box["value"]) for box in page.soup.select("input[name=supporter][checked]")}


def of_this_year(session):
    return set(session.scalars(sa.select(Memorandum.supporter_id).where(Memorandum.year == this_year())))


def test_the_active_are_ticked_the_others_say_why_not(browser_of, session, office, of_last_year):
    active, gone, open_still, long_ago = (
        of_last_year(), of_last_year(display_name="見本 離れた人"), of_last_year(complete=False), of_last_year(days=800)
    )  # fmt: skip
    session.get(type(office), gone.supporter_id).wish = Wish.LEARN
    session.commit()

    page = browser_of(office).get(PAGE)

    assert ticked(page) == {active.supporter_id}
    for sentence in ("Does not wish to accompany people now", "not complete", "for more than 2 years", "Proposed"):
        assert sentence in page.text
    assert len(browser_of(office).client.get(f"{PAGE}?format=csv").get_data(as_text=True).splitlines()) == 5
    assert page.one(f"input[value='{gone.supporter_id}']").has_attr("disabled")
    assert not page.one(f"input[value='{open_still.supporter_id}']").has_attr("disabled")
    assert not page.one(f"input[value='{long_ago.supporter_id}']").has_attr("disabled")


def test_one_press_makes_this_years_papers_due_for_the_ticked_and_a_second_for_nobody(
    browser_of, session, office, of_last_year
):
    chosen, other, desk = of_last_year(), of_last_year(), browser_of(office)

    done = desk.follow(desk.post(PAGE, {"supporter": [chosen.supporter_id]}))
    again = desk.follow(desk.post(PAGE, {"supporter": [chosen.supporter_id]}))

    assert "The papers of one person are due for this fiscal year." in done.soup.get_text()
    assert "They had this year’s papers already." in again.soup.get_text()
    assert of_this_year(session) == {chosen.supporter_id}
    assert ticked(again) == {other.supporter_id}
    new = session.scalars(sa.select(Memorandum).where(Memorandum.year == this_year())).one()
    assert (new.state, new.number == chosen.number) == (State.DUE, False)


def test_ticking_nobody_is_said(browser_of, session, office, of_last_year):
    of_last_year()

    page = browser_of(office).post(PAGE, {}, status=422)

    assert "Tick at least one person." in page.text
    assert of_this_year(session) == set()


@pytest.mark.parametrize("earlier", Earlier)
def test_a_programme_can_ask_nothing_again(browser_of, session, office, of_last_year, earlier):
    memo, desk = of_last_year(), browser_of(office)
    session.execute(sa.update(ProgrammeRow).values(earlier=earlier))
    session.commit()

    asks = earlier is Earlier.AGAIN
    desk.post(PAGE, {"supporter": [memo.supporter_id]}, status=303 if asks else 422)

    assert of_this_year(session) == ({memo.supporter_id} if asks else set())


@pytest.mark.parametrize("people", [1, 4])
def test_the_page_costs_the_same_for_one_and_for_many(browser_of, session, office, of_last_year, queries, people):
    for _ in range(people):
        of_last_year()
    desk = browser_of(office)
    queries.clear()

    desk.get(PAGE)

    assert len(queries) == 7
