"""Runs ffmpeg as a child that reports its progress, yields to everybody else and never outlives us."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from imageio_ffmpeg import get_ffmpeg_exe

CHILD = Path(__file__).with_name("child.py")
TAIL_CHARACTERS = 4000


class TranscodeError(Exception):
    """The encoder failed; the message is the end of what it said, for the log and never for a page."""


def run(
    arguments: Sequence[str],
    *,
    cwd: Path,
    seconds: float = 0.0,
    on_progress: Callable[[float], None] | None = None,
    ffmpeg: str | None = None,
) -> str:
    """What ffmpeg wrote to its error stream; raises `TranscodeError` when it failed.

    `seconds` is how much it will write, and `on_progress` gets the share of it that is done, 0 to 1. An exception
    raised by `on_progress` ends the child and goes on to the caller, so a task that lost its lease can stop there.
    """
    own = ["-hide_banner", "-nostdin", "-y", "-nostats", "-progress", "pipe:1"]
    command = [sys.executable, "-I", "-S", str(CHILD), str(os.getpid()), ffmpeg or get_ffmpeg_exe(), *own, *arguments]
    # The error stream goes to a file: a pipe that nobody empties would stop the encoder.
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said,
        subprocess.Popen(  # noqa: S603 - a list of our own words, and no shell
            command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, text=True
        ) as child,
    ):
        try:
            _follow(child.stdout, seconds=seconds, on_progress=on_progress)
        except BaseException:
            child.kill()
            raise
        code = child.wait()
        said.seek(0)
        words = said.read()
    if code != 0:
        raise TranscodeError(f"ffmpeg ended with {code}: {words[-TAIL_CHARACTERS:].strip()}")
    return words


def _follow(reports: IO[str] | None, *, seconds: float, on_progress: Callable[[float], None] | None) -> None:
    reached = 0.0
    for line in reports or ():
        key, _, value = line.strip().partition("=")
        if on_progress and key == "out_time_us" and value.lstrip("-").isdigit() and seconds > 0:
            # With several outputs it goes back a little at the end: it is then told of the one that is behind.
            reached = max(reached, min(1.0, int(value) / 1_000_000 / seconds))
            on_progress(reached)
