"""What a changed programme would do: to whom, and from which day on."""

from dataclasses import replace
from datetime import date

from courses.rules import Confirmation, Exemption, NotViewable, Programme
from lms.kernel.identity import SupporterId
from lms.qualification.missing import stretches
from lms.qualification.programmes.rules import Effect, WhatIf, days_of_change, what_if
from lms.qualification.rules import Answered, Missing, Person, Why
from tests.make import BASIC

TODAY = date(2026, 11, 22)
MONTH_END, NEXT_MONTH = date(2026, 11, 30), date(2026, 12, 1)
OPEN = Programme("open", date(2026, 4, 1), date(2029, 3, 31), BASIC, Confirmation.BY_PERSON)
YEAR = (date(2026, 4, 1), date(2027, 3, 31))
WITHOUT_5 = replace(OPEN, exemptions=(Exemption("basic-5", *YEAR),), not_viewable=(NotViewable("basic-5", *YEAR),))
WITH_5_SOON = replace(
    OPEN,
    exemptions=(Exemption("basic-5", YEAR[0], MONTH_END),),
    not_viewable=(NotViewable("basic-5", YEAR[0], MONTH_END),),
)
NEWCOMER = Person(wishes_to_accompany=True)


def sent(*lectures: str, state: str = "accepted") -> list[Answered]:
    return [Answered(number, code, state, date(2026, 9, 1)) for number, code in enumerate(lectures, start=1)]


def looked(
    old: Programme, new: Programme, *people: tuple[Person, list[Answered]], lacking: tuple = (), said=""
) -> WhatIf:
    everybody = [(SupporterId(n), person, answered) for n, (person, answered) in enumerate(people, start=1)]
    return what_if(everybody, old=[old], new=[new], without_papers=lacking, on=TODAY, said=said)


def effects(found: WhatIf) -> dict[int, tuple[Effect, date]]:
    return {outcome.supporter: (outcome.effect, outcome.day) for outcome in found.outcomes}


def test_basic_5_viewable_from_next_month_touches_those_who_have_not_sent_the_other_four():
    found = looked(
        WITHOUT_5,
        WITH_5_SOON,
        (NEWCOMER, sent(*BASIC[:2])),
        (NEWCOMER, sent(*BASIC[:4], state="submitted")),
        (replace(NEWCOMER, is_qualified=True), sent(*BASIC[:4])),
        (Person(wishes_to_accompany=False), []),
        (NEWCOMER, sent(*BASIC)),
    )

    assert (found.days, found.people) == ((NEXT_MONTH,), 5)
    assert effects(found) == {1: (Effect.MORE, NEXT_MONTH)}
    assert [m.lecture for m in found.outcomes[0].before] == ["basic-3", "basic-4"]
    assert found.outcomes[0].after[-1] == Missing(Why.SURVEY_MISSING, "basic-5")


def test_a_lecture_that_becomes_viewable_today_frees_those_whom_it_held_up():
    hidden = replace(OPEN, not_viewable=(NotViewable("basic-5", *YEAR),))

    found = looked(hidden, OPEN, (NEWCOMER, sent(*BASIC[:4])))

    assert effects(found) == {1: (Effect.OTHERWISE, TODAY)}


def test_who_gains_and_for_whom_less_is_missing():
    found = looked(OPEN, WITHOUT_5, (NEWCOMER, sent(*BASIC[:4])), (NEWCOMER, sent("basic-1")))

    assert effects(found) == {1: (Effect.GAINS, TODAY), 2: (Effect.LESS, TODAY)}
    assert (found.gain_on(TODAY), found.gain_on(NEXT_MONTH)) == ([1], [])


def test_an_exemption_that_begins_later_qualifies_on_its_first_day_and_not_by_saving():
    later = replace(OPEN, exemptions=(Exemption("basic-5", NEXT_MONTH, YEAR[1]),))

    found = looked(OPEN, later, (NEWCOMER, sent(*BASIC[:4])))

    assert effects(found) == {1: (Effect.GAINS, NEXT_MONTH)}
    assert found.gain_on(TODAY) == []


def test_who_was_qualified_keeps_it_although_more_would_be_asked():
    found = looked(WITHOUT_5, OPEN, (replace(NEWCOMER, is_qualified=True), sent(*BASIC[:4])))

    assert effects(found) == {1: (Effect.KEEPS, TODAY)}


def test_a_programme_that_opens_today_brings_the_qualified_their_papers():
    ended = replace(OPEN, first_day=date(2023, 7, 10), last_day=date(2026, 2, 28))

    found = looked(ended, OPEN, (replace(NEWCOMER, is_qualified=True), sent(*BASIC)), lacking=(SupporterId(1),))

    assert effects(found) == {1: (Effect.PAPERS, TODAY)}
    assert found.gain_on(TODAY) == [1]


def test_only_days_on_which_something_differs_are_looked_at():
    assert days_of_change([OPEN], [OPEN], on=TODAY) == ()
    assert days_of_change([WITHOUT_5], [WITH_5_SOON], on=TODAY) == (NEXT_MONTH,)
    assert days_of_change([OPEN], [WITHOUT_5], on=TODAY) == (TODAY,)


def test_until_further_notice_may_be_the_last_day_there_is():
    for_ever = replace(OPEN, last_day=date.max, not_viewable=(NotViewable("basic-5", TODAY, date.max),))

    assert days_of_change([OPEN], [for_ever], on=TODAY) == (TODAY, date(2029, 4, 1))
    assert [(s.first, s.last) for s in stretches([for_ever], on=TODAY)] == [(date.min, TODAY)]


def test_the_fingerprint_is_of_the_people_and_of_the_rules():
    one = looked(OPEN, WITHOUT_5, (NEWCOMER, sent(*BASIC[:4])), said="a")

    assert looked(OPEN, WITHOUT_5, (NEWCOMER, sent(*BASIC[:4])), said="a").fingerprint == one.fingerprint
    assert looked(OPEN, WITHOUT_5, (NEWCOMER, sent(*BASIC[:4])), said="b").fingerprint != one.fingerprint
    assert looked(OPEN, WITHOUT_5, (NEWCOMER, sent(*BASIC[:3])), said="a").fingerprint != one.fingerprint
