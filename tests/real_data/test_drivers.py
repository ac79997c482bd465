"""MavenTech: the drivers of every KPI add up to its change, by every dimension, for every pair of
quarters.
"""

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest

import kpi_toolkit as kt
from kpi_toolkit.insight.drivers.drivers import explain, pair, refusal
from kpi_toolkit.kpis import registry
from kpi_toolkit.measures.evaluate import Evaluation
from kpi_toolkit.period import parse_period

Record = Callable[[str, object], None]


def test_the_parts_of_every_change_add_up(project: Path, record_property: Record) -> None:
    crm = kt.connect(project)
    evaluation = Evaluation(crm, crm.as_of)
    quarters = [parse_period(f"2017-Q{n}", crm.calendar, crm.as_of) for n in (1, 2, 3, 4)]
    asked = [
        (pair(bound, now, before, crm.as_of), by)
        for bound in (kpi.bind() for kpi in registry().values())
        if not bound.lacks(crm) and not refusal(bound)
        for by in bound.kpi.dimensions(crm)
        if not refusal(bound, by)
        for before, now in combinations(quarters, 2)
    ]
    evaluation.cells(ask for one, by in asked for ask in one.members(by))
    told = [found for one, by in asked if not (found := explain(evaluation, one, by)).lacking]
    record_property("changes decomposed", len(told))
    assert len(told) > 400, len(told)
    for found in told:
        total = sum(d.volume + d.mix + d.rate for d in found.members)
        largest = max(abs(found.now.value), abs(found.before.value))
        assert total == pytest.approx(found.change, rel=1e-9, abs=1e-12 * largest)
        difference = found.now.value - found.before.value
        assert found.change == pytest.approx(difference, rel=1e-9, abs=1e-12 * largest)
