"""Run by alembic: which tables, which connection, how our column types are written down."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from courses import models as courses
from lms.kernel import history, work
from lms.kernel.crypto import EncryptedText
from lms.kernel.db import Base, Database, UtcDateTime
from lms.memoranda import models as memoranda
from lms.qualification import models as qualification
from lms.supporters import models as supporters
from lms.wording import models as wording
from surveys import models as surveys

# Importing them is what fills Base.metadata.
TABLES = (courses, history, memoranda, qualification, supporters, surveys, wording, work)


def render_item(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Our types as the plain ones below them, so that a migration does not change with the code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, EncryptedText):
        return "sa.Text()"
    return False


database: Database = context.config.attributes["database"]
with database.engine.execution_options(write=True).connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
