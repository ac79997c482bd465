"""A sparkline's points fill their box, with gaps."""

import math

import pytest

from kpi_toolkit.charts import points


def test_values_fill_the_box_with_y_downwards():
    assert points([0, 5, 10], 22, 12, 1) == [[(1, 11), (11, 6), (21, 1)]]


@pytest.mark.parametrize("gap", [math.nan, None, math.inf])
def test_a_missing_value_starts_a_new_run(gap):
    assert points([0, gap, 10, 10], 32, 12, 1) == [[(1, 11)], [(21, 1), (31, 1)]]


def test_equal_values_run_through_the_middle():
    assert points([7, 7], 12, 12, 1) == [[(1, 6), (11, 6)]]


@pytest.mark.parametrize("values", [[], [math.nan, None]])
def test_no_value_gives_no_run(values):
    assert points(values, 20, 10) == []


def test_one_value_is_one_point():
    assert points([3], 20, 10, 1) == [[(1, 5)]]
