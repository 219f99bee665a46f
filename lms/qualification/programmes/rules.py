"""What a changed programme would do to people, before it is saved. Pure: values in, values out."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from courses.rules import Programme, programme_for, required_surveys
from lms.kernel.identity import SupporterId
from lms.qualification.rules import Answered, Assessment, Missing, Person, assess

# Of the days to come on which something changes, so many are looked at.
MOST_DAYS = 3


class Effect(StrEnum):
    """What a change does to somebody, the most welcome first."""

    GAINS = "gains"
    PAPERS = "papers"
    LESS = "less"
    OTHERWISE = "otherwise"
    MORE = "more"
    KEEPS = "keeps"


@dataclass(frozen=True)
class Outcome:
    """Somebody to whom a change does something, from `day` on; what is missing by the old rules and by the new."""

    supporter: SupporterId
    effect: Effect
    day: date
    before: tuple[Missing, ...]
    after: tuple[Missing, ...]


@dataclass(frozen=True)
class WhatIf:
    """A change looked at: the days on which it does something, how many people were looked at, whom it touches."""

    days: tuple[date, ...]
    people: int
    outcomes: tuple[Outcome, ...]
    fingerprint: str

    def of(self, effect: Effect) -> list[Outcome]:
        """Those to whom this happens."""
        return [outcome for outcome in self.outcomes if outcome.effect is effect]

    def gain_on(self, day: date) -> list[SupporterId]:
        """Who qualifies, or is owed papers, by the change itself on that day."""
        wanted = {Effect.GAINS, Effect.PAPERS}
        return [outcome.supporter for outcome in self.outcomes if outcome.effect in wanted and outcome.day == day]


def what_if(
    people: Iterable[tuple[SupporterId, Person, Sequence[Answered]]],
    *,
    old: Sequence[Programme],
    new: Sequence[Programme],
    without_papers: Iterable[SupporterId],
    on: date,
    said: str,
) -> WhatIf:
    """Everybody brought before both sets of programmes, today and on the next days on which these differ.

    `without_papers` are qualified and have no memorandum yet. `said` is whatever else the result stands for: it becomes
    part of the fingerprint.
    """
    days, begins = days_of_change(old, new, on=on), _runs(new, on) and not _runs(old, on)
    lacking = frozenset(without_papers) if begins else frozenset()
    outcomes, count = [], 0
    for supporter, person, answered in people:
        count += 1
        if supporter in lacking:
            outcomes.append(Outcome(supporter, Effect.PAPERS, on, (), ()))
        elif outcome := _outcome(supporter, person, answered, old=old, new=new, days=days):
            outcomes.append(outcome)
    text = repr(
        (said, [(o.supporter, o.effect.value, o.day, _lectures(o.before), _lectures(o.after)) for o in outcomes])
    )
    return WhatIf(days, count, tuple(outcomes), hashlib.sha256(text.encode()).hexdigest())


def _runs(programmes: Iterable[Programme], day: date) -> bool:
    return any(programme.runs_on(day) for programme in programmes)


def _outcome(
    supporter: SupporterId,
    person: Person,
    answered: Sequence[Answered],
    *,
    old: Sequence[Programme],
    new: Sequence[Programme],
    days: Iterable[date],
) -> Outcome | None:
    """The first thing that happens to somebody."""
    undecided = replace(person, is_qualified=False, papers_due=False)
    for day in days:
        before = assess(undecided, programmes=old, answered=answered, on=day)
        after = assess(undecided, programmes=new, answered=answered, on=day)
        if effect := _effect(before, after, is_granted=person.is_qualified):
            return Outcome(supporter, effect, day, before.missing, after.missing)
    return None


def _effect(before: Assessment, after: Assessment, *, is_granted: bool) -> Effect | None:
    was, becomes = _lectures(before.missing), _lectures(after.missing)
    is_more = not set(becomes) <= set(was)
    if is_granted:
        return Effect.KEEPS if is_more else None
    if after.qualifies and not before.qualifies:
        return Effect.GAINS
    if is_more:
        return Effect.MORE
    if was != becomes:
        return Effect.LESS
    return Effect.OTHERWISE if before.missing != after.missing else None


def _lectures(missing: Iterable[Missing]) -> tuple[str, ...]:
    return tuple(sorted(found.lecture for found in missing if found.lecture))


def days_of_change(old: Sequence[Programme], new: Sequence[Programme], *, on: date) -> tuple[date, ...]:
    """Today, if anything differs until now, and the next days on which something begins to differ."""
    begins = sorted(_begins(old) | _begins(new) | {date.min, on})
    differing = [day for day in begins if _view(old, day) != _view(new, day)]
    past = [day for day in differing if day <= on]
    coming = [day for day in differing if day > on]
    return (*([on] if past else []), *coming[:MOST_DAYS])


def _begins(programmes: Sequence[Programme]) -> set[date]:
    """The days on which a programme says something new."""
    spans = {(programme.first_day, programme.last_day) for programme in programmes}
    for programme in programmes:
        spans |= {(e.first, e.last) for e in programme.exemptions}
        spans |= {(n.first, n.last) for n in programme.not_viewable}
    return {first for first, _ in spans} | {last + timedelta(days=1) for _, last in spans if last < date.max}


def _view(programmes: Sequence[Programme], day: date) -> object:
    """What holds on a day, as far as it decides who qualifies."""
    programme = programme_for(programmes, on=day)
    if programme is None:
        return None
    required = required_surveys(programme, on=day)
    hidden = frozenset(code for code in programme.required if programme.hides(code, on=day))
    watched = tuple(sorted((code, share) for code, share in programme.require_watched.items() if code in required))
    return programme.required, required, hidden, watched, programme.runs_on(day)
