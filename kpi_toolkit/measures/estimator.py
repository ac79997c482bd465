"""Estimators over grouped durations: the histogram leaves the engine, not the records."""

from collections.abc import Iterable

# A product of rounded shares may miss an exact half by its last digits.
HALF = 0.5 + 1e-12


def kaplan_meier_median(durations: Iterable[tuple[int, bool, int]]) -> int | None:
    """The smallest duration at which survival is at most one half; None when it is never reached.

    `durations` are (duration, ended, count): an end at a duration comes before a censoring at the
    same one.
    Source: Kaplan and Meier (1958), "Nonparametric estimation from incomplete observations".
    """
    ends: dict[int, int] = {}
    leaves: dict[int, int] = {}
    for duration, ended, count in durations:
        leaves[duration] = leaves.get(duration, 0) + count
        if ended:
            ends[duration] = ends.get(duration, 0) + count
    survival, at_risk = 1.0, sum(leaves.values())
    for duration in sorted(leaves):
        survival *= 1 - ends.get(duration, 0) / at_risk
        if survival <= HALF:
            return duration
        at_risk -= leaves[duration]
    return None
