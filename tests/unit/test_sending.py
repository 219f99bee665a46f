"""Files as the web server sends them: a real waitress, real connections, files and what only looks like one."""

import io
import os
import socket
import threading

import pytest
from waitress.server import create_server

from lms.sending import Channel, WithSentFiles

CONTENT = os.urandom(3 * 2**20)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server of one file: whole, from its middle, from memory; and of one that is cut short while it is sent."""
    folder = tmp_path_factory.mktemp("files")
    path, cut = folder / "film", folder / "cut"
    path.write_bytes(CONTENT)
    cut.write_bytes(CONTENT)

    def app(environ, start_response):
        start, length = 0, len(CONTENT)
        match environ["PATH_INFO"]:
            case "/memory":
                file = io.BytesIO(CONTENT)
            case "/part":
                file, start, length = path.open("rb"), 1000, 70_000
            case "/cut":
                file = cut.open("rb", buffering=0)
                os.truncate(cut, 2**20)
            case _:
                file = path.open("rb", buffering=0)
        file.seek(start)
        start_response("200 OK", [("Content-Length", str(length))])
        return environ["wsgi.file_wrapper"](file, 65536)

    server = create_server(WithSentFiles(app), host="127.0.0.1", port=0, threads=2)
    server.channel_class = Channel
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server
    server.pull_trigger()
    server.close()
    server.asyncore.close_all(server._map)
    thread.join(10)


def ask(server, *paths: str) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", server.effective_port), timeout=10)
    questions = [f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n" for path in paths[:-1]]
    sock.sendall("".join([*questions, f"GET {paths[-1]} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"]).encode())
    return sock


def read(sock: socket.socket) -> bytes:
    with sock:
        return b"".join(iter(lambda: sock.recv(65536), b""))


def bodies(answer: bytes) -> list[bytes]:
    found = []
    while answer:
        head, _, rest = answer.partition(b"\r\n\r\n")
        length = int(next(line for line in head.split(b"\r\n") if line.startswith(b"Content-Length:")).split()[1])
        found.append(rest[:length])
        answer = rest[length:]
    return found


@pytest.mark.parametrize(
    ("path", "expected"), [("/whole", CONTENT), ("/memory", CONTENT), ("/part", CONTENT[1000:71_000])]
)
def test_a_file_arrives_as_it_is(server, path, expected):
    assert bodies(read(ask(server, path))) == [expected]


def test_several_arrive_in_order_over_one_connection(server):
    assert bodies(read(ask(server, "/part", "/whole", "/memory", "/part"))) == [
        CONTENT[1000:71_000], CONTENT, CONTENT, CONTENT[1000:71_000],
    ]  # fmt: skip


def test_one_who_hangs_up_or_reads_nothing_disturbs_nobody(server):
    gone, asleep = ask(server, "/whole"), ask(server, "/whole")
    gone.recv(1000)
    gone.close()

    assert bodies(read(ask(server, "/whole"))) == [CONTENT]
    assert bodies(read(asleep)) == [CONTENT]


def test_a_file_that_became_shorter_ends_the_connection_and_not_the_server(server):
    short = read(ask(server, "/cut"))

    assert len(short) < len(CONTENT)
    assert bodies(read(ask(server, "/part"))) == [CONTENT[1000:71_000]]
