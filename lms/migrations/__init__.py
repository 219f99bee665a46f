"""The way from an empty database to today's tables, by alembic; called from Python, no ini file."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from lms.kernel.db import Database


def config_for(database: Database) -> Config:
    """Alembic's configuration for a database."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["database"] = database
    return config


def migrate(database: Database) -> None:
    """Bring the tables to the newest version; nothing to do is fine."""
    command.upgrade(config_for(database), "head")


def is_current(database: Database) -> bool:
    """Whether the tables are of the newest version."""
    head = ScriptDirectory.from_config(config_for(database)).get_current_head()
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
