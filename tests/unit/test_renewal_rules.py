"""Who gets this year's papers."""

from dataclasses import replace
from datetime import date

import pytest

from lms.memoranda.rules import State
from lms.qualification.renewal.rules import Before, WhyNot, why_not, years_before

TODAY = date(2026, 4, 1)
ACTIVE = Before(wishes_to_accompany=True, is_trainee=False, papers=State.COMPLETE, returned_on=date(2025, 6, 1))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"returned_on": date(2024, 4, 1)}, None),
        ({"returned_on": date(2024, 3, 31)}, WhyNot.LONG_AGO),
        ({"wishes_to_accompany": False}, WhyNot.NO_LONGER_WISHES),
        ({"is_trainee": True}, WhyNot.NO_LONGER_WISHES),
        ({"papers": State.WITHDRAWN}, WhyNot.WITHDRAWN),
        ({"papers": State.POSTED, "returned_on": None}, WhyNot.STILL_OPEN),
        ({"papers": State.CHECKED}, WhyNot.STILL_OPEN),
    ],
)
def test_who_wishes_to_go_on_and_sent_papers_back_lately_gets_this_years(changes, expected):
    assert why_not(replace(ACTIVE, **changes), on=TODAY) is expected


def test_only_a_wish_cannot_be_overruled():
    assert {why for why in WhyNot if why.is_final} == {WhyNot.NO_LONGER_WISHES}


def test_two_years_before_a_leap_day_is_the_last_of_february():
    assert years_before(date(2028, 2, 29), 2) == date(2026, 2, 28)
