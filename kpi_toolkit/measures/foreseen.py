"""Where a sum over chances comes to lie: each record's by itself, all together out by as much as
such chances were before.

Records are independent but for that, so the sum is nearly normal, and it lies between nothing and
what all records would bring. From one record on that holds 95 to 97 of 100 futures that are drawn
record by record (tests/measures/test_foreseen.py).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from kpi_toolkit.measures import expression
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.fact import Measure
from kpi_toolkit.measures.formula import Exact
from kpi_toolkit.measures.interval import Z95, Interval


@lru_cache(maxsize=1024)
def sums(bound: Bound) -> tuple[Measure, ...]:
    """The sums that tell how far off a sum over chances may be: its variance if records are
    independent, and what all of them would bring. None of another KPI.
    """
    top = bound.parts[0]
    if not isinstance(top, Measure) or top.aggregate != "sum" or top.of is None:
        return ()
    chance = top.fact.model.chance if top.fact.model else None
    if chance is None:
        return ()
    sure, never = (expression.with_number(top.of, chance, number) for number in (1, 0))
    brings = f"CAST({sure} - {never} AS DOUBLE)"
    variance = f"{brings} * {brings} * {chance} * (1 - {chance})"
    return replace(top, of=variance), replace(top, of=f"{brings} + 0 * {chance}")


def interval(
    bound: Bound, get: Callable[[Measure], Exact], crm: Any, moment: dt.datetime
) -> Interval | None:
    """Between which two values 95 of 100 futures lie of what a model foresees at a moment (UTC);
    None of another KPI, without a record, or where nothing tells how far off chances may be.
    """
    top, bottom = bound.parts
    below = get(bottom) if isinstance(bottom, Measure) else 1
    if not (measures := sums(bound)) or not below or not isinstance(top, Measure):
        return None
    variance, most = (float(get(each) or 0) for each in measures)
    model, expected = top.fact.model, float(get(top) or 0)
    spread = model.spread(crm, moment) if most and model and model.spread else None
    if spread is None:
        return None
    half = Z95 * math.hypot(math.sqrt(max(variance, 0.0)), spread * expected)
    low, high = max(expected - half, 0.0), min(expected + half, most)
    return low / float(below), high / float(below)
