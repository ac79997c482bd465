"""What charts of parts show, in words: Pareto, cohorts, distribution."""

from typing import Any

import numpy as np
import pandas as pd

from kpi_toolkit.charts.cohort import cohorts_of
from kpi_toolkit.charts.distribution import known_of
from kpi_toolkit.charts.pareto import parts_of
from kpi_toolkit.charts.shown import chosen, is_known
from kpi_toolkit.format import Format, Unit
from kpi_toolkit.insight.spread import Spread


def pareto_alt(
    values: pd.Series, *, unit: Unit = "count", words: Format | None = None, most: int = 12
) -> str:
    """Each part, the greatest first, with the share that it reaches with those before it."""
    words = chosen(words)
    said = []
    for part in parts_of(values, most, words):
        value = words.value(part.value, unit)
        share = f" ({words.percent(part.running, 0)})" if is_known(part.running) else ""
        said.append(f"{part.name} {value}{share}")
    if not said:
        return words.t("Parts without data.")
    return words.t("Parts, with their cumulative share: {values}.", values=", ".join(said))


def cohort_alt(
    frame: pd.DataFrame,
    *,
    sizes: pd.Series | None = None,
    unit: Unit = "percent",
    words: Format | None = None,
    fiscal_year_starts: int = 1,
) -> str:
    """The last known value of each cohort, with its age and size."""
    words = chosen(words)
    said = []
    for one in cohorts_of(frame, sizes, words, fiscal_year_starts):
        known = [i for i, share in enumerate(one.shares) if is_known(share)]
        if known:
            value = words.value(one.shares[known[-1]], unit)
            facts = [words.t("age {age}", age=frame.columns[known[-1]])]
            facts += [f"n = {words.number(one.size)}"] if is_known(one.size) else []
            said.append(f"{one.name} {value} ({', '.join(facts)})")
    if not said:
        return words.t("Cohorts without data.")
    return words.t("Cohorts, latest values: {values}.", values=", ".join(said))


def distribution_alt(
    values: pd.Series,
    *,
    before: pd.Series | None = None,
    unit: Unit = "days",
    words: Format | None = None,
) -> str:
    """How many values there are, their span, median, mean and 90th percentile; those before."""
    words = chosen(words)
    now, earlier = known_of(values), known_of(before)
    if not len(now):
        return words.t("Distribution without data.")
    count = words.tn("{n} value", "{n} values", len(now))
    said = [words.t("Distribution: {facts}.", facts=f"{count}, {_spread(now, unit, words)}")]
    if len(earlier):
        said.append(words.t("Before: {facts}.", facts=_spread(earlier, unit, words)))
    return " ".join(said)


def _spread(values: np.ndarray, unit: Unit, words: Format) -> str:
    spread = Spread.of(values)
    numbers = {
        "low": values.min(),
        "high": values.max(),
        "median": spread.median,
        "mean": spread.mean,
        "most": spread.most,
    }
    texts: dict[str, Any] = {k: words.value(float(v), unit) for k, v in numbers.items()}
    return words.t(
        "from {low} to {high}, median {median}, mean {mean}, 9 of 10 up to {most}", **texts
    )
