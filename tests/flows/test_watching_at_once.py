"""Two tabs at the same moment, on both databases; and a server killed with -9 while reports are coming in."""

import json
import signal
import threading
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.cookiejar import CookieJar

import pytest
import sqlalchemy as sa

from courses.models import Sitting, Viewing
from courses.watching import ticket
from courses.watching.services import record_watched
from lms.app import house_for
from lms.kernel import clock
from lms.kernel.crypto import open_keyring
from lms.kernel.settings import Settings
from lms.migrations import migrate
from tests import make
from tests.conftest import load_content
from tests.processes import free_port, kill, lms, wait_for
from tests.watching import batch, report

THREADS = 8
REPORTS = 6


@pytest.fixture
def film_and_person(database, tmp_path):
    open_keyring(Settings(home=tmp_path))
    load_content(database)
    with database.session(write=True) as session:
        return make.recording(session, "basic-2", duration_ms=3_600_000), make.supporter(session)


def play_at_once(database, film, person, *, now):
    """Every thread is a tab: it reports ten seconds of film, again and again, a part of its own."""
    together = threading.Barrier(THREADS)
    opened_at = clock.now()

    def run(tab: int) -> None:
        together.wait()
        for n in range(REPORTS):
            start = (tab * REPORTS + n) * 10_000
            sent = report(film.key, [[start, start + 10_000]], play_session=f"tab-{tab}", sequence=n)
            with database.write() as session:
                record_watched(
                    session, supporter=person.id, lecture="basic-2", report=sent, opened_at=opened_at, now=opened_at + now
                )  # fmt: skip

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(run, range(THREADS)))
    with database.read() as session:
        return session.scalars(sa.select(Viewing)).one(), session.scalars(sa.select(Sitting)).all()


def test_tabs_that_report_at_the_same_moment_lose_nothing_to_one_another(database, film_and_person):
    viewing, sittings = play_at_once(database, *film_and_person, now=timedelta(hours=1))

    assert (viewing.intervals, viewing.unverified) == ([[0, THREADS * REPORTS * 10_000]], [])
    assert [(s.segments[0][3] - s.segments[0][2], s.credited_ms) for s in sittings] == [(60_000, 60_000)] * THREADS


def test_tabs_that_report_at_the_same_moment_share_what_time_allows(database, film_and_person):
    viewing, sittings = play_at_once(database, *film_and_person, now=timedelta(seconds=20))

    assert viewing.covered_ms == sum(s.credited_ms for s in sittings) == 60_000
    assert viewing.covered_ms + sum(end - start for start, end in viewing.unverified) == THREADS * REPORTS * 10_000


def test_a_server_killed_while_reports_come_in_has_lost_nothing_it_confirmed_and_takes_the_rest_once(tmp_path):
    site = house_for(Settings(home=tmp_path / "見本 の site"))
    migrate(site.database)
    load_content(site.database)
    with site.database.session(write=True) as session:
        film = make.recording(session, "basic-2", duration_ms=3_600_000)
        person = make.supporter(session)
    opened = ticket.issue(
        film.key, supporter=person.id, secret=site.secret_key, now=clock.now() - timedelta(hours=2)
    )  # fmt: skip
    batches = [
        batch(film.key, [[n * 10_000, n * 10_000 + 10_000]], ticket=opened, sequence=n) for n in range(300)
    ]  # fmt: skip
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    confirmed: set[int] = set()

    def send_all(*, until_killed: bool) -> None:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        form = urllib.parse.urlencode({"name": person.email, "password": make.PASSWORD}).encode()
        opener.open(base + "/sign-in", data=form, timeout=10).read()
        for one in batches:
            request = urllib.request.Request(
                base + "/courses/basic-2/watched", data=json.dumps(one).encode(), headers={"Content-Type": "application/json"}
            )  # fmt: skip
            try:
                opener.open(request, timeout=10).read()
            except OSError:
                if until_killed:
                    return
                raise
            confirmed.add(one["sequence"])

    with lms("serve", home=site.settings.home, log=tmp_path / "log", port=str(port)) as server:
        wait_for(lambda: _answers(base))
        killer = threading.Thread(target=lambda: (wait_for(lambda: len(confirmed) > 20, every=0.001), kill(server)))
        killer.start()
        send_all(until_killed=True)
        killer.join()

    def viewing() -> Viewing:
        with site.database.read() as session:
            return session.scalars(sa.select(Viewing)).one()

    kept = viewing()
    assert server.returncode == -signal.SIGKILL
    assert 20 < len(confirmed) < len(batches)
    assert kept.intervals in ([[0, 10_000 * len(confirmed)]], [[0, 10_000 * (len(confirmed) + 1)]])

    with lms("serve", home=site.settings.home, log=tmp_path / "log", port=str(port)):
        wait_for(lambda: _answers(base))
        send_all(until_killed=False)

    with site.database.read() as session:
        sitting = session.scalars(sa.select(Sitting)).one()
    assert (viewing().intervals, viewing().unverified) == ([[0, 3_000_000]], [])
    assert (sitting.segments, sitting.reports) == ([[0, 299, 0, 3_000_000]], [[0, 300]])
    site.database.engine.dispose()


def _answers(base: str) -> bool:
    try:
        return urllib.request.urlopen(base + "/health", timeout=2).status == 200
    except OSError:
        return False
