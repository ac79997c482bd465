"""Which columns are the outcome that a rate counts: by them it is never broken down, since every
member would have nothing or everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kpi_toolkit.measures import expression
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.fact import Measure
from kpi_toolkit.measures.formula import Node, Operation

# Columns that are filled in when another one is decided.
_FOLLOWS = {"close_reason": "status", "churn_reason": "churned_at", "end_reason": "ended_at"}


def outcomes(bound: Bound) -> frozenset[str]:
    """The columns by which some of a ratio's measures take other records than the rest; none where
    it is no ratio.
    """
    if not _divides(bound.node):
        return frozenset()
    conditions = [set(measure.where) for measure in bound.measures]
    shared = set(bound.measures[0].where).intersection(*conditions)
    read = {
        column
        for measure, texts in zip(bound.measures, conditions, strict=True)
        for column in _read(measure, texts - shared)
    }
    return frozenset(read | {column for column, decided in _FOLLOWS.items() if decided in read})


def _divides(node: Node) -> bool:
    if not isinstance(node, Operation):
        return False
    return node.sign == "/" or _divides(node.left) or _divides(node.right)


def _read(measure: Measure, texts: Iterable[str]) -> Iterator[str]:
    """The columns that conditions read, with those behind a derived one."""
    derived = measure.fact.derived(texts).values()
    for text in (*texts, *derived):
        yield from (column for _, column in expression.columns(text))
