"""What a chart is given: plain pandas, or one sentence that says what was expected."""

import datetime as dt
from contextlib import suppress
from typing import Any, get_args

import numpy as np
import pandas as pd

from kpi_toolkit.errors import RenderError, near_misses
from kpi_toolkit.format import Unit


def series_of(values: Any) -> pd.Series:
    """A Series as floats, NaN where there is no number. Raises RenderError for anything else."""
    if isinstance(values, pd.DataFrame):
        columns = ", ".join(map(str, values.columns))
        raise RenderError(
            f"a frame of {columns}: expected a Series; take one of them, as frame['value']"
        )
    if not isinstance(values, pd.Series):
        raise RenderError(f"values of type {type(values).__name__}: expected a pandas Series")
    return _numbers(values, values.name)


def frame_of(frame: Any, *needed: str) -> pd.DataFrame:
    """A DataFrame that has the columns. Raises RenderError for anything else."""
    if not isinstance(frame, pd.DataFrame):
        raise RenderError(f"a {type(frame).__name__}: expected a pandas DataFrame")
    for column in needed:
        if column not in frame:
            raise RenderError(
                f"a frame without the column {column!r}: {near_misses(column, frame.columns)}"
            )
    return frame


def column_of(frame: pd.DataFrame, name: str) -> pd.Series:
    """A column as floats. Raises RenderError where it is missing or holds other things."""
    return _numbers(frame_of(frame, name)[name], name)


def require_unit(unit: str) -> None:
    """Raises RenderError with near misses for a unit that is none."""
    if unit not in get_args(Unit):
        raise RenderError(f"unit {unit!r}: {near_misses(unit, get_args(Unit))}")


def start_of(place: Any) -> dt.date:
    """The day of an index that tells a period's start. Raises RenderError for a bare number."""
    if not isinstance(place, int | float | np.number):
        with suppress(TypeError, ValueError):
            return pd.Timestamp(place).date()
    raise RenderError(
        f"{place!r} in the index: expected the start of a period, as of "
        "pd.date_range('2026-01', periods=12, freq='MS')"
    )


def _numbers(values: pd.Series, name: object) -> pd.Series:
    try:
        floats = values.astype(float)
    except (TypeError, ValueError):
        raise RenderError(f"column {str(name)!r}: expected numbers, not {values.dtype}") from None
    return floats.where(np.isfinite)
