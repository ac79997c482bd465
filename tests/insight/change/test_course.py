"""Courses by hand: limits, shifts, seasons, and what chance does not explain."""

import math

import pytest

from kpi_toolkit.insight.change.course import Course
from kpi_toolkit.insight.change.signals import Limits, Signal

CALM = (10.0, 12, 11, 13, 12, 14)  # mean 12, mean moving range 1.6
YEAR = (20.0, 18, 22, 24, 23, 25, 20, 8, 21, 24, 26, 30)  # nobody signs in August


def test_the_periods_of_a_report_set_no_limits() -> None:
    found = Course((*CALM, 99.0, 98, 97), judged=3)
    assert found.limits and (found.limits.mean, found.limits.moving_range) == (12, 1.6)
    assert found.signal == Signal("outside", above=True, place=-1)


def test_a_value_of_the_middle_that_leaves_its_limits_is_the_signal() -> None:
    assert Course((*CALM, 12.0, 3, 12), judged=3).signal == Signal("outside", False, -2)
    # Outside before near, whichever is later.
    assert Course((*CALM, 19.0, 15, 15.5), judged=3).signal == Signal("outside", True, -3)


def test_limits_stay_within_what_the_quantity_can_be() -> None:
    wide = (0.1, 0.9, 0.1, 0.9, 0.1, 0.9, 0.5)
    both = Course(wide, share=True).limits, Course(wide).limits
    assert [(found.lower, found.upper > 1) for found in both if found] == [(0, False), (0, True)]
    refunded = Course((*CALM, -1.0)).limits
    assert refunded and refunded.lower == pytest.approx(12 - 2.66 * 1.6)
    assert Course((0.0, 2, 0, 2, 0, 2, -0.5)).limits.lower < -4  # type: ignore[union-attr]


def test_after_a_shift_limits_are_those_of_the_periods_since() -> None:
    values = (*CALM, *(v + 50 for v in CALM), 63.0)
    assert Course(values).limits.mean == 37  # type: ignore[union-attr]
    assert Course(values, since=6).limits.mean == 62  # type: ignore[union-attr]
    # Five periods since the shift tell nothing yet.
    assert Course(values, since=7).limits is None
    assert Course(values, since=7).signal.kind == "unknown"


def test_a_season_is_judged_by_its_changes_on_a_year_before() -> None:
    second = tuple(v + d for v, d in zip(YEAR, (1, 0, 2, 1, 0, 1, 2, 1, 0, 1, 2, 1), strict=True))
    third = tuple(v + d for v, d in zip(second, (2, 0, 1, 2, 0, 1, 2, 1), strict=False))
    quiet = Course((*YEAR, *second, *third), season=12)
    assert quiet.is_seasonal
    assert quiet.signal.kind == "ordinary"
    # Nineteen changes, 12 of the second year and 8 of the third in all.
    limits = quiet.limits_at(-1)
    assert limits and limits.lower < quiet.figures[-1] < limits.upper  # type: ignore[operator]
    assert limits.mean == pytest.approx(second[7] + 20 / 19)
    # What is usual in other months is not in August.
    loud = Course((*quiet.figures[:-1], 20.0), season=12)
    assert loud.signal == Signal("outside", above=True)


def test_less_than_two_full_years_have_no_season() -> None:
    values = (*YEAR, *YEAR[:11], 30.0)
    assert not Course(values, season=12).is_seasonal
    assert Course((*YEAR, *YEAR, 20.0), season=12).is_seasonal
    gap = (*YEAR, *YEAR[:5], None, *YEAR[6:], 20.0)
    assert not Course(gap, season=12).is_seasonal
    assert not Course((*YEAR, *YEAR, 20.0)).is_seasonal


@pytest.mark.parametrize(
    ("last", "alone", "of_seven"), [(17.0, False, False), (19.0, True, False), (28.0, True, True)]
)
def test_what_is_told_depends_on_how_many_kpis_are_looked_at(
    last: float, alone: bool, of_seven: bool
) -> None:
    """Of six values with a standard deviation of 1.42, 17 lies 3.3 errors away from the mean; a t
    distribution of 3.2 degrees of freedom asks for 3.07 at 5%, more of its logarithm.
    """
    found = Course((*CALM, last))
    assert found.signal.kind == "outside"
    assert (found.is_unusual(1), found.is_unusual(7)) == (alone, of_seven)


def test_a_course_that_never_changed_tells_of_the_first_change() -> None:
    assert Course((*[7.0] * 8, 8.0)).is_unusual(20)
    assert not Course((*[7.0] * 9,)).is_unusual(1)


def test_neighbours_that_are_alike_carry_less() -> None:
    """A level that wanders makes eight in a row on one side by itself."""
    wander = tuple(100 + 10 * math.sin(i / 4) for i in range(26))
    jump = tuple(100 + 10 * math.sin(i * 4) for i in range(18)) + (*[120.0] * 8,)
    for values, told in ((wander, False), (jump, True)):
        found = Course(values)
        assert found.signal.is_one
        assert found.is_unusual(1) is told


def test_limits_at_a_place_are_those_of_all_where_there_is_no_season() -> None:
    found = Course((*CALM, 13.0))
    assert found.limits_at(-1) == found.limits == Limits(12, 12 - 2.66 * 1.6, 12 + 2.66 * 1.6, 1.6)


def test_a_level_that_rises_is_no_season() -> None:
    """Both years rise, which is all that they have in common."""
    bumps = (0, 2, 1, 3, 0, 1, 2, 0, 3, 1, 2, 1, 2, 0, 1, 1, 3, 2, 0, 2, 1, 0, 2, 3)
    rising = (*(100 + 4 * i + bump for i, bump in enumerate(bumps)), 230.0)
    assert not Course(rising, season=12).is_seasonal


def test_a_rise_of_years_does_not_hide_a_jump() -> None:
    """The standard deviation is that around the line: the rise itself is none of chance."""
    bumps = (0, 2, 1, 3, 0, 1, 2, 0, 3, 1, 2, 1, 2, 0, 1, 1, 3, 2, 0, 2, 1, 0, 2, 3)
    rising = tuple(100 + 2 * i + bump for i, bump in enumerate(bumps))
    assert Course((*rising, 200.0)).is_unusual(8)
