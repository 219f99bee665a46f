"""Real databases for what one connection cannot show: races, killed processes, PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from lms.kernel.db import Database
from lms.migrations import migrate


@contextmanager
def fresh_sqlite(folder: Path) -> Iterator[Database]:
    """An SQLite file with today's tables."""
    database = Database(f"sqlite:///{folder / 'fresh.sqlite3'}")
    migrate(database)
    yield database
    database.engine.dispose()


@contextmanager
def fresh_postgresql(server_url: str, name: str) -> Iterator[Database]:
    """A new PostgreSQL database with today's tables; it goes with its server, because dropping it has once killed that."""
    admin = sa.create_engine(server_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    admin.dispose()
    database = Database(str(sa.make_url(server_url).set(database=name).render_as_string(hide_password=False)))
    migrate(database)
    yield database
    database.engine.dispose()
