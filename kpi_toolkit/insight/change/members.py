"""Which members of a breakdown changed by more than chance explains, among so many."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist

from kpi_toolkit.insight.change.course import ALPHA
from kpi_toolkit.measures.comparison import Comparison


def surely_changed(compared: Mapping[str, Comparison]) -> frozenset[str] | None:
    """The members whose change leaves zero outside its interval, at 5% for all of them together;
    None where no change has an interval, so that nobody can tell.
    """
    judged = {member: found for member, found in compared.items() if found.interval}
    if not judged:
        return None
    limit = NormalDist().inv_cdf(1 - ALPHA / 2 / len(judged))
    return frozenset(member for member, found in judged.items() if found.exceeds(limit))
