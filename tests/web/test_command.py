"""The `lms` command: checks, settings, lectures, the first account."""

import subprocess
import sys

import pytest
import sqlalchemy as sa

from lms.demo import people
from lms.kernel.db import Database
from lms.kernel.history import record
from lms.kernel.seals import seal_next
from tests import make
from tests.flows.test_killed import _answers
from tests.media import clip
from tests.processes import ROOT, environment, free_port, kill, lms, wait_for


def run(home, *words, **settings):
    return subprocess.run(
        [sys.executable, "-m", "lms", *words], env=environment(home, **settings), cwd=ROOT, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("site") / "home"
    assert run(home, "migrate").returncode == 0
    return home


def test_a_misspelt_setting_stops_every_command_with_a_sentence(home):
    done = run(home, "check", datbase_url="x")

    assert (done.returncode, done.stderr.split(" (")[0]) == (1, "lms: unknown setting(s): LMS_DATBASE_URL")


def test_check_speaks_in_ids_with_hints(home):
    done = run(home, "check")

    found = {line.split()[0] for line in done.stdout.splitlines()}
    assert {"W01", "W03", "W04", "W05", "W06"} <= found
    assert not {line for line in found if line.startswith("E")}
    assert done.returncode == 0
    assert "(hint: lms supporters first-link)" in done.stdout


def test_check_fails_where_the_site_cannot_work(tmp_path):
    done = run(tmp_path / "new", "check")

    assert done.returncode == 1
    assert "E01 the tables are not of this version   (hint: lms migrate)" in done.stdout


def test_check_names_a_step_that_was_changed_past_the_site(home):
    database = Database(f"sqlite:///{home / 'lms.sqlite3'}")
    with database.write() as session:
        record(session, "supporter.registered", by=None, subject=1, now=make.now())
        session.flush()
        seal_next(session, up_to=10**9, now=make.now())
    assert "E06" not in run(home, "check").stdout
    with database.write() as session:
        session.execute(sa.text("DROP TRIGGER history_is_not_changed"))
        step = session.execute(sa.text("UPDATE history SET subject_id = 2 RETURNING id")).scalars().all()[0]
    database.engine.dispose()

    done = run(home, "check")

    assert done.returncode == 1
    assert f"E06 step {step} of the history is not as it was sealed" in done.stdout


def test_every_setting_is_listed_with_its_meaning(home):
    listed = run(home, "settings").stdout

    assert "LMS_DATABASE_URL" in listed
    assert "LMS_LEASE_SECONDS" in listed


def test_a_lecture_is_added_from_the_command_line(home, tmp_path):
    film = clip(tmp_path / "film.mp4", size="320x240", seconds=1, sound=None)

    done = run(home, "lectures", "add", "basic-2", str(film))
    listed = run(home, "lectures", "list").stdout
    refused = run(home, "lectures", "add", "basic-2", str(ROOT / "pyproject.toml"))
    unknown = run(home, "lectures", "add", "basic-9", str(film))

    assert "The recording has no sound." in done.stdout
    assert "basic-2      在留資格  preparing (version 1, 1 s)" in listed
    assert refused.returncode == unknown.returncode == 1
    assert refused.stderr.startswith("lms: ")
    assert unknown.stderr == "lms: There is no such lecture.\n"


def test_the_first_account_link_is_printed(home):
    assert "/first-account/" in run(home, "supporters", "first-link").stdout


def test_a_port_in_use_is_a_clear_sentence(home, tmp_path):
    port = str(free_port())
    with lms("serve", "--no-worker", home=home, log=tmp_path / "log", port=port):
        wait_for(lambda: _answers(f"http://127.0.0.1:{port}"))
        second = run(tmp_path / "other", "serve", port=port)

    assert second.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in second.stderr
    assert "Traceback" not in second.stderr


def test_the_demo_starts_twice_and_survives_being_killed_in_between(tmp_path):
    home, log, port = tmp_path / "demo", tmp_path / "log", str(free_port())
    with lms("serve", "--no-worker", home=home, log=log, demo="1", port=port) as first:
        wait_for(lambda: _answers(f"http://127.0.0.1:{port}"))
        kill(first)
    with lms("serve", "--no-worker", home=home, log=log, demo="1", port=port):
        wait_for(lambda: _answers(f"http://127.0.0.1:{port}"))
        wait_for(lambda: log.read_text().count("stop it with Ctrl-C") >= 2)

    said = log.read_text()
    assert all(account.email in said for account in people.ACCOUNTS)
    assert "Traceback" not in said
