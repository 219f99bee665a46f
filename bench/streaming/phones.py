"""Many slow telephones: each reads segments at its own pace with a small buffer, over a connection that stays open."""

import json
import selectors
import socket
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import Self

TICK = 0.1
BUFFER = 32768
PAGES_A_SECOND = 20
# Over how long the telephones arrive: one segment at their pace.
ARRIVAL_SECONDS = 10


@dataclass
class Phone:
    """One telephone. `left` bytes of the answer are still to come; -1 while its head is awaited."""

    sock: socket.socket
    left: int = -1
    head: bytes = b""
    allowed: int = 0


@dataclass(frozen=True)
class Result:
    """What all telephones got."""

    megabytes_per_second: float
    errors: int


@dataclass
class Pages:
    """How long pages took, in ms, and how much memory the site had meanwhile, in MB."""

    took: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    @property
    def p50(self) -> float:
        return statistics.median(self.took)

    @property
    def p99(self) -> float:
        return sorted(self.took)[int(len(self.took) * 0.99)]


class Phones:
    """Telephones in a process of their own while a block lasts: `with Phones(…) as phones: …; phones.result`."""

    def __init__(self, port: int, target: str, *, cookie: str, count: int, rate: int) -> None:
        self._words = [str(port), target, cookie, str(count), str(rate)]

    def __enter__(self) -> Self:
        words = [sys.executable, "-m", "bench.streaming.phones", *self._words]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
        time.sleep(3)  # all have called and read
        return self

    def __exit__(self, *_: object) -> None:
        self.result = Result(**json.loads(self._process.communicate("enough\n")[0]))


def watch_pages(port: int, target: str, *, seconds: float, pid: int) -> Pages:
    """Ask for a page again and again on fresh connections, at an even pace whether or not answers come."""
    pages, threads = Pages(), []
    began = time.monotonic()
    for n in range(int(seconds * PAGES_A_SECOND)):
        time.sleep(max(0.0, began + n / PAGES_A_SECOND - time.monotonic()))
        thread = threading.Thread(target=_ask, args=(port, target, pages.took))
        thread.start()
        threads.append(thread)
        if n % PAGES_A_SECOND == 0:
            pages.memory.append(memory_of(pid))
    for thread in threads:
        thread.join()
    return pages


def memory_of(pid: int) -> float:
    """What a process has for itself, in MB; pages of files that it shares are not counted."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Private_")) / 1000


def _ask(port: int, target: str, took: list[float]) -> None:
    began = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), timeout=60) as sock:
        sock.sendall(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
        answer = sock.recv(BUFFER)
        while sock.recv(BUFFER):
            pass
    assert answer.startswith(b"HTTP/1.1 200"), answer[:200]
    took.append((time.perf_counter() - began) * 1000)


def _call(port: int) -> socket.socket:
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    sock.connect(("127.0.0.1", port))
    sock.setblocking(False)
    return sock


def _read(phone: Phone, question: bytes) -> int:
    """Take what has come, as far as the telephone's pace allows; the next segment is asked for at the end of one."""
    piece = phone.sock.recv(min(BUFFER, phone.allowed))
    if not piece:
        raise ConnectionError
    phone.allowed -= len(piece)
    if phone.left < 0:
        head, end, body = (phone.head + piece).partition(b"\r\n\r\n")
        if not end:
            phone.head = head
            return len(piece)
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        if not head.startswith(b"HTTP/1.1 200"):
            raise ConnectionError
        phone.left, phone.head = int(length.split(b":")[1]) - len(body), b""
    else:
        phone.left -= len(piece)
    if phone.left == 0:
        phone.left = -1
        phone.sock.send(question)
    return len(piece)


def _tick(reading: selectors.BaseSelector, until: float, question: bytes) -> tuple[int, int]:
    """Read for one tick whatever comes; a telephone that has read its share is left alone until the next one."""
    read = errors = 0
    while (wait := until - time.monotonic()) > 0:
        for key, _ in reading.select(wait):
            phone: Phone = key.data
            try:
                read += _read(phone, question)
            except OSError:
                errors += 1
                phone.allowed = 0
                phone.left = -2
            if phone.allowed <= 0:
                reading.unregister(phone.sock)
    return read, errors


def main(port: int, target: str, cookie: str, count: int, rate: int) -> None:
    """Read until something is said on standard input, then write what was got."""
    question = f"GET {target} HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n".encode()
    enough = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), enough.set()), daemon=True).start()
    phones: list[Phone] = []
    reading, read, errors = selectors.DefaultSelector(), 0, 0
    began = tick = time.monotonic()
    while not enough.is_set():
        tick += TICK
        if len(phones) < count:  # people do not all press play at the same moment
            for _ in range(min(count - len(phones), ceil(count * TICK / ARRIVAL_SECONDS))):
                phones.append(Phone(_call(port)))
                phones[-1].sock.send(question)
            read, began = 0, tick
        for phone in phones:
            if phone.left == -2:
                continue
            idle = phone.allowed <= 0
            phone.allowed = min(phone.allowed + int(rate * TICK), int(2 * rate * TICK))
            if idle:
                reading.register(phone.sock, selectors.EVENT_READ, phone)
        more, broken = _tick(reading, tick, question)
        read, errors = read + more, errors + broken
    print(json.dumps({"megabytes_per_second": read / (time.monotonic() - began) / 1e6, "errors": errors}))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
