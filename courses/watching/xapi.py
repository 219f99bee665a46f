"""What somebody has watched as xAPI statements of the video profile 1.0.3, for other systems. Pure: values in and out.

The person is an account of this site: the statements carry the network ID and no name. A statement's id is made from
what it says, so that exporting twice gives the same statements.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from courses.watching.rules import WATCHED_SHARE, Interval, covered_ms, share_of

PROFILE = "https://w3id.org/xapi/video"
VERBS = {
    "initialized": "http://adlnet.gov/expapi/verbs/initialized",
    "played": f"{PROFILE}/verbs/played",
    "paused": f"{PROFILE}/verbs/paused",
    "completed": "http://adlnet.gov/expapi/verbs/completed",
    "terminated": "http://adlnet.gov/expapi/verbs/terminated",
}


@dataclass(frozen=True)
class Sat:
    """One sitting: what was played in the order in which it was, times in milliseconds of media time."""

    play_session: str
    opened_at: datetime
    first_at: datetime
    last_at: datetime
    segments: tuple[Interval, ...]


@dataclass(frozen=True)
class Watched:
    """A recording somebody has watched: its lecture, its length in milliseconds, and the sittings, oldest first."""

    lecture: str
    titles: Mapping[str, str]
    recording: str
    duration_ms: int
    covered_at: datetime | None
    sittings: Sequence[Sat]


def statements(watched: Iterable[Watched], *, site: str, network_id: str) -> list[dict[str, Any]]:
    """All statements about one person, recording by recording, each in the order of time."""
    actor = {"objectType": "Agent", "account": {"homePage": site, "name": network_id}}
    return [{**told, "actor": actor} for film in watched for told in _of_recording(film, site, network_id)]


def _of_recording(film: Watched, site: str, network_id: str) -> list[dict[str, Any]]:
    """For each sitting: ready, played, paused, left; once: completed, in the sitting in which it was."""
    told: list[dict[str, Any]] = []
    played: list[Interval] = []
    registration = uuid5(NAMESPACE_URL, f"{site}/{network_id}/{film.recording}")
    is_told = film.covered_at is None
    for number, sat in enumerate(film.sittings):

        def say(verb: str, at: datetime, result: dict[str, Any] | None, sat: Sat = sat) -> None:
            told.append(
                {
                    "id": str(uuid5(registration, f"{sat.play_session}/{verb}")),
                    "timestamp": at.isoformat(timespec="milliseconds"),
                    "verb": {"id": VERBS[verb], "display": {"en": verb}},
                    "object": _activity(film, site),
                    **({"result": result} if result else {}),
                    "context": _context(film, sat, registration=str(registration)),
                }
            )

        say("initialized", sat.opened_at, None)
        if not sat.segments:
            continue
        say("played", sat.first_at, {"extensions": {f"{PROFILE}/extensions/time": _seconds(sat.segments[0][0])}})
        played.extend(sat.segments)
        is_last = number == len(film.sittings) - 1
        if not is_told and film.covered_at is not None and (is_last or film.covered_at <= sat.last_at):
            is_told = True
            say("completed", film.covered_at, {"completion": True, **_so_far(film, played)})
        say("paused", sat.last_at, _so_far(film, played))
        say("terminated", sat.last_at, _so_far(film, played))
    return told


def _activity(film: Watched, site: str) -> dict[str, Any]:
    return {
        "objectType": "Activity",
        "id": f"{site}/courses/{film.lecture}",
        "definition": {"type": f"{PROFILE}/activity-type/video", "name": dict(film.titles)},
    }


def _context(film: Watched, sat: Sat, *, registration: str) -> dict[str, Any]:
    return {
        "registration": registration,
        "contextActivities": {"category": [{"objectType": "Activity", "id": PROFILE}]},
        "extensions": {
            f"{PROFILE}/extensions/session-id": str(uuid5(NAMESPACE_URL, f"{registration}/{sat.play_session}")),
            f"{PROFILE}/extensions/length": _seconds(film.duration_ms),
            f"{PROFILE}/extensions/completion-threshold": WATCHED_SHARE,
        },
    }


def _so_far(film: Watched, played: Sequence[Interval]) -> dict[str, Any]:
    """Where the player stands, and all that was played under this registration, in order; parts may overlap."""
    return {
        "extensions": {
            f"{PROFILE}/extensions/time": _seconds(played[-1][1]),
            f"{PROFILE}/extensions/progress": round(share_of(covered_ms(played), film.duration_ms), 3),
            f"{PROFILE}/extensions/played-segments": "[,]".join(
                f"{start / 1000:.3f}[.]{end / 1000:.3f}" for start, end in played
            ),
        }
    }


def _seconds(milliseconds: int) -> float:
    return milliseconds / 1000
