"""The values of a report's slice: one member of a dimension, read out of the breakdown by it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.evaluate import Ask, Evaluation
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.report.scope import Scope


def is_cut(bound: Bound, scope: Scope, crm: Crm) -> bool:
    """Whether a slice can be taken of a KPI."""
    if not scope.dimension or scope.dimension in bound.kpi.dimensions(crm):
        return True
    return bool(bound.lacks(crm))  # then that is the reason, and not the slice


def sliced(
    evaluation: Evaluation, scope: Scope, asks: Iterable[Ask]
) -> dict[Ask, tuple[KpiValue, ...]]:
    """The values of asks within a slice; of a KPI that cannot be cut by it, the refusal."""
    asks = list(asks)
    if not scope.dimension:
        return evaluation.values(asks)
    wider = {ask: _wider(ask, scope) for ask in asks if is_cut(ask.bound, scope, evaluation.crm)}
    found = evaluation.values(wider.values())
    return {
        ask: _within(ask, scope, found[wider[ask]], evaluation)
        if ask in wider
        else (evaluation.refused(ask, f"no slice by {scope.dimension}"),)
        for ask in asks
    }


def _wider(ask: Ask, scope: Scope) -> Ask:
    return replace(ask, by=(scope.dimension, *(d for d in ask.by if d != scope.dimension)))


def _within(
    ask: Ask, scope: Scope, values: Iterable[KpiValue], evaluation: Evaluation
) -> tuple[KpiValue, ...]:
    """Those of the slice's member, told by what was asked for alone."""
    found = tuple(
        replace(v, members={d: v.members[d] for d in ask.by if d in v.members})
        for v in values
        if v.status == "not_available" or v.members.get(scope.dimension) == scope.member
    )
    return found if found or ask.by else (evaluation.nothing(ask),)
