"""The record of steps and its seals cannot be changed, deleted, replaced or emptied, on either database."""

import pytest
import sqlalchemy as sa
from alembic import command

from lms.kernel.history import record
from lms.kernel.seals import seal_next
from lms.migrations import config_for, migrate
from tests import make


@pytest.fixture
def sealed(database):
    """A database with one step, and a seal over it."""
    with database.write() as session:
        record(session, "supporter.registered", by=None, subject=1, now=make.now())
        session.flush()
        seal_next(session, up_to=1, now=make.now())
    return database


def refusal(database, statement):
    with pytest.raises(sa.exc.DBAPIError) as found, database.write() as session:
        session.execute(sa.text(statement))
    return str(found.value.orig).splitlines()[0]


@pytest.mark.parametrize("table", ["history", "history_seal"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = 7", "DELETE FROM {}"])
def test_a_step_is_never_changed_or_deleted(sealed, table, statement):
    assert refusal(sealed, statement.format(table)) == f"{table} is never changed"


@pytest.mark.parametrize("table", ["history", "history_seal"])
def test_a_step_is_never_replaced_or_swept_away_with_all_others(sealed, table):
    if sealed.engine.dialect.name == "sqlite":
        statement = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
    else:
        statement = f"TRUNCATE {table}"

    assert refusal(sealed, statement) == f"{table} is never changed"


def test_the_guards_go_with_their_migration_and_come_back_with_it(sealed):
    command.downgrade(config_for(sealed), "0010")
    with sealed.write() as session:
        session.execute(sa.text("UPDATE history SET subject_id = 2"))

    migrate(sealed)

    assert refusal(sealed, "DELETE FROM history") == "history is never changed"
    with sealed.read() as session:
        assert session.execute(sa.text("SELECT id, subject_id FROM history")).all() == [(1, 2)]


def test_work_for_somebody_elses_server_is_dropped_with_its_lane(sealed):
    command.downgrade(config_for(sealed), "0010")
    migrate(sealed)

    with sealed.read() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM owed_work")) == 0
    indexes = {index["name"] for index in sa.inspect(sealed.engine).get_indexes("owed_work")}
    assert "ix_owed_work_open" in indexes
