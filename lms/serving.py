"""Starting and stopping processes: the web server, and the worker beside it."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import structlog
from flask import Flask
from waitress.server import create_server

from lms.kernel.settings import Settings
from lms.kernel.work import Worker
from lms.sending import Channel, WithSentFiles

log = structlog.get_logger()

THREADS = 8
CONNECTIONS = 2000
MEGABYTE = 10**6
GRACE_SECONDS = 8.0
RESTART_SECONDS = 1.0


class PortInUseError(Exception):
    """The address is taken; the message says what to do."""


def listening_socket(settings: Settings) -> socket.socket:
    """A bound socket. Raises PortInUseError with a sentence when somebody else listens there."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((settings.host, settings.port))
    except OSError as error:
        sock.close()
        raise PortInUseError(
            f"Port {settings.port} on {settings.host} cannot be used ({error.strerror}). "
            f"Stop what runs there, or choose another: make run PORT={settings.port + 1}"
        ) from error
    return sock


def serve(app: Flask, *, sock: socket.socket, settings: Settings, with_worker: bool, ready: Callable[[], None]) -> None:
    """Answer requests until SIGINT or SIGTERM; with a worker as a child that ends with us, however we end."""
    # waitress sends bodies from its own loop, so slow phones hold no thread; select() would stop at 1,024 connections.
    server = create_server(
        WithSentFiles(app),
        sockets=[sock],
        threads=THREADS,
        connection_limit=CONNECTIONS,
        asyncore_use_poll=True,
        channel_timeout=120,
        max_request_body_size=(settings.upload_limit_mb + 1) * MEGABYTE,
        ident=None,
    )
    server.channel_class = Channel
    signal.signal(signal.SIGTERM, _interrupt)
    companion = _Companion() if with_worker else None
    if companion:
        companion.start()
    threading.Thread(target=ready, daemon=True).start()
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        if companion:
            companion.stop()
        server.close()


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


class _Companion:
    """`lms work` as a child process, started again when it dies. Its standard input closes when we end, even by -9."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep_running, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _keep_running(self) -> None:
        while not self._stopping.is_set():
            self._child = subprocess.Popen(
                [sys.executable, "-m", "lms", "work", "--until-stdin-closes"], stdin=subprocess.PIPE
            )
            code = self._child.wait()
            if not self._stopping.wait(RESTART_SECONDS):
                log.warning("worker ended, starting it again", code=code)

    def stop(self) -> None:
        self._stopping.set()
        if self._child is not None:
            self._child.terminate()
            try:
                self._child.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                self._child.kill()
        self._thread.join()


def work(worker: Worker, *, until_stdin_closes: bool) -> None:
    """Carry out owed work until SIGINT, SIGTERM or the end of our parent. What is not done in time is owed still."""
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    if until_stdin_closes:
        threading.Thread(target=_wait_for_end, args=(stop,), daemon=True).start()
    threading.Thread(target=worker.run, daemon=True).start()
    stop.wait()
    worker.stop()
    deadline = time.monotonic() + GRACE_SECONDS / 2
    while time.monotonic() < deadline and any(t.name.startswith("lane-") for t in threading.enumerate()):
        time.sleep(0.05)
    os._exit(0)  # a transcode may have an hour to go: its lease runs out and it is begun again


def _wait_for_end(stop: threading.Event) -> None:
    sys.stdin.buffer.read()
    stop.set()
