"""How the sample's whole numbers become the columns of an export."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kpi_toolkit.crm.sample import workdays
from kpi_toolkit.crm.sample.draws import Flag, Real, Text, Whole

if TYPE_CHECKING:
    import pandas

Instants = npt.NDArray[np.datetime64]


def words(vocabulary: Sequence[str], positions: Whole, known: Flag | None = None) -> Text:
    """The word at each position, None where it is not known."""
    chosen = np.array(vocabulary, dtype=object)[positions]
    return chosen if known is None else only(chosen, known)


def only(texts: Text, known: Flag) -> Text:
    """The texts, None where they are not known."""
    shown = texts.copy()
    shown[~known] = None
    return shown


def numbers(values: "Whole | npt.NDArray[np.floating]", known: Flag) -> Real:
    """Floating point, NaN where it is not known."""
    return np.where(known, values, np.nan)


def instants(seconds: Whole, known: Flag | None = None) -> Instants:
    """Naive UTC instants to the microsecond, NaT where they are not known."""
    at = seconds.astype("datetime64[s]").astype("datetime64[us]")
    return at if known is None else np.where(known, at, np.datetime64("NaT", "us"))


def local_days(positions: Whole, known: Flag) -> Instants:
    """Working days as midnights, NaT where they are not known."""
    day = workdays.days(positions).astype("datetime64[D]").astype("datetime64[us]")
    return np.where(known, day, np.datetime64("NaT", "us"))


def ids(prefix: str, order: Whole) -> Text:
    """An id each, numbered from 1 in the given order (positions, first recorded first)."""
    chosen = np.empty(len(order), dtype=object)
    chosen[order] = [f"{prefix}-{number:05d}" for number in range(1, len(order) + 1)]
    return chosen


def frame(rows: Flag | Whole, columns: dict[str, Any]) -> "pandas.DataFrame":
    """The rows that are marked, or those at the given positions, numbered from 0."""
    import pandas

    return pandas.DataFrame({name: values[rows] for name, values in columns.items()})
