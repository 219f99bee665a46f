"""The database: one base with one column vocabulary, and sessions that say beforehand whether they will write."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import Enum
from functools import partial
from typing import Annotated, Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry

from lms.kernel.crypto import EncryptedText
from lms.kernel.identity import SupporterId

Id = Annotated[int, mapped_column(primary_key=True)]
Secret = Annotated[str, mapped_column(EncryptedText)]
SupporterRef = Annotated[SupporterId, mapped_column(sa.ForeignKey("supporter.id"))]

BUSY_MS = 10_000


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware moment in UTC; a naive one is a mistake and is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Names every constraint, stores enums by value and moments in UTC, text without length."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 – the name and shape SQLAlchemy asks for
        str: sa.Text,
        datetime: UtcDateTime,
        date: sa.Date,
        dict[str, Any]: sa.JSON,
        list[Any]: sa.JSON,
        Enum: sa.Enum(
            Enum, native_enum=False, create_constraint=True, length=40, values_callable=lambda e: [m.value for m in e]
        ),
        SupporterId: sa.Integer,
    }


class Versioned:
    """A row in which two transactions may meet: the one that read before the other wrote gets StaleDataError."""

    version: Mapped[int] = mapped_column(nullable=False)

    @orm.declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 – a class-level attribute by SQLAlchemy's protocol
        return {"version_id_col": cls.version}


class Database:
    """An engine and its sessions.

    Shapes: `read()` for questions, `write()` for one transaction that commits or leaves no trace.
    """

    def __init__(self, url: str) -> None:
        # hide_parameters: an error in the log must not carry names, addresses or hashes.
        self.engine = sa.create_engine(url, pool_pre_ping=not url.startswith("sqlite"), hide_parameters=True)
        if self.engine.dialect.name == "sqlite":
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
            turn = threading.Lock()
            sa.event.listen(self.engine, "begin", partial(_begin_sqlite, turn))
            sa.event.listen(self.engine, "checkin", partial(_end_turn, turn))
        self._reading = orm.sessionmaker(self.engine, expire_on_commit=False)
        self._writing = orm.sessionmaker(self.engine.execution_options(write=True), expire_on_commit=False)

    def session(self, *, write: bool) -> Session:
        """A session for the caller to commit and close."""
        return self._writing() if write else self._reading()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: commits when the block ends, rolls back when it raises."""
        with self._writing.begin() as session:
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that is never committed."""
        with self._reading() as session:
            yield session


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # The driver's own transaction handling is switched off: _begin_sqlite says which kind of BEGIN is meant.
    connection.isolation_level = None
    cursor = connection.cursor()
    # synchronous=FULL: what was acknowledged survives a power cut, not only a killed process. Every 4,000 pages (16 MB)
    # one commit brings the log into the file and waits for the disk; at 1,000 one report in a hundred waited 145 ms.
    durable = ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=4000")
    for pragma in (*durable, f"busy_timeout={BUSY_MS}", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    # SQLite's own lower() knows ASCII only: somebody named Đặng would not be found by that name.
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(text: object) -> object:
    return text.lower() if isinstance(text, str) else text


def _begin_sqlite(turn: threading.Lock, connection: sa.Connection) -> None:
    # A deferred BEGIN that writes later fails with "database is locked" under load; IMMEDIATE for readers would queue
    # them.
    write = connection.get_execution_options().get("write")
    # Threads of one process take turns: SQLite itself only lets them try again after sleeps that grow, and some of them
    # then wait ten times as long as the others (measured).
    if write and not connection.info.get("turn"):
        connection.info["turn"] = turn.acquire(timeout=BUSY_MS / 1000)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _end_turn(turn: threading.Lock, _: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    if entry.info.pop("turn", False):
        turn.release()


def insert_ignoring(session: Session, model: type[Base], **values: object) -> Any:
    """An INSERT that does nothing when a uniqueness constraint already holds such a row; ask it for what it made."""
    table = model.__table__
    assert isinstance(table, sa.Table)
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    return insert(table).values(values).on_conflict_do_nothing()


def insert_once(session: Session, model: type[Base], **values: object) -> bool:
    """Insert a row unless a uniqueness constraint already holds one; True if this call made it. No error, no race."""
    statement = insert_ignoring(session, model, **values).returning(sa.literal(1))
    return session.execute(statement).scalar_one_or_none() is not None
