"""Targets that lie beyond anything that their KPI has reached before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi_toolkit.insight.targets.targets import Target, meets
from kpi_toolkit.kpis import find
from kpi_toolkit.measures.evaluate import Ask, Evaluation
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.period import Grain

HISTORY: dict[Grain, int] = {"week": 26, "month": 24, "quarter": 12, "year": 6}
# The best of fewer is no bound.
FEWEST = 4


@dataclass(frozen=True)
class Ambition:
    """A target, the best value of the periods before it, and how many these are."""

    target: Target
    best: KpiValue
    periods: int

    @property
    def gap(self) -> float:
        """How far the target lies beyond the best value."""
        return abs((self.target.value or 0.0) - (self.best.value or 0.0))


def ambitious(targets: Sequence[Target], evaluation: Evaluation) -> list[Ambition]:
    """Of each KPI and length of period the target for the whole that is not over and lies furthest
    beyond every earlier period of that length.
    """
    asks = {target: _before(target, evaluation) for target in targets if not target.dimension}
    values = evaluation.values(ask for each in asks.values() for ask in each)
    found: dict[tuple[str, Grain], Ambition] = {}
    for target, each in asks.items():
        told = _ambition(target, [values[ask][0] for ask in each])
        if told is None:
            continue
        key = (target.kpi, told.best.period.grain)
        if key not in found or told.gap > found[key].gap:
            found[key] = told
    return list(found.values())


def _before(target: Target, evaluation: Evaluation) -> list[Ask]:
    """The whole periods before one that is not over; none of one that is."""
    period, now = target.period, evaluation.as_of
    if period is None or period.grain not in HISTORY or period.end_at < now:
        return []
    last = min(
        period,
        period.calendar.containing(period.calendar.local_day(now), period.grain),
        key=lambda each: each.start,
    ).previous()
    return [Ask(find(target.kpi).bind(), each) for each in last.last(HISTORY[period.grain])]


def _ambition(target: Target, series: Sequence[KpiValue]) -> Ambition | None:
    known = [v for v in series if v.n and v.value is not None and not v.part and not v.maturing]
    if len(known) < FEWEST or target.value is None:
        return None
    up = known[0].better == "up"
    best = (max if up else min)(known, key=lambda v: v.value or 0.0)
    assert best.value is not None
    return (
        None if meets(best.value, target.value, best.better) else Ambition(target, best, len(known))
    )
