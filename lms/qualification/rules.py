"""Who qualifies, by which rule, and what is missing (PRODUCT.md R2, R3, R7). Pure: values in, values out.

The rule of a year is asked for the day on which the last required survey was submitted, not for today: somebody who
had everything together in the first year qualifies by the first year's rule however late the secretariat reads it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from courses.rules import Programme, programme_for, required_surveys
from lms.kernel.clock import fiscal_year
from lms.memoranda.rules import Route


class Standing(StrEnum):
    """Where somebody stands today."""

    LEARNING = "learning"
    TRAINEE = "trainee"
    NOT_YET = "not_yet"
    QUALIFIES = "qualifies"


class Why(StrEnum):
    """What is still missing; some of it is the person's to do, the rest the secretariat's."""

    SURVEY_MISSING = "survey_missing"
    SURVEY_BEGUN = "survey_begun"
    SURVEY_RETURNED = "survey_returned"
    WATCH_MORE = "watch_more"
    NOT_VIEWABLE = "not_viewable"
    SURVEY_WAITS = "survey_waits"
    EXPERIENCE_WAITS = "experience_waits"
    ADDRESS_MISSING = "address_missing"

    @property
    def is_theirs(self) -> bool:
        """Whether the person can do something about it now."""
        return self in {
            Why.SURVEY_MISSING,
            Why.SURVEY_BEGUN,
            Why.SURVEY_RETURNED,
            Why.WATCH_MORE,
            Why.ADDRESS_MISSING,
        }

    @property
    def is_of_a_lecture(self) -> bool:
        """Whether it is about one lecture."""
        return self not in {Why.EXPERIENCE_WAITS, Why.ADDRESS_MISSING}


@dataclass(frozen=True)
class Answered:
    """A response: `state` is draft, submitted, returned or accepted; `on` the Tokyo day it was first submitted."""

    response_id: int
    lecture: str
    state: str
    on: date | None


@dataclass(frozen=True)
class Person:
    """What the rules need to know of somebody.

    `is_qualified`: a decision is stored, which no later rule takes back. `papers_due`: a memorandum waits to be
    printed. `watched` is lecture to the share of it that was seen; it is looked at only where a programme requires it.
    """

    wishes_to_accompany: bool
    is_trainee: bool = False
    experience_declared: bool = False
    experience_confirmed: bool = False
    is_qualified: bool = False
    papers_due: bool = False
    has_address: bool = True
    watched: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Missing:
    """One thing that is missing; `lecture` is its code where it is about one."""

    why: Why
    lecture: str | None = None


@dataclass(frozen=True)
class Assessment:
    """The answer to "why (not) yet".

    For somebody who qualifies: the route, the day and 年度 of the rule, the evidence.
    """

    standing: Standing
    required: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()
    route: Route | None = None
    programme: str | None = None
    rule_day: date | None = None
    evidence: tuple[int, ...] = ()

    @property
    def qualifies(self) -> bool:
        """Whether a qualification is earned."""
        return self.standing is Standing.QUALIFIES

    @property
    def rule_year(self) -> int | None:
        """年度 whose rule was applied."""
        return fiscal_year(self.rule_day) if self.rule_day else None


def assess(person: Person, *, programmes: Iterable[Programme], answered: Iterable[Answered], on: date) -> Assessment:
    """Where somebody stands on a day, and everything that is missing, in the programme's order.

    Each day is judged by the programme of that day, so that who had everything together under one programme qualifies
    by it, even when the next one has begun before the secretariat reads the last answer.
    """
    held, known = {a.lecture: a for a in answered}, tuple(programmes)
    today = programme_for(known, on=on)
    if person.is_trainee:
        return Assessment(Standing.TRAINEE)
    if not person.wishes_to_accompany or today is None:
        return Assessment(Standing.LEARNING)
    earned = _earned(person, known, held, today=today, on=on)
    if person.is_qualified and not earned.qualifies:
        earned = Assessment(Standing.QUALIFIES)
    if earned.qualifies and person.papers_due and not person.has_address:
        return replace(earned, missing=(Missing(Why.ADDRESS_MISSING),))
    return earned


def _earned(
    person: Person, programmes: tuple[Programme, ...], held: Mapping[str, Answered], *, today: Programme, on: date
) -> Assessment:
    """What the rules say of somebody who wishes to accompany people, whatever was decided before."""
    if person.experience_declared and person.experience_confirmed:
        return Assessment(Standing.QUALIFIES, route=Route.EXPERIENCED, programme=today.code, rule_day=on)
    programme, day = _rule(programmes, held) or (today, on)
    asked = required_surveys(programme, on=day)
    required = tuple(code for code in programme.required if code in asked)
    missing = [found for code in required if (found := _missing(code, held.get(code), person, today, on=on))]
    if not missing:
        evidence = tuple(held[code].response_id for code in required)
        return Assessment(
            Standing.QUALIFIES, required, route=Route.COURSE, programme=programme.code, rule_day=day, evidence=evidence
        )
    if person.experience_declared:
        missing.append(Missing(Why.EXPERIENCE_WAITS))
    return Assessment(Standing.NOT_YET, required, tuple(missing))


def _rule(programmes: Iterable[Programme], held: Mapping[str, Answered]) -> tuple[Programme, date] | None:
    """The first day on which everything required that day had been submitted, and the programme of that day."""
    for day in sorted({a.on for a in held.values() if a.on is not None}):
        programme = programme_for(programmes, on=day)
        submitted = {code for code, a in held.items() if a.on is not None and a.on <= day}
        if programme is not None and required_surveys(programme, on=day) <= submitted:
            return programme, day
    return None


def _missing(code: str, answer: Answered | None, person: Person, programme: Programme, *, on: date) -> Missing | None:
    match answer.state if answer else None:
        case "accepted":
            return None
        case "submitted":
            return Missing(Why.SURVEY_WAITS, code)
        case "returned":
            return Missing(Why.SURVEY_RETURNED, code)
    has_watched = person.watched.get(code, 0.0) >= programme.require_watched.get(code, 0.0)
    if programme.hides(code, on=on) and not (answer and has_watched):
        return Missing(Why.NOT_VIEWABLE, code)
    if not has_watched:
        return Missing(Why.WATCH_MORE, code)
    return Missing(Why.SURVEY_BEGUN if answer else Why.SURVEY_MISSING, code)
