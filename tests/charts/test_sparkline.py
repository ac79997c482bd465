"""A sparkline fills its box, breaks at a gap, and ends in a point."""

import math

import pytest
from matplotlib.figure import Figure

from kpi_toolkit.charts import sparkline


def drawn(axes):
    """The line and its last point, as y in mm."""
    one, point = axes.lines
    return list(one.get_ydata()), list(point.get_ydata())


@pytest.mark.parametrize("gap", [math.nan, None, math.inf])
def test_a_missing_value_breaks_the_line(gap):
    ys, point = drawn(sparkline([1, gap, 3, 2]))
    assert math.isnan(ys[1]) and ys[0] < ys[3] < ys[2] and point == [ys[3]]


def test_values_fill_the_box_from_side_to_side():
    axes = sparkline([0, 5, 10], width=22, height=12)
    ys, _ = drawn(axes)
    assert list(axes.lines[0].get_xdata()) == [1, 11, 21] and ys == [1, 6, 11]


def test_limits_are_a_band_on_the_scale_of_the_values():
    axes = sparkline([1, 2, 5], limits=(2, 4))
    ys, _ = drawn(axes)
    (band,) = axes.patches
    assert band.get_y() == pytest.approx(ys[1])
    assert band.get_height() == pytest.approx((ys[2] - ys[0]) / 2)


def test_equal_values_run_through_the_middle():
    assert drawn(sparkline([7, 7], height=12)) == ([6, 6], [6])


@pytest.mark.parametrize("values", [[], [math.nan], [None]])
def test_no_value_gives_neither_line_nor_point(values):
    ys, point = drawn(sparkline(values))
    assert all(map(math.isnan, ys)) and not point


def test_the_analyst_s_own_axes_are_filled():
    own = Figure(figsize=(2, 1)).add_axes((0, 0, 1, 1))
    assert sparkline([1, 2], ax=own) is own and own.get_xlim()[1] == pytest.approx(50.8)
