"""The organisation's own server, as a test needs it: it keeps what arrives and answers as it is told."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext


@dataclass
class Arrived:
    """One request: its headers in lower case, and its body."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`answers` are statuses, one a request, the last one for ever; `wait` seconds pass before each."""

    url: str = ""
    answers: list[int] = field(default_factory=lambda: [204])
    wait: float = 0
    drip: bool = False
    arrived: list[Arrived] = field(default_factory=list)


@contextmanager
def receiving(*, tls: SSLContext | None = None) -> Iterator[Receiver]:
    """A real HTTP server on this machine."""
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.arrived.append(Arrived(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            status = told.answers.pop(0) if len(told.answers) > 1 else told.answers[0]
            time.sleep(told.wait)
            if told.drip:
                for letter in b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50:
                    self.wfile.write(bytes([letter]))
                    time.sleep(0.05)
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", told.url + "elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:  # what a redirect that is followed would become
            told.arrived.append(Arrived(self.path, {}, b""))
            self.send_error(405)

        def log_message(self, *_: object) -> None:
            pass

        def handle(self) -> None:
            with suppress(OSError):  # whoever asked has gone
                super().handle()

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    told.url = f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
