"""KPIs of subscriptions, tickets, orders and mailings give the figures that public data hold."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.real_data import kpi_figures

# Of each data set: how many figures the KPIs give, of how many that it is known to hold.
COVERED = {
    "ravenstack": (59, 123),
    "cdnow": (4, 44),
    "hillstrom_email": (18, 32),
    "it_incidents": (8, 21),
}


@pytest.mark.parametrize("name", sorted(COVERED))
def test_the_kpis_give_every_known_figure_that_they_express(
    name: str,
    real_data: Callable[[str], Path],
    record_property: Callable[[str, object], None],
) -> None:
    folder = real_data(name)
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["values"]
    crm = kpi_figures.FRAMES[name](folder)
    found = {key: kpi_figures.figure(name, crm, key) for key in expected}
    given = {key: value for key, value in found.items() if value is not None}
    assert given == pytest.approx({key: expected[key] for key in given}, rel=1e-11)
    assert {key for key in expected if not kpi_figures.reason(name, key)} == set(given)
    record_property(f"{name} figures given", f"{len(given)} of {len(expected)}")
    assert (len(given), len(expected)) == COVERED[name]
