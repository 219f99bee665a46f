"""Whose turn it is with one person."""

import pytest

from lms.memoranda.rules import State
from lms.secretariat.person.rules import Situation, Turn, turns


def test_nothing_known_is_nobodys_turn():
    assert turns(Situation()) == []


@pytest.mark.parametrize(
    ("state", "turn"),
    [
        (State.PRINTED, Turn.POST),
        (State.RETURNED, Turn.CHECK),
        (State.CHECKED, Turn.FILE),
        (State.INCOMPLETE, Turn.ANSWER_FAULTS),
        (State.UNDELIVERABLE, Turn.RING_ABOUT_ADDRESS),
        (State.HELD, Turn.LET_GO),
    ],
)
def test_each_state_of_the_papers_has_its_turn(state, turn):
    assert turns(Situation(papers=state)) == [turn]


@pytest.mark.parametrize("state", [State.COMPLETE, State.WITHDRAWN])
def test_papers_that_are_over_are_nobodys_turn(state):
    assert turns(Situation(papers=state)) == []


def test_papers_that_are_due_are_printed_once_they_are_made():
    assert turns(Situation(papers=State.DUE, has_pack=True, has_address=True)) == [Turn.PRINT]
    assert turns(Situation(papers=State.DUE, has_address=True)) == []
    assert turns(Situation(papers=State.DUE)) == [Turn.ASK_FOR_ADDRESS]


def test_somebody_rings_once_papers_have_been_out_for_more_than_thirty_days():
    assert turns(Situation(papers=State.POSTED, days_out=30)) == []
    assert turns(Situation(papers=State.POSTED, days_out=31)) == [Turn.RING_ABOUT_PAPERS]


def test_what_holds_up_the_person_comes_first():
    found = turns(Situation(to_read=2, experience_waits=True, papers=State.UNDELIVERABLE, failed_mails=1))

    assert found == [Turn.RING_ABOUT_ADDRESS, Turn.READ, Turn.CONFIRM, Turn.SEE_TO_MAIL]
