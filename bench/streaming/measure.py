"""`make streaming`: how fast authorised segments leave the site and nginx, and what 600 slow telephones do to pages.

Everything is compared with nginx sending the same files without a question asked, in turns within one run: on a shared
machine only the ratios say something.
"""

import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.streaming.phones import ARRIVAL_SECONDS, Phones, watch_pages
from courses.streaming import signer_for
from lms.app import house_for
from lms.kernel import clock
from lms.kernel.identity import SupporterId
from lms.kernel.settings import Settings
from lms.migrations import migrate
from tests.nginx import nginx
from tests.processes import environment, free_port, is_listening, lms, wait_for

SEGMENT = 1_000_000
SEGMENTS = 40
RECORDING = "0123456789abcdef" * 2
ROUNDS, SECONDS, CONNECTIONS = 9, 1, 16
WANTED = {"app": 0.45, "nginx": 0.9}
PHONES, RATE, PHONE_SECONDS = 600, 100_000, 20
PAGE_P50_MS, PAGE_P99_MS = 20, 60
# On one machine the kernel would swallow a whole segment at once (4 MB) and no telephone would be slow.
SMALL_BUFFERS = 'ip link set lo up && echo "4096 16384 131072" > /proc/sys/net/ipv4/tcp_wmem && exec "$@"'
WRK, UNSHARE = shutil.which("wrk") or "", shutil.which("unshare") or ""


@dataclass(frozen=True)
class Door:
    """One way to the segments below `folder`; `site` makes the pages, `sender` and its children send the segments."""

    name: str
    port: int
    folder: str
    cookie: str
    site: int
    sender: int

    def processor_ms(self) -> float:
        """What the sender and its children have had of the processors so far."""
        children = Path(f"/proc/{self.sender}/task/{self.sender}/children").read_text().split()
        ticks = 0
        for pid in (self.sender, *children):
            spent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(spent[11]) + int(spent[12])
        return ticks * 1000 / os.sysconf("SC_CLK_TCK")


@contextmanager
def doors() -> Iterator[list[Door]]:
    """The site by itself; nginx before a second one, checking by itself; nginx with the same files and no question."""
    with tempfile.TemporaryDirectory(prefix="streaming-") as name, ExitStack() as stack:
        folder = Path(name)
        found = []
        for form in WANTED:
            home, port = folder / form, free_port()
            house = house_for(Settings(home=home, media=form))
            migrate(house.database)
            house.database.engine.dispose()
            for number in range(SEGMENTS):
                house.storage.put(f"recordings/{RECORDING}/480p/s{number:04d}.m4s", os.urandom(SEGMENT))
            site = stack.enter_context(
                lms("serve", "--no-worker", home=home, log=folder / "log", port=str(port), media=form)
            ).pid
            sender = site
            wait_for(lambda port=port: is_listening(port))
            signer = signer_for(form, secret_key=house.secret_key)
            viewer = signer.viewer(SupporterId(1))
            expires, signature = signer.folder(RECORDING, viewer=viewer, now=clock.now())
            address, cookie = f"/media/{expires}/{signature}/{RECORDING}", f"viewer={viewer}"
            if form == "nginx":
                media = subprocess.run(
                    [sys.executable, "-m", "lms", "nginx-media"], env=environment(home, media=form),
                    capture_output=True, text=True, check=True,
                ).stdout  # fmt: skip
                bare = home / "media" / "recordings"
                front = stack.enter_context(
                    nginx(folder / "front", form=form, app_port=port, media=media, static=bare, workers=2)
                )
                port, sender = front.port, front.pid
                found.append(Door("static", front.static_port, f"/{RECORDING}", "none=1", site, sender))
            found.append(Door(form, port, address, cookie, site, sender))
        yield found


def fast() -> bool:
    """Requests a second of each door, in turns; whether every wanted ratio was reached.

    What a segment costs the processors is said too: it does not depend on what else the machine does.
    """
    with doors() as found:
        seen: dict[str, list[float]] = {door.name: [] for door in found}
        cost: dict[str, list[float]] = {door.name: [] for door in found}
        for _ in range(ROUNDS):
            for door in found:
                before = door.processor_ms()
                rate = _requests_per_second(door)
                seen[door.name].append(rate)
                cost[door.name].append((door.processor_ms() - before) / (rate * SECONDS))
    median = {name: statistics.median(rates) for name, rates in seen.items()}
    print("| 1 MB segments, 16 connections | requests/s | of nginx without a question | wanted | processor time |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, rate in sorted(median.items(), key=lambda one: -one[1]):
        ratio, wanted = rate / median["static"], WANTED.get(name, "")
        print(f"| {name} | {rate:.0f} | {ratio:.2f} | {wanted} | {statistics.median(cost[name]):.2f} ms |")
    print(flush=True)
    return all(median[name] >= wanted * median["static"] for name, wanted in WANTED.items())


def _requests_per_second(door: Door) -> float:
    target = f'string.format("{door.folder}/480p/s%04d.m4s", n)'
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(f"local n = 0\nrequest = function()\n  n = (n + 1) % {SEGMENTS}\n")
        script.write(f'  return wrk.format("GET", {target}, {{["Cookie"] = "{door.cookie}"}})\nend\n')
        script.flush()
        words = [WRK, "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s", script.name, f"http://127.0.0.1:{door.port}"]
        said = subprocess.run(words, capture_output=True, text=True, check=True).stdout  # noqa: S603 – our own words
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if found is None or "Non-2xx" in said or "Socket errors" in said:
        sys.exit(f"{door.name}: {said}")
    return float(found[1])


def slow() -> bool:
    """Pages while telephones read at their own pace, through each door; whether they stayed quick."""
    good = True
    print(
        f"| {PHONES} telephones, {RATE // 1000} kB/s each | MB/s | broken off | page p50 | p99 | memory | at most ",
        end="",
    )
    print("| processor |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    with doors() as found:
        for door in (door for door in found if door.name in WANTED):
            segment = f"{door.folder}/480p/s0000.m4s"
            before = watch_pages(door.port, "/sign-in", seconds=2, pid=door.site).memory[-1]
            with Phones(door.port, segment, cookie=door.cookie, count=PHONES, rate=RATE) as phones:
                time.sleep(ARRIVAL_SECONDS + 1)
                spent = door.processor_ms()
                pages = watch_pages(door.port, "/sign-in", seconds=PHONE_SECONDS, pid=door.site)
                spent = door.processor_ms() - spent
            got = phones.result
            print(
                f"| {door.name} | {got.megabytes_per_second:.1f} | {got.errors} | {pages.p50:.1f} ms "
                f"| {pages.p99:.1f} ms | {before:.0f} MB | {max(pages.memory):.0f} MB "
                f"| {spent / PHONE_SECONDS / 10:.0f} % of one |",
                flush=True,
            )
            good = good and pages.p50 <= PAGE_P50_MS and pages.p99 <= PAGE_P99_MS and got.errors == 0
    return good


def main(what: str | None = None) -> int:
    """Print both tables; 1 if something wanted was missed."""
    if what == "slow":
        return 0 if slow() else 1
    if not WRK:
        sys.exit("wrk is missing: apt-get install wrk")
    print(f"{platform.platform()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n", flush=True)
    good = fast()
    words = [sys.executable, "-m", "bench.streaming.measure", "slow"]
    alone = [UNSHARE, "-n", "sh", "-c", SMALL_BUFFERS, "sh"]
    if UNSHARE and subprocess.run([*alone, "true"], capture_output=True, check=False).returncode == 0:  # noqa: S603
        words = [*alone, *words]
    else:
        print("Buffers could not be made small (unshare -n): what follows is flattering.\n", flush=True)
    done = subprocess.run(words, check=False)  # noqa: S603 – our own words
    return 0 if good and done.returncode == 0 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
