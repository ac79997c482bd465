"""By which dimension a KPI's change is told: the one of which a member stands out most."""

from __future__ import annotations

from collections.abc import Iterable

from kpi_toolkit.crm.tables import PEOPLE
from kpi_toolkit.insight.drivers.decomposition import Ends, Member
from kpi_toolkit.insight.drivers.drivers import Drivers, Pair, ends_of, explain, refusal
from kpi_toolkit.measures.evaluate import Evaluation

FEWEST, MOST = 2, 30


def telling(evaluation: Evaluation, pairs: Iterable[Pair]) -> dict[Pair, Drivers]:
    """The drivers of each pair by its most telling dimension, all in one batch of queries; pairs
    that have none are left out.

    If all members had changed alike, each would add its share of the change. The dimension is the
    one with the member that adds most beyond (or short of) that share; of dimensions with two to
    thirty named members, where half of the records have a name, never people, and not the slice.
    """
    possible = {pair: dimensions(evaluation, pair) for pair in pairs}
    evaluation.values(ask for pair in possible for ask in pair.totals())
    evaluation.cells(
        a for pair, found in possible.items() for by in found for a in pair.members(by)
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
        if not FEWEST <= _named(ends_of(evaluation, pair, by)) <= MOST:
            continue
        one = explain(evaluation, pair, by)
        if one.lacking:
            return one
        told.append(one)
    return max(told, key=standing_out, default=None)


def standing_out(found: Drivers) -> float:
    """The most that one member adds beyond its share of the change, or short of it; nothing where
    that is the one without a name, since it would tell no more than that data are missing.
    """
    change = found.change or 0.0
    beyond = {d.member: abs(d.change - d.share * change) for d in found.members}
    most = max(beyond, key=beyond.__getitem__, default=None)
    return beyond[most] if most is not None else 0.0


def _named(ends: Ends) -> int:
    """How many members have a name; none where half of the records have none."""
    sizes: dict[Member, int] = {}
    for cells in ends:
        for member in {member for found in cells.values() for member in found}:
            size = max(found[member].n for found in cells.values() if member in found)
            sizes[member] = sizes.get(member, 0) + size
    unnamed, whole = sizes.pop((None,), 0), sum(sizes.values())
    return sum(size > 0 for size in sizes.values()) if unnamed < whole else 0
