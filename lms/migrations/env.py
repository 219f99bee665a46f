"""Run by alembic: which tables, which connection, how our column types are written down."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from courses import models as courses
from lms.kernel import history, seals, work
from lms.kernel.crypto import EncryptedText
from lms.kernel.db import Base, Database, UtcDateTime
from lms.memoranda import models as memoranda
from lms.memoranda.papers import models as papers
from lms.qualification import models as qualification
from lms.secretariat.feed import models as feed
from lms.secretariat.notes import models as notes
from lms.secretariat.people import models as people
from lms.supporters import models as supporters
from lms.wording import models as wording
from surveys import models as surveys

# Importing them is what fills Base.metadata.
TABLES = (
    courses,
    feed,
    history,
    memoranda,
    notes,
    papers,
    people,
    qualification,
    seals,
    supporters,
    surveys,
    wording,
    work,
)


def render_item(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Our types as the plain ones below them, so that a migration does not change with the code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, EncryptedText):
        return "sa.Text()"
    return False


@contextmanager
def tables_can_be_rebuilt(connection: sa.Connection) -> Iterator[None]:
    """SQLite changes a constraint by building the table anew, which rows of other tables that point to it would forbid.

    Outside a transaction the checking can be put off until the end; what then points nowhere stops the migration.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def refuse_dangling_rows(connection: sa.Connection) -> None:
    """Raise RuntimeError if a row points to one that is not there."""
    if connection.dialect.name == "sqlite" and (found := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
        raise RuntimeError(f"rows that point nowhere: {found[:5]}")


database: Database = context.config.attributes["database"]
with (
    database.engine.execution_options(write=True).connect() as connection,
    tables_can_be_rebuilt(connection),
    connection.begin(),
):
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    refuse_dangling_rows(connection)
