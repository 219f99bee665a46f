"""A year in fast forward: three hundred people, from their registration to the next year's memoranda."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from courses import loading
from lms.app import create_app
from lms.kernel import clock
from lms.kernel.settings import Settings
from lms.memoranda.models import Memorandum
from lms.migrations import migrate
from surveys.loading import load_surveys
from tests.invariants import check_papers
from tests.people import lives
from tests.year import Clock, Year

PROGRAMME = Path(__file__).parents[1] / "content" / "year.toml"
FIRST, LAST = date(2026, 4, 1), date(2027, 3, 31)


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

    year.live(FIRST, until=date(2026, 9, 24))
    year.live(date(2026, 9, 25), until=LAST)

    with year.house.database.read() as session:
        check_papers(session)
        print(Counter(session.scalars(sa.select(Memorandum.state))))
