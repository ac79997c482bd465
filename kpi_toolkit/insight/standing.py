"""Which members of a rate stand apart from the whole, and which differ by no more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from kpi_toolkit.measures.interval import wilson
from kpi_toolkit.measures.value import KpiValue

SURE = 0.95  # for all members together, so that of many not some stand apart by chance


@dataclass(frozen=True)
class Standing:
    """The members below and above the whole, those farthest from it first."""

    below: tuple[KpiValue, ...]
    above: tuple[KpiValue, ...]


def standing(members: Sequence[KpiValue], whole: float) -> Standing:
    """Members (rates, with their counts) whose Wilson interval leaves the rate of the whole
    outside; the level of each follows Bonferroni.
    """
    z = NormalDist().inv_cdf(1 - (1 - SURE) / (2 * max(len(members), 1)))
    below, above = [], []
    for value in members:
        found = wilson(value.numerator or 0.0, value.denominator or 0.0, z)
        if found and found[1] < whole:
            below.append(value)
        elif found and found[0] > whole:
            above.append(value)
    return Standing(
        tuple(sorted(below, key=lambda v: v.value or 0.0)),
        tuple(sorted(above, key=lambda v: -(v.value or 0.0))),
    )
