"""The measures behind a KPI's value: those of its formula, and what is told beside it."""

from __future__ import annotations

from functools import lru_cache

from kpi_toolkit.measures import chance, foreseen, known
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.fact import Measure


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
