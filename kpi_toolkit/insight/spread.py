"""How the records of a KPI are spread: what is typical of them, and what most do not exceed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi_toolkit.errors import DefinitionError
from kpi_toolkit.format import Format, Unit
from kpi_toolkit.measures.definition import Bound

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_MEASURED = ("count", "sum", "median", "p90")


@dataclass(frozen=True)
class Spread:
    """What is typical of some values (at least one)."""

    n: int
    median: float
    mean: float
    most: float  # nine of ten are not above it

    @classmethod
    def of(cls, values: np.ndarray) -> Spread:
        """Median, mean and 90th percentile (between two values in proportion, as in SQL)."""
        import numpy as np

        middle, most = np.quantile(values, [0.5, 0.9]).tolist()
        return cls(len(values), middle, float(np.mean(values)), most)


def require_measured(bound: Bound) -> None:
    """Raise DefinitionError for a KPI that does not measure one amount or duration a record."""
    measured = {measure.of for measure in bound.measures if measure.of}
    plain = all(measure.aggregate in _MEASURED for measure in bound.measures)
    if len(measured) != 1 or not plain or bound.kpi.unit not in ("money", "days", "hours"):
        raise DefinitionError(
            f"{bound.kpi.name}: it does not measure one amount or duration a record; expected a "
            f"KPI such as sales.sales_cycle_median or sales.average_won_deal"
        )


def measured(records: pd.DataFrame) -> pd.Series:
    """The amounts or durations that enter the numerator."""
    return records.loc[records["in_numerator"], "measured"].astype(float).dropna()


def message(values: pd.Series, unit: Unit, label: str, when: str, words: Format) -> str:
    """Up to where half of the records reach, and nine of ten."""
    if values.empty:
        return words.t("{kpi}: no data {when}.", kpi=label, when=when)
    if len(values) == 1:
        value = words.value(float(values.iloc[0]), unit)
        return words.t("{kpi}: one record, of {value}.", kpi=label, value=value)
    spread = Spread.of(values.to_numpy())
    return words.t(
        "{kpi}: half of {n} records are at most {median}, nine of ten at most {most}.",
        kpi=label,
        n=words.count(spread.n),
        median=words.value(spread.median, unit),
        most=words.value(spread.most, unit),
    )
