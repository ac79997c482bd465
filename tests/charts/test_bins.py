"""Bins have round edges, hold each value once, and gather a far tail."""

import numpy as np
import pytest

from kpi_toolkit.charts.bins import Bins, bins_of


def test_a_value_on_an_edge_counts_to_its_right_and_on_the_last_one_to_the_tail():
    values = np.array([0, 5, 10, 20, 30.0])
    inside = Bins((0, 10, 20), below=False, above=True, single=False)
    assert inside.shares(values).tolist() == [0.4, 0.2, 0.4]
    both = Bins((10, 20), below=True, above=True, single=False)
    assert both.shares(values).tolist() == [0.4, 0.2, 0.4]


@pytest.mark.parametrize(
    ("values", "edges"),
    [
        ([3.0, 97.5], (0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100)),
        ([0.41, 0.44], (0.41, 0.415, 0.42, 0.425, 0.43, 0.435, 0.44, 0.445)),
        ([-3.0, 3], (-3, -2, -1, 0, 1, 2, 3, 4)),
        ([7.0, 7], (7, 8)),
        ([7.25], (7, 8)),
    ],
)
def test_edges_are_round_and_reach_past_the_last_value(values, edges):
    assert bins_of(np.array(values), 15).edges == pytest.approx(edges)


def test_a_tail_begins_at_an_edge_and_holds_all_beyond():
    values = np.array([*range(100), 5000.0])
    found = bins_of(values, 10)
    assert found.above and not found.below
    assert found.shares(values)[-1] == np.mean(values >= found.edges[-1])


def test_places_are_counted_in_bins():
    found = Bins((0, 10, 20), below=True, above=True, single=False)
    assert [found.place(value) for value in (-9, 0, 5, 20, 99)] == [0.5, 1, 1.5, 3, 3.5]
    assert Bins((0, 1, 2), below=False, above=False, single=True).place(1) == 1.5
