"""Files that the kernel itself sends (sendfile) for waitress, instead of Python reading and writing every byte."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from waitress.buffers import ReadOnlyFileBasedBuffer
from waitress.channel import HTTPChannel

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# What one call may send; the kernel takes as much of it as there is room for.
MOST = 2**20


@dataclass(frozen=True)
class Piece:
    """A part of an open file that is to be sent."""

    file: IO[bytes]
    offset: int
    count: int


class SentFile(ReadOnlyFileBasedBuffer):  # type: ignore[misc]  # waitress ships no types
    """waitress's own wrapper of a file that gives out pieces to send in place of bytes."""

    def get(self, numbytes: int = -1, skip: bool = False) -> Piece:
        """The next piece; it is skipped when the channel says how much of it was taken."""
        return Piece(self.file, self.file.tell(), min(self.remain, MOST))

    def skip(self, numbytes: int, allow_prune: int = 0) -> None:
        """Go on after what was sent."""
        self.file.seek(numbytes, os.SEEK_CUR)
        self.remain -= numbytes


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress ships no types
    """waitress's own connection, which can send pieces of files too."""

    def send(self, data: bytes | Piece, do_close: bool = True) -> int:
        """How many bytes were taken; 0 when there is no room, or nobody to send to any more."""
        if not isinstance(data, Piece):
            return int(super().send(data, do_close))
        try:
            sent = os.sendfile(self.socket.fileno(), data.file.fileno(), data.offset, data.count)
        except BlockingIOError:
            return 0
        except ConnectionError:
            sent = 0
        if sent == 0:  # gone, or the file has become shorter: what was promised cannot be sent
            self.will_close = True
            if do_close:
                self.handle_close()
        return sent


class WithSentFiles:
    """The application, offered a file sender that this module's channel understands."""

    def __init__(self, app: "WSGIApplication") -> None:
        self.app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ["wsgi.file_wrapper"] = _wrapped
        return self.app(environ, start_response)


def _wrapped(file: IO[bytes], block: int = 32768) -> ReadOnlyFileBasedBuffer:
    try:
        file.fileno()
    except (AttributeError, OSError):  # something in memory that only looks like a file
        return ReadOnlyFileBasedBuffer(file, block)
    return SentFile(file, block)
