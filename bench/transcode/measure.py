"""How fast recordings are prepared, against plain ffmpeg with the same settings, and how large they become.

Three rounds a film, ours and plain by turns. Ours is `transcode` as the worker calls it: listening, encoding,
playlists, small views, poster, the MP4 for browsers without streaming, all on the disk. Plain is the encoding alone.
"""

import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe, get_ffmpeg_version

from bench.transcode import films
from courses.probe import Probe, probe
from courses.transcode import Package, encoding, loudness, transcode
from courses.transcode.ladder import ladder
from courses.transcode.playlists import AUDIO

MEASURED = "slides-with-speaker", "slides", "speaker", "screen", "laptop", "phone"
# The first two answer how large an hour of slides becomes; the others how the sizes differ by what is seen.
SECONDS = {"slides-with-speaker": 300, "slides": 120}
OTHER_SECONDS = 60
ROUNDS = 3
WANTED = 0.95
MOST_MEGABYTES_AN_HOUR = 300
HOUR = 3600
COLUMNS = "film", "× realtime", "plain", "ratio", "ratio of CPU", "MB an hour", "of it", "240p and sound"


@dataclass(frozen=True)
class Cost:
    """Seconds by the wall's clock and of processors."""

    wall: float
    cpu: float


def cost(work: Callable[[], object]) -> Cost:
    """What it costs to do this, children included."""
    began, spent = time.monotonic(), _spent()
    work()
    return Cost(time.monotonic() - began, _spent() - spent)


def _spent() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def plain(source: Path, folder: Path, *, found: Probe, sound: str | None) -> None:
    """One ffmpeg command, as somebody would type it."""
    rungs = ladder(width=found.width, height=found.height, fps=found.fps)
    for name in [*(rung.name for rung in rungs), AUDIO]:
        (folder / name).mkdir(parents=True)
    words = [get_ffmpeg_exe(), "-nostdin", "-loglevel", "error", "-i", str(source)]
    words += encoding.arguments(found, rungs=rungs, sound=sound)
    subprocess.run(words, cwd=folder, check=True)  # noqa: S603 – our own words


def measure(kind: str, folder: Path) -> tuple[list[Cost], list[Cost], Package]:
    """Ours, plain, and what ours made."""
    source = films.make(kind, folder / f"{kind}.mp4", seconds=SECONDS.get(kind, OTHER_SECONDS))
    found = probe(source)
    given = encoding.reading(source, probe=found)
    sound = loudness.filters(given, probe=found, cwd=folder, on_progress=lambda _done: None, ffmpeg_exe=None)
    ours, plains, made = [], [], []
    for number in range(ROUNDS):
        target, other = folder / f"ours-{number}", folder / f"plain-{number}"
        ours.append(
            cost(lambda at=target: made.append(transcode(source, at, probe=found, on_progress=lambda _done: None)))
        )
        plains.append(cost(lambda at=other: plain(source, at, found=found, sound=sound)))
        print(f"  {kind} {number + 1}: ours {ours[-1].wall:.1f} s, plain {plains[-1].wall:.1f} s", file=sys.stderr)
        shutil.rmtree(target)
        shutil.rmtree(other)
    return ours, plains, made[-1]


def main() -> int:
    """Print the table for bench/README.md; 0 if the first film is fast and small enough. Names of films: only these."""
    kinds = sys.argv[1:] or MEASURED
    print(
        f"{time.strftime('%Y-%m-%d')}, ffmpeg {get_ffmpeg_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before\n"
    )
    print(f"| {' | '.join(COLUMNS)} |")
    print(f"| --- {'| ---: ' * (len(COLUMNS) - 1)}|")
    passed = True
    for kind in kinds:
        with tempfile.TemporaryDirectory(prefix="bench-transcode-") as folder:
            passed &= _say(kind, *measure(kind, Path(folder)))
    return 0 if passed else 1


def _say(kind: str, ours: list[Cost], plains: list[Cost], made: Package) -> bool:
    seconds = made.duration_ms / 1000
    wall, plain_wall = (statistics.median(one.wall for one in costs) for costs in (ours, plains))
    cpu, plain_cpu = (statistics.median(one.cpu for one in costs) for costs in (ours, plains))
    megabytes = made.bytes / seconds * HOUR / 1e6
    sizes = ", ".join(f"{one.name} {one.bytes / seconds * HOUR / 1e6:.0f}" for one in made.renditions)
    peak = made.renditions[-1].bandwidth / 1000
    speeds = f"{seconds / wall:.2f} | {seconds / plain_wall:.2f} | {plain_wall / wall:.3f} | {plain_cpu / cpu:.3f}"
    print(f"| {kind} | {speeds} | {megabytes:.0f} | {sizes} | {peak:.0f} kbit/s |", flush=True)
    return not kind.startswith("slides") or (plain_wall / wall >= WANTED and megabytes < MOST_MEGABYTES_AN_HOUR)


if __name__ == "__main__":
    sys.exit(main())
