"""MavenTech: the drivers of every KPI add up to its change, by every dimension, for every pair of
quarters.
"""

from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest

import kpi_toolkit as kt
from kpi_toolkit.insight.drivers import explain, pair, refusal
from kpi_toolkit.kpis import registry
from kpi_toolkit.measures.evaluate import Evaluation
from kpi_toolkit.period import parse_period

Record = Callable[[str, object], None]


def test_the_parts_of_every_change_add_up(project: Path, record_property: Record) -> None:
    crm = kt.connect(project)
    evaluation = Evaluation(crm, crm.as_of)
    quarters = [parse_period(f"2017-Q{n}", crm.calendar, crm.as_of) for n in (1, 2, 3, 4)]
    compared, worst = 0, 0.0
    for bound in (kpi.bind() for kpi in registry().values()):
        if bound.lacks(crm) or refusal(bound):
            continue
        for by in bound.kpi.dimensions(crm):
            if refusal(bound, by):
                continue
            for now, before in permutations(quarters, 2):
                found = explain(evaluation, pair(bound, now, before, crm.as_of), by)
                if found.change is None:
                    continue
                total = sum(d.volume + d.mix + d.rate for d in found.members)
                largest = max(abs(found.now.value), abs(found.before.value))
                assert total == pytest.approx(found.change, rel=1e-9, abs=1e-12 * largest)
                difference = found.now.value - found.before.value
                assert found.change == pytest.approx(difference, rel=1e-9, abs=1e-12 * largest)
                worst = max(worst, abs(total - found.change) / (abs(found.change) or 1.0))
                compared += 1
    record_property("changes decomposed", compared)
    assert compared > 400, compared
    assert worst < 1e-9
