"""A player for tests: plays a film on a clock of its own and reports every ten seconds, as the real one does."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from courses.models import Recording
from courses.watching.rules import Interval, Report, merge
from courses.watching.services import Recorded, record_watched
from lms.supporters.models import Supporter

EVERY_MS = 10_000
_numbers = count(1)


def batch(film: str, intervals: Iterable[Any], *, ticket: str = "", **given: Any) -> dict[str, Any]:
    """A report as it is sent."""
    return {
        "recording": film,
        "ticket": ticket,
        "play_session": "tab-1",
        "sequence": 0,
        "intervals": [list(i) for i in intervals],
        "wall_ms": 60_000,
        "late_ms": 0,
        "rate": 1.0,
        "position": 0,
    } | given


def report(film: str, intervals: Iterable[Any], **given: Any) -> Report:
    return Report(**batch(film, intervals, **given))


class Tab:
    """A page with a lecture's player, opened at a moment. Seconds of film in, reports out."""

    def __init__(
        self, session: Session, person: Supporter, film: Recording, *, opened: datetime, lecture: str = "basic-2"
    ) -> None:
        self.session, self.person, self.film, self.lecture = session, person, film, lecture
        self.opened = self.now = opened
        self.name = f"tab-{next(_numbers)}"
        self.sent: list[Report] = []
        self.seen: list[Interval] = []
        self.wall_ms = 0
        self.is_online = True

    def play(self, start: float, end: float, *, rate: float = 1.0) -> None:
        """Plays from one second of the film to another."""
        here, last = round(start * 1000), round(end * 1000)
        while here < last:
            there = min(last, here + round((EVERY_MS - self.wall_ms) * rate))
            wall = round((there - here) / rate)
            self.seen.append((here, there))
            self.wall_ms += wall
            self.now += timedelta(milliseconds=wall)
            here = there
            if self.wall_ms >= EVERY_MS:
                self.flush(position=here, rate=rate)

    def flush(self, *, position: int | None = None, rate: float = 1.0) -> None:
        """Reports what was played since the last report."""
        if not self.seen:
            return
        self.sent.append(
            report(
                self.film.key,
                merge(self.seen),
                play_session=self.name,
                sequence=len(self.sent),
                wall_ms=self.wall_ms,
                rate=rate,
                position=self.seen[-1][1] if position is None else position,
            )
        )
        self.seen, self.wall_ms = [], 0
        if self.is_online:
            self.deliver(self.sent[-1])

    def deliver(self, sent: Report, *, now: datetime | None = None) -> Recorded:
        """What the site makes of a report, now or at another moment."""
        recorded = record_watched(
            self.session, supporter=self.person.id, lecture=self.lecture, report=sent, opened_at=self.opened,
            now=now or self.now,
        )  # fmt: skip
        self.session.flush()
        return recorded

    def leave(self) -> None:
        """Reports the rest."""
        self.flush()
