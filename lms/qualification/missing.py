"""`rules.assess` as a question to the database: of whom is a thing missing, for lists of many people.

The days behind us fall into stretches on each of which one set of surveys is required. Somebody is judged by the first
stretch in which they had everything sent that it requires, else by today's. There are few stretches, so the question
becomes a short expression over the index of who has answered what. A test compares it with `assess` for many people.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise

import sqlalchemy as sa
from sqlalchemy.orm import Session

from courses import queries as courses
from courses.models import Attestation, Lecture, Recording, Viewing
from courses.rules import Programme, programme_for, required_surveys
from lms.kernel.clock import begin_of, day_after
from lms.memoranda.models import Memorandum
from lms.memoranda.rules import State
from lms.qualification.models import Qualification
from lms.qualification.rules import Why
from lms.supporters.models import Standing, Supporter
from lms.supporters.rules import Wish
from surveys.models import Response
from surveys.rules import ResponseState

Condition = sa.ColumnElement[bool]
STATES = {Why.SURVEY_WAITS: ResponseState.SUBMITTED, Why.SURVEY_RETURNED: ResponseState.RETURNED}
UNSENT = (Why.SURVEY_MISSING, Why.SURVEY_BEGUN, Why.WATCH_MORE, Why.NOT_VIEWABLE)


@dataclass(frozen=True)
class Stretch:
    """From `first` to `last`, both included, the surveys of exactly these lectures are required."""

    first: date
    last: date
    required: frozenset[str]


def stretches(programmes: Iterable[Programme], *, on: date) -> list[Stretch]:
    """The days up to `on`, oldest first; neighbours differ in what they require."""
    known = tuple(programmes)
    begins = {date.min, on + timedelta(days=1)}
    for programme in known:
        begins |= {programme.first_day, day_after(programme.last_day)}
        begins |= {e.first for e in programme.exemptions}
        begins |= {day_after(e.last) for e in programme.exemptions}
    found = []
    for first, after in pairwise(sorted(day for day in begins if day <= on + timedelta(days=1))):
        if (held := programme_for(known, on=first)) is not None:
            found.append(Stretch(first, after - timedelta(days=1), required_surveys(held, on=first)))
    merged = [list(same) for _, same in groupby(found, key=lambda stretch: stretch.required)]
    return [Stretch(same[0].first, same[-1].last, same[0].required) for same in merged]


def missing_filter(
    session: Session, why: Why, lecture: str | None = None, *, only: bool = False, on: date
) -> sa.ColumnElement[bool]:
    """A condition on `Supporter`: this is missing, of any lecture if none is named; `only`: and nothing else is."""
    programmes = list(courses.programmes(session).values())
    today = programme_for(programmes, on=on)
    if today is None:
        return sa.false()
    if why is Why.ADDRESS_MISSING:
        return _address_missing()
    ids = {row.code: row.id for row in session.execute(sa.select(Lecture.code, Lecture.id))}
    asked = _Asked(stretches(programmes, on=on), today, ids, on)
    return sa.and_(_on_the_way(), asked.only(why, lecture) if only else asked.missing(why, lecture))


def reminder_filter(session: Session, *, on: date) -> sa.ColumnElement[bool]:
    """A condition on `Supporter`: something is missing that is theirs to do, so that a reminder makes sense."""
    theirs = [missing_filter(session, why, on=on) for why in Why if why.is_theirs]
    return sa.and_(sa.or_(*theirs), sa.not_(missing_filter(session, Why.EXPERIENCE_WAITS, on=on)))


def _on_the_way() -> Condition:
    """Of whom something is asked at all: they wish to accompany people, and nothing was decided yet."""
    return sa.and_(
        _wishes(),
        sa.not_(sa.and_(Supporter.experience_declared, Supporter.experience_confirmed_at.is_not(None))),
        ~_exists(Qualification.supporter_id == Supporter.id),
    )


def _wishes() -> Condition:
    in_training = _exists(Standing.supporter_id == Supporter.id, Standing.until.is_(None))
    return sa.and_(Supporter.wish == Wish.ACCOMPANY, ~in_training)


def _address_missing() -> Condition:
    due = _exists(Memorandum.supporter_id == Supporter.id, Memorandum.state == State.DUE)
    return sa.and_(Supporter.postal_code.is_(None), _wishes(), due)


@dataclass(frozen=True)
class _Asked:
    """What is asked of people on a day: `rules.assess` in conditions."""

    stretches: Sequence[Stretch]
    today: Programme
    ids: Mapping[str, int]
    on: date

    def missing(self, why: Why, lecture: str | None) -> Condition:
        if why is Why.EXPERIENCE_WAITS:
            return sa.and_(Supporter.experience_declared, sa.or_(*(self._lacks(code) for code in self._lectures())))
        codes = [lecture] if lecture else self._lectures()
        return sa.or_(sa.false(), *(self._is(why, code) for code in codes if code in self.ids))

    def only(self, why: Why, lecture: str | None) -> Condition:
        """One lecture with this reason, every other in order."""
        if why is Why.EXPERIENCE_WAITS:  # never alone: with nothing else missing, the course itself qualifies
            return sa.false()
        here = sa.and_(sa.not_(Supporter.experience_declared), self.missing(why, lecture))
        if lecture is None:
            lacking = (sa.case((self._lacks(code), 1), else_=0) for code in self._lectures())
            return sa.and_(here, sum(lacking, sa.literal(0)) == 1)
        return sa.and_(here, *(sa.not_(self._lacks(code)) for code in self._lectures() if code != lecture))

    def _lectures(self) -> list[str]:
        """Every lecture that any stretch requires."""
        return sorted(set().union(*(stretch.required for stretch in self.stretches)))

    def _lacks(self, code: str) -> Condition:
        """It is required and not accepted, for whatever reason."""
        return sa.and_(sa.not_(self._answered(code, ResponseState.ACCEPTED)), self._is_required(code))

    def _is(self, why: Why, code: str) -> Condition:
        if why in STATES:
            return sa.and_(self._answered(code, STATES[why]), self._is_required(code))
        sent = self._answered(code, ResponseState.SUBMITTED, ResponseState.RETURNED, ResponseState.ACCEPTED)
        begun = self._answered(code, ResponseState.DRAFT)
        watched, hidden = self._watched(code), _truth(self.today.hides(code, on=self.on))
        condition = {
            Why.NOT_VIEWABLE: sa.and_(hidden, sa.not_(sa.and_(begun, watched))),
            Why.WATCH_MORE: sa.and_(sa.not_(hidden), sa.not_(watched)),
            Why.SURVEY_BEGUN: sa.and_(begun, watched),
            Why.SURVEY_MISSING: sa.and_(sa.not_(hidden), sa.not_(begun), watched),
        }[why]
        return sa.and_(sa.not_(sent), condition, self._is_required(code, unsent=True))

    def _is_required(self, code: str, *, unsent: bool = False) -> Condition:
        """Whether the stretch somebody is judged by requires it; folded as far as it is the same for everybody.

        `unsent`: it is known that they have not sent it, so that no stretch that requires it can be theirs.
        """
        rest: bool | Condition = code in self.stretches[-1].required
        for stretch in reversed(self.stretches):
            if code in stretch.required:
                rest = (
                    rest
                    if unsent or rest is True
                    else (
                        self._had_everything(stretch) if rest is False else sa.or_(self._had_everything(stretch), rest)
                    )
                )
            elif rest is not False:
                had_not = sa.not_(self._had_everything(stretch))
                rest = had_not if rest is True else sa.and_(had_not, rest)
        return _truth(rest) if isinstance(rest, bool) else rest

    def _had_everything(self, stretch: Stretch) -> Condition:
        """On some day of the stretch on which they sent something, all it requires had been sent."""
        end = begin_of(stretch.last + timedelta(days=1))
        sent = [self._sent_before(code, end) for code in sorted(stretch.required)]
        if stretch.first == date.min:
            return sa.and_(*sent) if sent else self._sent_between(None, end)
        return sa.and_(*sent, self._sent_between(begin_of(stretch.first), end))

    def _answered(self, code: str, *states: ResponseState) -> Condition:
        return _exists(
            Response.supporter_id == Supporter.id, Response.lecture_id == self.ids[code], Response.state.in_(states)
        )

    def _sent_before(self, code: str, end: datetime) -> Condition:
        return _exists(
            Response.supporter_id == Supporter.id, Response.lecture_id == self.ids[code], Response.submitted_at < end
        )

    def _sent_between(self, begin: datetime | None, end: datetime) -> Condition:
        since = Response.submitted_at >= begin if begin else sa.true()
        return _exists(Response.supporter_id == Supporter.id, Response.submitted_at < end, since)

    def _watched(self, code: str) -> Condition:
        needed = self.today.require_watched.get(code)
        if not needed:
            return sa.true()
        seen = _exists(
            Viewing.supporter_id == Supporter.id,
            Viewing.recording_id == Recording.id,
            Recording.lecture_id == self.ids[code],
            Viewing.covered_ms >= needed * Recording.duration_ms,
        )
        attested = _exists(Attestation.supporter_id == Supporter.id, Attestation.lecture_id == self.ids[code])
        return sa.or_(seen, attested)


def _exists(*where: Condition) -> sa.Exists:
    # The list itself may join these tables: only the person is taken from it.
    return sa.exists().where(*where).correlate(Supporter)


def _truth(known: bool) -> Condition:
    return sa.true() if known else sa.false()
