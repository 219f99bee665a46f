"""Months and years in which people registered, and how far they came."""

from datetime import date

from lms.secretariat.funnel.rules import (
    Cohort,
    Stage,
    came_to,
    last_months,
    months_of,
    together,
    year_starts,
    years_between,
)


def test_a_fiscal_year_has_its_twelve_months_and_the_day_after_them():
    months = months_of(2025, on=date(2026, 11, 22))

    assert (len(months), months[0], months[9], months[-1]) == (
        13,
        date(2025, 4, 1),
        date(2026, 1, 1),
        date(2026, 4, 1),
    )


def test_of_this_year_only_the_months_that_have_begun():
    assert months_of(2026, on=date(2026, 6, 1)) == [
        date(2026, 4, 1),
        date(2026, 5, 1),
        date(2026, 6, 1),
        date(2026, 7, 1),
    ]
    assert months_of(2026, on=date(2026, 4, 30)) == [date(2026, 4, 1), date(2026, 5, 1)]


def test_the_last_twelve_months_end_with_this_one():
    months = last_months(date(2026, 2, 10))

    assert (len(months), months[0], months[-2], months[-1]) == (
        13,
        date(2025, 3, 1),
        date(2026, 2, 1),
        date(2026, 3, 1),
    )


def test_years_go_from_todays_back_to_the_first_registration():
    years = years_between(date(2024, 3, 31), on=date(2026, 4, 1))

    assert years == [2026, 2025, 2024, 2023]
    assert year_starts(years) == [date(year, 4, 1) for year in (2023, 2024, 2025, 2026, 2027)]


def test_who_came_to_a_stage_came_to_all_before_it():
    assert came_to({Stage.COMPLETE: 1, Stage.ANSWERED: 2}) == {
        Stage.REGISTERED: 3,
        Stage.WATCHING: 3,
        Stage.ANSWERED: 3,
        Stage.QUALIFIED: 1,
        Stage.POSTED: 1,
        Stage.COMPLETE: 1,
    }


def test_cohorts_add_up():
    one, other = (
        Cohort(date(2026, month, 1), date(2026, month, 28), came_to({Stage.WATCHING: month})) for month in (4, 5)
    )

    assert together([one, other])[Stage.WATCHING] == 9
