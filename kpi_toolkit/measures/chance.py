"""What chance does to a KPI's value: which intervals it can have, and what they are made from.

All of it comes out of the query that computes the value: counts are there, and of a mean or a total
the sum of the squares is one more column.
"""

from __future__ import annotations

from dataclasses import replace

from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.fact import Measure
from kpi_toolkit.measures.formula import Exact
from kpi_toolkit.measures.interval import Interval, of_mean, of_total, wilson

NONE: tuple[Interval | None, Interval | None] = (None, None)


def squares(bound: Bound) -> Measure | None:
    """The sum of the squares behind a mean or a total; None where the KPI is neither."""
    top, bottom = bound.parts
    if not isinstance(top, Measure) or top.aggregate != "sum":
        return None
    if bottom is None:
        return None if top.bounded else replace(top, aggregate="squares")
    return replace(top, aggregate="squares") if _counts_the_same(top, bottom) else None


def intervals(
    bound: Bound, above: Exact, below: Exact, squared: Exact
) -> tuple[Interval | None, Interval | None]:
    """The interval of a rate or mean, and the one in which chance alone moves a total."""
    top, bottom = bound.parts
    if above is None or not isinstance(top, Measure):
        return NONE
    if bottom is None:
        return None, _of_total(top, float(above), squared)
    if not isinstance(bottom, Measure) or not below:
        return NONE
    if top.aggregate == bottom.aggregate == "count" and bound.kpi.unit == "percent":
        return wilson(float(above), float(below)), None
    if squared is None:
        return NONE
    return of_mean(float(above), float(squared), int(below)), None


def _of_total(top: Measure, total: float, squared: Exact) -> Interval | None:
    if top.bounded or top.aggregate not in ("count", "sum"):
        return None
    return of_total(total, total if top.aggregate == "count" else float(squared or 0))


def _counts_the_same(top: Measure, bottom: object) -> bool:
    return bottom == replace(top, aggregate="count")
