"""A year in fast forward: three hundred people, from their registration to the next year's memoranda."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from courses import loading
from lms.app import create_app
from lms.kernel import clock
from lms.kernel.settings import Settings
from lms.kernel.work import OwedWork
from lms.memoranda.models import Batch, Memorandum
from lms.memoranda.rules import Route, State
from lms.migrations import migrate
from lms.qualification import renewal
from lms.qualification import services as qualification
from lms.qualification.models import Qualification
from lms.qualification.programmes.rules import Effect
from lms.secretariat.funnel.queries import cohorts
from lms.secretariat.funnel.rules import Stage, months_of, together
from lms.secretariat.queries import work
from lms.supporters.models import Mail, Supporter
from surveys.loading import load_surveys
from tests.invariants import check_papers
from tests.pages import Browser
from tests.people import lives
from tests.year import Clock, Year

PROGRAMME = Path(__file__).parents[1] / "content" / "year.toml"
FIRST, LAST = date(2026, 4, 1), date(2027, 3, 31)
# In September the office decides that basic 5 can be watched, and is asked for, from October.
LOOKED_ON, LAST_OF_FOUR = date(2026, 9, 24), date(2026, 9, 30)
EXPECTED: dict[str, dict[str, int]] = {
    "papers": {"complete": 81, "due": 12, "incomplete": 8, "posted": 5, "undeliverable": 1, "withdrawn": 7},
    "decisions": {"course": 84, "experienced": 30},
    "mails": {
        "registered": 301,
        "survey-received": 778,
        "survey-returned": 46,
        "memorandum-due": 114,
        "memorandum-posted": 109,
        "memorandum-complete": 81,
        "memorandum-overdue": 23,
        "memorandum-incomplete": 22,
        "memorandum-undeliverable": 8,
    },
    "batches": {"posted": 19},
    # What is with the supporters for too long, or lacks something; nothing is left that the office could do by itself.
    "to do": {"answer-faults": 8, "address": 1, "overdue": 13},
    "funnel": {"registered": 284, "watching": 228, "answered": 228, "qualified": 114, "posted": 95, "complete": 81},
}
ASKED_FOR_MORE = 142


@pytest.fixture
def hands(monkeypatch) -> Clock:
    """The site's clock in our hands: everything that asks for the time asks there."""
    hands = Clock(datetime(2026, 4, 1, 0, 0, tzinfo=UTC))
    monkeypatch.setattr(clock, "now", hands)
    return hands


@pytest.fixture
def site(tmp_path, hands):
    app = create_app(Settings(home=tmp_path / "home", public_url="http://localhost"))
    app.testing = True
    database = app.extensions["house"].database
    # Nobody pulls the plug here, and a year has forty thousand transactions.
    sa.event.listen(database.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    migrate(database)
    taught, programmes = loading.read_shipped(more_programmes=[PROGRAMME])
    with database.write() as session:
        loading.load(session, taught=taught, programmes=programmes, now=hands())
        load_surveys(session, lectures=taught.codes, now=hands())
    yield app
    database.engine.dispose()


def test_a_year(site, hands):
    year = Year(site, hands, people=lives(300, year=2026))

    year.live(FIRST, until=LOOKED_ON)
    qualified, change = decisions(year), year.change_programme(**basic_5_from_october(year))
    year.live(LOOKED_ON + timedelta(days=1), until=LAST)

    # The change takes nothing from anybody; those whom it asks for more are those who are not there yet.
    assert {effect: len(change.of(effect)) for effect in Effect if change.of(effect)} == {Effect.MORE: ASKED_FOR_MORE}
    still_on_their_way = {outcome.supporter for outcome in change.of(Effect.MORE)}
    assert still_on_their_way.isdisjoint(qualified)
    after = decisions(year)
    assert {person: after[person] for person in qualified} == qualified
    by_course = {person: decision for person, decision in after.items() if decision[0] is Route.COURSE}
    assert {(day <= LAST_OF_FOUR, len(evidence)) for _, day, evidence in by_course.values()} == {(True, 4), (False, 5)}

    with year.house.database.write() as session:
        check_papers(session)
        assert qualification.sweep(session, now=hands()) == 0
        assert session.scalars(sa.select(Mail.id).where(Mail.sent_at.is_(None))).all() == []
        assert session.scalars(sa.select(OwedWork.key).where(OwedWork.done_at.is_(None))).all() == []
        found = {
            "papers": states(session),
            "decisions": dict(Counter(route.value for route, _, _ in after.values())),
            "mails": dict(Counter(session.scalars(sa.select(Mail.message)))),
            "batches": dict(Counter(batch.state.value for batch in session.scalars(sa.select(Batch)))),
            "to do": {each.task.value: each.count for each in work(session, on=LAST)},
            "funnel": {stage.value: count for stage, count in funnel(session).items()},
        }
        waiting = sa.select(Memorandum.id).join(Supporter, Supporter.id == Memorandum.supporter_id)
        due = waiting.where(Memorandum.state == State.DUE, Supporter.postal_code.is_not(None))
        assert session.scalars(due).all() == []  # whoever is still waited for has given no address
    assert found == EXPECTED

    # The new year: those whose papers are all there are asked again, once.
    hands.move_to(date(2027, 4, 1), 9)
    with year.house.database.write() as session:
        proposed = [one.supporter for one in renewal.candidates(session, on=date(2027, 4, 1)) if one.why_not is None]
        assert len(proposed) == EXPECTED["papers"]["complete"]
        assert renewal.renew(session, supporters=proposed, by=year.office, now=hands()) == len(proposed)
        assert renewal.renew(session, supporters=proposed, by=year.office, now=hands()) == 0
    with year.house.database.read() as session:
        check_papers(session)
        assert states(session) == EXPECTED["papers"] | {"due": EXPECTED["papers"].get("due", 0) + len(proposed)}
    desk = Browser(site, person=office_of(year), locale="ja")
    for page in ("/secretariat", "/secretariat/supporters", "/secretariat/memoranda", "/secretariat/new-year"):
        desk.get(page)


def basic_5_from_october(year: Year) -> dict[str, object]:
    with year.house.database.read() as session:
        entry, _ = year.changed(session)
    return {
        name: tuple(replace(days, last=LAST_OF_FOUR) for days in getattr(entry, name))
        for name in ("exemptions", "not_viewable")
    }


def decisions(year: Year) -> dict[int, tuple]:
    """By whom: the route, the day of the rule, the responses that count."""
    with year.house.database.read() as session:
        return {q.supporter_id: (q.route, q.rule_day, q.evidence) for q in session.scalars(sa.select(Qualification))}


def states(session) -> dict[str, int]:
    return dict(Counter(state.value for state in session.scalars(sa.select(Memorandum.state))))


def funnel(session) -> dict[Stage, int]:
    return together(cohorts(session, starts=months_of(2026, on=LAST)))


def office_of(year: Year) -> Supporter:
    with year.house.database.read() as session:
        return session.get_one(Supporter, year.office)
