"""Real processes of ours for tests: started, watched, killed by their id."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[1]


def environment(home: Path, **settings: str) -> dict[str, str]:
    """The environment of a process of ours with its own home folder."""
    plain = {k: v for k, v in os.environ.items() if not k.startswith("LMS_")}
    return (
        plain | {"LMS_HOME": str(home), "PYTHONPATH": str(ROOT)} | {f"LMS_{k.upper()}": v for k, v in settings.items()}
    )


@contextmanager
def lms(*words: str, home: Path, log: Path, program: str = "lms", **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """`lms WORDS…` as a process of its own group, ended with everything it started when the block ends."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", program, *words],
            env=environment(home, **settings),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)


def wait_for(what: Callable[[], T], *, seconds: float = 60, every: float = 0.1) -> T:
    """The first true answer of `what`, asked again and again."""
    deadline = time.monotonic() + seconds
    while True:
        answer = what()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(every)


def is_listening(port: int) -> bool:
    """Whether somebody answers on this machine's port."""
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
