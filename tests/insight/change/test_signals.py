"""Natural limits by hand: 10 12 11 13 12 14 has a mean of 12 and moving ranges 2 1 2 1 2."""

import pytest

from kpi_toolkit.insight.change.signals import Signal, natural_limits, signal, strongest

SIX = [10.0, 12.0, 11.0, 13.0, 12.0, 14.0]


def test_limits_are_the_mean_and_2_66_mean_moving_ranges() -> None:
    limits = natural_limits(SIX)
    assert limits is not None
    assert (limits.mean, limits.moving_range) == (12.0, pytest.approx(1.6))
    assert (limits.lower, limits.upper) == pytest.approx((12 - 2.66 * 1.6, 12 + 2.66 * 1.6))


def test_limits_stay_within_what_the_quantity_can_be() -> None:
    limits = natural_limits([0.5, 0.9, 0.4, 0.95, 0.5, 0.9], least=0.0, most=1.0)
    assert limits is not None
    assert (limits.lower, limits.upper) == (0.0, 1.0)


def test_unknown_values_are_passed_over() -> None:
    assert natural_limits([None, *SIX[:3], None, *SIX[3:]]) == natural_limits(SIX)


def test_five_values_set_no_limits() -> None:
    assert natural_limits(SIX[:5]) is None
    assert natural_limits([*SIX[:5], None]) is None


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (16.2, Signal("ordinary", above=True)),
        (16.3, Signal("outside", above=True)),
        (7.8, Signal("ordinary", above=False)),
        (7.7, Signal("outside", above=False)),
    ],
)
def test_a_value_beyond_a_limit_is_outside(last: float, expected: Signal) -> None:
    """The limits are 7.744 and 16.256."""
    assert signal([*SIX, last], natural_limits(SIX)) == expected


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([13.0] * 8, "run"),
        ([11.0] * 8, "run"),
        ([11.0, *[13.0] * 7], "ordinary"),
        ([13.0] * 7, "ordinary"),
        ([13.0, 13, 13, 13, 12, 13, 13, 13], "ordinary"),
    ],
)
def test_eight_on_one_side_of_the_mean_are_a_signal(values: list[float], kind: str) -> None:
    found = signal(values, natural_limits(SIX))
    assert found == Signal(kind, above=values[-1] > 12)  # type: ignore[arg-type]


def test_outside_is_said_before_a_run() -> None:
    assert signal([13.0] * 7 + [20.0], natural_limits(SIX)) == Signal("outside", above=True)


def test_nothing_is_known_without_limits_or_without_a_last_value() -> None:
    assert signal([*SIX, 99.0], None) == Signal("unknown")
    assert signal([*SIX, None], natural_limits(SIX)) == Signal("unknown")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        # Nearer to the upper limit than to the mean: above 12 + 2.128.
        ([14.2, 14.2, 12, 14.2], "near"),
        ([14.2, 12, 14.2, 14.2], "near"),
        ([9.8, 9.8, 12, 9.8], "near"),
        ([14.2, 9.8, 12, 14.2], "ordinary"),
        ([14.1, 14.2, 12, 14.2], "ordinary"),
        # The last has to be one of the three, or it would be told again a period later.
        ([14.2, 14.2, 14.2, 12], "ordinary"),
        ([14.2, 14.2, 14.2], "near"),
    ],
)
def test_three_of_four_nearer_to_a_limit_than_to_the_mean_are_a_signal(
    values: list[float], kind: str
) -> None:
    assert signal(values, natural_limits(SIX)).kind == kind


def test_near_is_told_by_the_width_of_the_limits_and_not_by_what_the_quantity_can_be() -> None:
    """A lower limit of 0 is no limit of the process: 0.1 is not near to it."""
    limits = natural_limits([0.5, 0.9, 0.4, 0.95, 0.5, 0.9], least=0.0, most=1.0)
    assert limits is not None and limits.lower == 0
    assert not limits.is_near(0.1, above=False)


def test_of_several_periods_the_strongest_and_then_the_latest_is_told() -> None:
    limits = natural_limits(SIX)
    assert strongest([20.0, 14.2, 14.2], limits, 3) == Signal("outside", above=True, place=-3)
    assert strongest([20.0, 12, 3.0], limits, 3) == Signal("outside", above=False, place=-1)
    assert strongest([20.0, 12, 12], limits, 2) == Signal("ordinary", above=False, place=-1)
    assert strongest([20.0, None], limits, 2) == Signal("outside", above=True, place=-2)
    assert strongest([], limits, 1) == Signal("unknown")
