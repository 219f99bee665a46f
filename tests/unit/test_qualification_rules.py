"""Every worked example of PRODUCT.md R2 to R4 and R7."""

from dataclasses import replace
from datetime import date

import pytest

from courses.rules import Confirmation, Exemption, NotViewable, Programme, programme_for, required_surveys
from lms.kernel.clock import tokyo_day
from lms.memoranda.rules import Route
from lms.qualification import rules
from lms.qualification.rules import Answered, Assessment, Missing, Person, Standing, Why
from tests.make import BASIC, moment

PROGRAMME = Programme(
    code="sample",
    first_day=date(2023, 7, 10),
    last_day=date(2026, 2, 28),
    required=BASIC,
    confirmation=Confirmation.BY_PERSON,
    exemptions=(Exemption("basic-5", date(2023, 7, 10), date(2024, 3, 31)),),
    not_viewable=(NotViewable("basic-5", date(2023, 4, 1), date(2024, 3, 31)),),
)
NEWCOMER = Person(wishes_to_accompany=True)


def answered(*given: tuple[str, str, str]) -> list[Answered]:
    """(lecture, Tokyo time of submission, state)"""
    return [
        Answered(number, lecture, state, tokyo_day(moment(at)) if at else None)
        for number, (lecture, at, state) in enumerate(given, start=1)
    ]


def accepted(at: str, *lectures: str) -> list[tuple[str, str, str]]:
    return [(lecture, at, "accepted") for lecture in lectures]


def assess(*given: tuple[str, str, str], person: Person = NEWCOMER, on: date) -> Assessment:
    return rules.assess(person, programmes=[PROGRAMME], answered=answered(*given), on=on)


def test_the_first_year_asks_for_four_surveys_and_later_years_for_five():
    assert required_surveys(PROGRAMME, on=date(2024, 3, 31)) == set(BASIC[:4])
    assert required_surveys(PROGRAMME, on=date(2024, 4, 1)) == set(BASIC)


def test_one_to_four_by_the_last_minute_of_the_first_year_qualifies_by_its_rule():
    found = assess(*accepted("2024-03-31 23:59", *BASIC[:4]), on=date(2024, 3, 31))

    assert found == Assessment(
        Standing.QUALIFIES,
        BASIC[:4],
        route=Route.COURSE,
        programme="sample",
        rule_day=date(2024, 3, 31),
        evidence=(1, 2, 3, 4),
    )
    assert found.rule_year == 2023


def test_one_minute_later_basic_5_is_missing():
    found = assess(
        *accepted("2024-03-01 12:00", *BASIC[:3]), *accepted("2024-04-01 00:00", "basic-4"), on=date(2024, 4, 1)
    )

    assert (found.standing, found.missing) == (Standing.NOT_YET, (Missing(Why.SURVEY_MISSING, "basic-5"),))


def test_three_in_the_first_year_and_the_fourth_in_the_second_leaves_basic_5_missing():
    found = assess(
        *accepted("2023-09-01 12:00", *BASIC[:3]), *accepted("2024-06-01 12:00", "basic-4"), on=date(2024, 7, 1)
    )

    assert found.missing == (Missing(Why.SURVEY_MISSING, "basic-5"),)


def test_who_had_everything_in_the_first_year_still_qualifies_two_years_later_by_that_years_rule():
    found = assess(*accepted("2023-12-01 12:00", *BASIC[:4]), on=date(2025, 6, 1))

    assert (found.qualifies, found.rule_year) == (True, 2023)


def test_an_answer_of_2023_accepted_in_2024_counts_for_2023():
    waiting = assess(
        *accepted("2024-03-01 12:00", *BASIC[:3]), ("basic-4", "2024-03-30 12:00", "submitted"), on=date(2024, 4, 10)
    )
    afterwards = assess(*accepted("2024-03-30 12:00", *BASIC[:4]), on=date(2024, 4, 10))

    assert waiting.missing == (Missing(Why.SURVEY_WAITS, "basic-4"),)
    assert (afterwards.qualifies, afterwards.rule_year) == (True, 2023)


def test_a_small_correction_asked_for_in_the_next_year_does_not_cost_the_year():
    found = assess(
        *accepted("2024-03-01 12:00", *BASIC[:3]), ("basic-4", "2024-03-30 12:00", "returned"), on=date(2024, 4, 10)
    )

    assert found.missing == (Missing(Why.SURVEY_RETURNED, "basic-4"),)


def test_all_five_in_a_later_year_qualify_by_the_rule_of_the_day_of_the_last():
    found = assess(
        *accepted("2024-05-01 12:00", *BASIC[:4]), *accepted("2025-04-02 12:00", "basic-5"), on=date(2025, 5, 1)
    )

    assert (found.qualifies, found.rule_day, found.evidence) == (True, date(2025, 4, 2), (1, 2, 3, 4, 5))


def test_advanced_surveys_never_count_towards_it():
    found = assess(*accepted("2023-09-01 12:00", "advanced-1", "advanced-2"), on=date(2023, 9, 2))

    assert [m.lecture for m in found.missing] == list(BASIC[:4])


def test_a_draft_is_begun_but_not_sent():
    found = assess(("basic-1", "", "draft"), *accepted("2023-09-01 12:00", *BASIC[1:4]), on=date(2023, 9, 2))

    assert found.missing == (Missing(Why.SURVEY_BEGUN, "basic-1"),)


def test_a_required_lecture_that_cannot_be_watched_says_so():
    late = Programme(**{**vars(PROGRAMME), "exemptions": ()})

    found = rules.assess(
        NEWCOMER, programmes=[late], answered=answered(*accepted("2023-09-01 12:00", *BASIC[:4])), on=date(2023, 9, 2)
    )

    assert found.missing == (Missing(Why.NOT_VIEWABLE, "basic-5"),)


def test_an_experienced_person_qualifies_without_the_course_once_the_secretariat_has_confirmed():
    declared = Person(wishes_to_accompany=True, experience_declared=True)
    confirmed = Person(wishes_to_accompany=True, experience_declared=True, experience_confirmed=True)

    before = assess(person=declared, on=date(2023, 9, 1))
    after = assess(person=confirmed, on=date(2023, 9, 1))

    assert before.missing[-1] == Missing(Why.EXPERIENCE_WAITS)
    assert after == Assessment(
        Standing.QUALIFIES, route=Route.EXPERIENCED, programme="sample", rule_day=date(2023, 9, 1)
    )


def test_an_experienced_person_who_takes_the_course_qualifies_by_it_too():
    person = Person(wishes_to_accompany=True, experience_declared=True)

    found = assess(*accepted("2023-09-01 12:00", *BASIC[:4]), person=person, on=date(2023, 9, 2))

    assert (found.qualifies, found.route) == (True, Route.COURSE)


@pytest.mark.parametrize(
    ("person", "standing"),
    [
        (Person(wishes_to_accompany=False), Standing.LEARNING),
        (Person(wishes_to_accompany=False, is_trainee=True), Standing.TRAINEE),
        (Person(wishes_to_accompany=True, is_trainee=True), Standing.TRAINEE),
    ],
)
def test_who_only_learns_never_qualifies_and_is_asked_for_nothing(person, standing):
    found = assess(*accepted("2023-09-01 12:00", *BASIC), person=person, on=date(2023, 9, 2))

    assert found == Assessment(standing)


def test_who_had_everything_together_under_one_programme_qualifies_by_it_when_the_next_has_begun():
    later = Programme(
        **{
            **vars(PROGRAMME),
            "code": "later",
            "first_day": date(2026, 4, 1),
            "last_day": date(2029, 3, 31),
            "exemptions": (),
        }
    )

    found = rules.assess(
        NEWCOMER,
        programmes=[PROGRAMME, later],
        answered=answered(*accepted("2024-03-01 12:00", *BASIC[:4])),
        on=date(2026, 5, 1),
    )

    assert (found.qualifies, found.programme, found.rule_year) == (True, "sample", 2023)


def test_only_what_people_can_do_themselves_is_theirs():
    assert [why for why in Why if why.is_theirs] == [
        Why.SURVEY_MISSING,
        Why.SURVEY_BEGUN,
        Why.SURVEY_RETURNED,
        Why.WATCH_MORE,
        Why.ADDRESS_MISSING,
    ]


def test_a_lecture_is_hidden_on_its_days_only():
    dated = replace(
        PROGRAMME, exemptions=(), not_viewable=(NotViewable("basic-5", date(2023, 9, 1), date(2023, 9, 30)),)
    )
    held = answered(*accepted("2023-08-01 12:00", *BASIC[:4]))

    found = {
        on: rules.assess(NEWCOMER, programmes=[dated], answered=held, on=on).missing[0].why
        for on in (date(2023, 8, 31), date(2023, 9, 1), date(2023, 9, 30), date(2023, 10, 1))
    }

    assert list(found.values()) == [Why.SURVEY_MISSING, Why.NOT_VIEWABLE, Why.NOT_VIEWABLE, Why.SURVEY_MISSING]


@pytest.mark.parametrize(
    ("share", "state", "why"),
    [
        (0.0, None, Why.WATCH_MORE),
        (0.79, "draft", Why.WATCH_MORE),
        (0.8, None, Why.SURVEY_MISSING),
        (0.8, "draft", Why.SURVEY_BEGUN),
        (0.0, "submitted", Why.SURVEY_WAITS),
        (0.0, "returned", Why.SURVEY_RETURNED),
    ],
)
def test_where_watching_is_required_it_comes_before_the_survey_but_never_after_it(share, state, why):
    watching = replace(PROGRAMME, required=("basic-1",), exemptions=(), require_watched={"basic-1": 0.8})
    held = answered(("basic-1", "" if state == "draft" else "2023-09-01 12:00", state)) if state else []

    found = rules.assess(
        replace(NEWCOMER, watched={"basic-1": share}), programmes=[watching], answered=held, on=date(2023, 9, 2)
    )

    assert found.missing == (Missing(why, "basic-1"),)


def test_what_was_decided_stays_and_only_the_address_is_asked_for():
    later = date(2024, 6, 1)
    granted = replace(NEWCOMER, is_qualified=True, papers_due=True)

    assert assess(person=granted, on=later) == Assessment(Standing.QUALIFIES)
    assert assess(person=replace(granted, has_address=False), on=later).missing == (Missing(Why.ADDRESS_MISSING),)
    assert assess(person=replace(granted, has_address=False, papers_due=False), on=later).missing == ()


def test_the_running_programme_holds_else_the_last_begun_else_the_first_to_come():
    later = Programme(
        **{**vars(PROGRAMME), "code": "later", "first_day": date(2026, 4, 1), "last_day": date(2029, 3, 31)}
    )
    both = [later, PROGRAMME]

    assert programme_for(both, on=date(2023, 1, 1)) is PROGRAMME
    assert programme_for(both, on=date(2025, 1, 1)) is PROGRAMME
    assert programme_for(both, on=date(2026, 3, 1)) is PROGRAMME
    assert programme_for(both, on=date(2026, 4, 1)) is later
    assert programme_for([], on=date(2026, 4, 1)) is None
