"""The measures and records behind a KPI's value: of its formula, and of what is told beside it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from kpi_toolkit.measures import chance, foreseen, known
from kpi_toolkit.measures.aggregates import Cell
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.fact import Measure
from kpi_toolkit.measures.formula import Node, Operation


@lru_cache(maxsize=1024)
def behind(bound: Bound) -> tuple[Measure, ...]:
    """The measures of a KPI, and what its interval and its coverage need beside them."""
    squared = chance.squares(bound)
    beside = (squared,) if squared else (*chance.ends(bound), *foreseen.sums(bound))
    return (*bound.measures, *beside, *filter(None, [known.every(bound)]))


@lru_cache(maxsize=1024)
def time_to_outcome(bound: Bound) -> Measure | None:
    """The p90 of the time that a cohort's records took to their outcome."""
    numerator = next(bound.parts[0].measures(), None)
    if bound.kpi.matures is None or numerator is None:
        return None
    return Measure(numerator.fact, "p90", bound.kpi.matures, numerator.where, numerator.time)


def records_of(node: Node, cell: Callable[[Measure], Cell]) -> int:
    """The records, or the orders and not their lines, below a ratio or in the largest part."""
    if isinstance(node, Measure):
        found = cell(node)
        return int(found.value or 0) if node.aggregate == "distinct" else int(found.n)
    if isinstance(node, Operation):
        return (
            records_of(node.right, cell)
            if node.sign == "/"
            else max(records_of(node.left, cell), records_of(node.right, cell))
        )
    return 0
