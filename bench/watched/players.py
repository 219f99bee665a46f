"""Many players on few connections that stay open: each report is the next ten seconds of somebody's film."""

import json
import socket
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

CONNECTIONS = 16
STEP_MS = 10_000
FILM_MS = 2 * 3_600_000


@dataclass(frozen=True)
class Viewer:
    """Somebody with a lecture's page open."""

    cookie: str
    recording: str
    ticket: str


@dataclass
class Outcome:
    """What became of the reports: how long each waited for its answer, and how long all of them took."""

    seconds: float = 0
    waited_ms: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Reports a second."""
        return len(self.waited_ms) / self.seconds

    def quantile(self, share: float) -> float:
        """How long this share of the reports waited at most, in milliseconds."""
        return statistics.quantiles(self.waited_ms, n=1000, method="inclusive")[round(share * 1000) - 1]


def play(
    ports: Sequence[int], viewers: Sequence[Viewer], *, number: int, seconds: float, rate: float | None
) -> Outcome:
    """Send reports for so long, at a rate or as fast as they are answered; `number` tells this run from others.

    At a rate, a report waits from when it was due, not from when a connection was free for it.
    """
    outcome, turns, lock = Outcome(), count(), threading.Lock()
    begun = time.perf_counter()

    def run(port: int, mine: Sequence[Viewer]) -> None:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            waited: list[float] = []
            for n in count():
                due = time.perf_counter()
                if rate is not None:
                    with lock:
                        due = begun + next(turns) / rate
                    time.sleep(max(0.0, due - time.perf_counter()))
                if due - begun > seconds:
                    break
                _send(connection, mine[n % len(mine)], number=number, step=n // len(mine))
                waited.append((time.perf_counter() - due) * 1000)
            outcome.waited_ms.extend(waited)

    threads = [
        threading.Thread(target=run, args=(ports[n % len(ports)], viewers[n::CONNECTIONS])) for n in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcome.seconds = time.perf_counter() - begun
    return outcome


def _send(connection: socket.socket, viewer: Viewer, *, number: int, step: int) -> None:
    start = (number * 97 + step) * STEP_MS % FILM_MS
    body = json.dumps(
        {
            "recording": viewer.recording,
            "ticket": viewer.ticket,
            "play_session": f"run-{number}",
            "sequence": step,
            "intervals": [[start, start + STEP_MS]],
            "wall_ms": STEP_MS,
            "late_ms": 0,
            "rate": 1,
            "position": start + STEP_MS,
        }
    ).encode()
    connection.sendall(
        b"POST /courses/basic-2/watched HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
        b"Content-Type: application/json\r\nSec-Fetch-Site: same-origin\r\n"
        + f"Cookie: {viewer.cookie}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += _received(connection)
    head, _, rest = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(answer.decode(errors="replace"))
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    while len(rest) < length:
        rest += _received(connection)


def _received(connection: socket.socket) -> bytes:
    piece = connection.recv(65536)
    if not piece:
        raise ConnectionError("the site closed the connection")
    return piece
