"""The one thing to do now, for everybody who may come home."""

from dataclasses import replace
from datetime import date

from courses.queries import LectureRow
from courses.rules import Confirmation, Programme
from lms.memoranda.rules import State
from lms.qualification.next_step import Act, NextStep, next_step
from lms.qualification.rules import Answered, Assessment, Person, assess
from surveys.rules import ResponseState
from tests.make import BASIC, moment

TODAY = date(2026, 4, 1)
NEWCOMER = Person(wishes_to_accompany=True)
LEARNER = Person(wishes_to_accompany=False)
PROGRAMME = Programme(
    code="sample",
    first_day=TODAY,
    last_day=date(2027, 3, 31),
    required=BASIC,
    confirmation=Confirmation.BY_PERSON,
)


def lecture(code: str) -> LectureRow:
    series, number = code.split("-")
    return LectureRow(
        code=code,
        series=series,
        series_titles={},
        series_labels={},
        number=int(number),
        titles={},
        summaries={},
        not_viewable=None,
        recording="film",
        duration_ms=1000,
        intervals=(),
        unverified_ms=0,
        position_ms=0,
        covered_at=None,
        attested_at=None,
    )


def lectures(**changes: dict) -> list[LectureRow]:
    """All nine, unseen; `basic_2={"recording": None}` changes one."""
    codes = [*BASIC, *(f"advanced-{number}" for number in range(1, 5))]
    return [replace(lecture(code), **changes.get(code.replace("-", "_"), {})) for code in codes]


def assessment_of(person: Person, states: dict[str, ResponseState]) -> Assessment:
    answered = [
        Answered(number, code, state, None if state is ResponseState.DRAFT else TODAY)
        for number, (code, state) in enumerate(states.items(), start=1)
    ]
    return assess(person, programmes=[PROGRAMME], answered=answered, on=TODAY)


def step_of(
    person: Person = NEWCOMER,
    *,
    states: dict[str, ResponseState] | None = None,
    papers: State | None = None,
    has_address: bool = True,
    **changes: dict,
) -> tuple[Act, str | None, bool]:
    states = states or {}
    found = next_step(
        assessment_of(person, states),
        lectures=lectures(**changes),
        responses=states,
        papers=papers,
        has_address=has_address,
    )
    return found.act, found.lecture.code if found.lecture else None, found.is_asked


SEEN = {"covered_at": moment("2026-04-01 12:00")}
HALF = {"intervals": ((0, 400),)}
DRAFT, SUBMITTED, RETURNED, ACCEPTED = ResponseState
ALL_SENT = dict.fromkeys(BASIC, SUBMITTED)


def test_who_has_just_registered_is_asked_to_watch_the_first_lecture():
    assert step_of() == (Act.WATCH, "basic-1", True)


def test_what_was_begun_comes_before_what_was_not():
    assert step_of(basic_3=HALF) == (Act.GO_ON_WATCHING, "basic-3", True)
    assert step_of(basic_3=HALF, basic_4=SEEN) == (Act.ANSWER, "basic-4", True)
    assert step_of(states={"basic-5": DRAFT}, basic_4=SEEN) == (Act.GO_ON_ANSWERING, "basic-5", True)
    assert step_of(states={"basic-5": DRAFT, "basic-2": RETURNED}) == (Act.ANSWER_AGAIN, "basic-2", True)


def test_a_lecture_that_cannot_be_watched_is_passed_over_and_its_survey_is_asked_of_who_has_seen_it():
    assert step_of(basic_1={"recording": None}) == (Act.WATCH, "basic-2", True)
    assert step_of(basic_1={"recording": None, **SEEN}) == (Act.ANSWER, "basic-1", True)


def test_where_more_must_be_watched_first_the_lecture_comes_before_its_survey():
    watching = replace(PROGRAMME, required=("basic-1",), require_watched={"basic-1": 1.0})
    found = [
        next_step(
            assess(NEWCOMER, programmes=[watching], answered=given, on=TODAY),
            lectures=lectures(basic_1=SEEN | HALF),
            responses={"basic-1": DRAFT} if given else {},
            papers=None,
            has_address=True,
        )
        for given in ([], [Answered(1, "basic-1", DRAFT, None)])
    ]

    assert [(step.act, step.is_asked) for step in found] == [(Act.GO_ON_WATCHING, True)] * 2


def test_who_has_sent_everything_is_offered_a_lecture_and_asked_nothing():
    assert step_of(states=ALL_SENT) == (Act.WATCH, "advanced-1", False)
    assert step_of(states=ALL_SENT, advanced_2=HALF) == (Act.GO_ON_WATCHING, "advanced-2", False)


def test_a_survey_is_never_pressed_on_somebody_of_whom_it_is_not_asked():
    assert step_of(LEARNER, basic_1=SEEN) == (Act.WATCH, "basic-2", False)
    assert step_of(LEARNER, states={"basic-1": DRAFT}, basic_1=SEEN) == (Act.GO_ON_ANSWERING, "basic-1", False)


def test_while_experience_is_looked_at_the_course_is_only_offered():
    experienced = Person(wishes_to_accompany=True, experience_declared=True)

    assert step_of(experienced) == (Act.WATCH, "basic-1", False)


def test_papers_come_first_where_the_person_holds_them_up():
    accepted = dict.fromkeys(BASIC, ACCEPTED)

    assert step_of(states=accepted, papers=State.DUE, has_address=False) == (Act.ENTER_ADDRESS, None, True)
    assert step_of(states=accepted, papers=State.POSTED) == (Act.SEND_PAPERS_BACK, None, True)
    assert step_of(states=accepted, papers=State.UNDELIVERABLE) == (Act.CONFIRM_ADDRESS, None, True)
    assert step_of(states=accepted, papers=State.INCOMPLETE) == (Act.MEND_PAPERS, None, True)
    for state in set(State) - {State.POSTED, State.UNDELIVERABLE, State.INCOMPLETE}:
        assert step_of(states=accepted, papers=state) == (Act.WATCH, "advanced-1", False)


def test_only_what_holds_up_the_secretariat_is_waited_for():
    assert {act for act in Act if act.is_waited_for} == {
        Act.ENTER_ADDRESS,
        Act.CONFIRM_ADDRESS,
        Act.MEND_PAPERS,
        Act.SEND_PAPERS_BACK,
        Act.ANSWER_AGAIN,
    }


def test_who_has_done_everything_rests():
    everything = {row.code: ACCEPTED for row in lectures()}

    found = next_step(
        assessment_of(NEWCOMER, everything),
        lectures=lectures(),
        responses=everything,
        papers=State.COMPLETE,
        has_address=True,
    )

    assert found == NextStep(Act.REST)
