"""Writers of one process take turns at SQLite's write lock."""

import pytest
import sqlalchemy as sa

from lms.kernel import db


@pytest.fixture
def two_processes(tmp_path, monkeypatch):
    """The same file as two processes open it: each knows only its own turns."""
    monkeypatch.setattr(db, "BUSY_MS", 50)
    url = f"sqlite:///{tmp_path / 'one.sqlite3'}"
    return db.Database(url), db.Database(url)


def test_a_writer_that_could_not_begin_gives_its_turn_back(two_processes):
    ours, theirs = two_processes

    with theirs.write() as session:
        session.execute(sa.text("CREATE TABLE one (id INTEGER)"))
        for _ in range(2):
            with pytest.raises(sa.exc.OperationalError, match="locked"), ours.write() as waiting:
                waiting.execute(sa.text("SELECT 1"))

    with ours.write() as session:
        session.execute(sa.text("INSERT INTO one VALUES (1)"))
    with theirs.read() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM one")) == 1
