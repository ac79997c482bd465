"""What chance does to a KPI's value: which intervals it can have, and what they are made from.

All of it comes out of the query that computes the value: counts are there, of a mean or a total the
sum of the squares is one more column, and of a median the values at two ranks are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.fact import Measure
from kpi_toolkit.measures.formula import Exact
from kpi_toolkit.measures.interval import Interval, of_mean, of_total, wilson

NONE: tuple[Interval | None, Interval | None] = (None, None)
_RANKED = ("median", "p90", "estimate")


@lru_cache(maxsize=1024)
def squares(bound: Bound) -> Measure | None:
    """The sum of the squares behind a mean or a total; None where the KPI is neither, or where its
    records are what a model foresees.
    """
    top, bottom = bound.parts
    if not isinstance(top, Measure) or top.aggregate != "sum" or top.fact.model:
        return None
    if bottom is None:
        return None if top.bounded else replace(top, aggregate="squares")
    return replace(top, aggregate="squares") if _counts_the_same(top, bottom) else None


@lru_cache(maxsize=1024)
def ends(bound: Bound) -> tuple[Measure, ...]:
    """The ends of the interval of a median; none of another KPI."""
    top, bottom = bound.parts
    if bottom or not isinstance(top, Measure) or top.aggregate not in _RANKED:
        return ()
    return tuple(
        replace(top, aggregate=f"{top.aggregate}_{side}")  # type: ignore[arg-type]
        for side in ("low", "high")
    )


def intervals(
    bound: Bound, get: Callable[[Measure], Exact]
) -> tuple[Interval | None, Interval | None]:
    """The interval of a rate, mean or median, and the one in which chance alone moves a total."""
    top, bottom = bound.parts
    if not isinstance(top, Measure) or (above := get(top)) is None:
        return NONE
    squared = squares(bound)
    if bottom is None:
        if low_high := ends(bound):
            return _of_ends(*map(get, low_high)), None
        return None, _of_total(top, float(above), get(squared) if squared else None)
    if not isinstance(bottom, Measure) or not (below := get(bottom)):
        return NONE
    if top.aggregate == bottom.aggregate == "count" and bound.kpi.unit == "percent":
        return wilson(float(above), float(below)), None
    if squared is None:
        return NONE
    return of_mean(float(above), float(get(squared) or 0), int(below)), None


def _of_ends(low: Exact, high: Exact) -> Interval | None:
    """None where a median has no room to vary in: then the ends tell nothing of how sure it is."""
    return None if low is None or high is None or low == high else (float(low), float(high))


def _of_total(top: Measure, total: float, squared: Exact) -> Interval | None:
    if top.bounded or top.aggregate not in ("count", "sum"):
        return None
    return of_total(total, total if top.aggregate == "count" else float(squared or 0))


def _counts_the_same(top: Measure, bottom: object) -> bool:
    return bottom == replace(top, aggregate="count")
