"""By which dimension a KPI's change is told: the one of which a member stands out most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kpi_toolkit.insight.drivers import Drivers, Pair, explain, refusal
from kpi_toolkit.measures.evaluate import Ask, Evaluation
from kpi_toolkit.measures.value import KpiValue

# A page of individuals is for readers who were chosen.
PEOPLE = ("owner", "agent")
FEWEST, MOST = 2, 30


def telling(evaluation: Evaluation, pairs: Iterable[Pair]) -> dict[Pair, Drivers]:
    """The drivers of each pair by its most telling dimension, all in one batch of queries; pairs
    that have none are left out.

    If all members had changed alike, each would add its share of the change. The dimension is the
    one with the member that adds most beyond (or short of) that share; of dimensions with two to
    thirty named members, where half of the records have a name, never people, and not the slice.
    """
    possible = {pair: dimensions(evaluation, pair) for pair in pairs}
    evaluation.values(
        ask
        for pair, found in possible.items()
        for by in found
        for ask in (*pair.totals(), *pair.members(by))
    )
    best = {pair: _best(evaluation, pair, found) for pair, found in possible.items()}
    return {pair: found for pair, found in best.items() if found is not None}


def dimensions(evaluation: Evaluation, pair: Pair) -> tuple[str, ...]:
    """What a change may be told by unless a dimension is named, the KPI's usual one first."""
    bound, crm = pair.now.bound, evaluation.crm
    if bound.lacks(crm) or refusal(bound):
        return ()
    known = bound.kpi.dimensions(crm)
    cut = (pair.cut[0],) if pair.cut else ()
    usual = [d for d in (bound.kpi.default_by,) if d in known]
    found = dict.fromkeys(d for d in (*usual, *known) if d not in (*PEOPLE, *cut))
    return tuple(d for d in found if not refusal(bound, d))


def _best(evaluation: Evaluation, pair: Pair, found: Iterable[str]) -> Drivers | None:
    told: list[Drivers] = []
    for by in found:
        one = explain(evaluation, pair, by)
        if one.withheld:
            return None
        values = evaluation.values(pair.members(by))
        if FEWEST <= _named(values, by) <= MOST:
            told.append(one)
    return max(told, key=standing_out, default=None)


def standing_out(found: Drivers) -> float:
    """The most that one member with a name adds beyond its share of the change, or short of it."""
    change = found.change or 0.0
    named = (d for d in found.members if d.member is not None)
    return max((abs(d.change - d.share * change) for d in named), default=0.0)


def _named(values: Mapping[Ask, Iterable[KpiValue]], by: str) -> int:
    """How many members have a name; none where half of the records have none."""
    sizes: dict[str | None, int] = {}
    for one in (value for each in values.values() for value in each if value.n):
        sizes[one.members[by]] = sizes.get(one.members[by], 0) + one.n
    whole = sum(sizes.values())
    return len(sizes) - (None in sizes) if 2 * sizes.get(None, 0) < whole else 0
