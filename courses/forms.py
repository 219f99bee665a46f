"""What players and uploads send, as clean values."""

from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass
from pathlib import PurePath

from lms.kernel.errors import Invalid

MAX_PLAY_SESSION = 64
MAX_SEQUENCE = 10**9
UNREADABLE = "The report of what was watched cannot be read."


@dataclass(frozen=True)
class WatchedReport:
    """One report of a player: intervals in milliseconds of media time, numbered within a play session."""

    recording: str
    intervals: list[list[object]]
    position: int
    play_session: str
    sequence: int


def watched_report(sent: object) -> WatchedReport:
    """The report in a request's JSON. Raises Invalid when a part is missing or of the wrong kind."""
    match sent:
        case {
            "recording": str(recording),
            "intervals": list(intervals),
            "position": int(position),
            "play_session": str(play_session),
            "sequence": int(sequence),
        } if (
            all(isinstance(pair, list) for pair in intervals)
            and 0 < len(play_session) <= MAX_PLAY_SESSION
            and 0 <= sequence <= MAX_SEQUENCE
        ):
            return WatchedReport(recording, intervals, position, play_session, sequence)
    raise Invalid(UNREADABLE)


def upload_metadata(header: str) -> dict[str, str]:
    """Tus `Upload-Metadata`: `key base64,key base64`. Raises Invalid when it cannot be read."""
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = b64decode(value, validate=True).decode()
        except (Base64Error, UnicodeDecodeError) as error:
            raise Invalid("The upload could not be understood. Choose the file again.") from error
    return found


def file_name_of(text: str) -> str:
    """The last part of a file's name as the browser gave it, for people to recognise; never used as a path."""
    return PurePath(text.replace("\\", "/")).name[:200] or "recording"
