"""The stages of a funnel: how many reached each, what share moved on, and how long they stayed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpi_toolkit.charts.given import column_of
from kpi_toolkit.charts.text import plain


@dataclass(frozen=True)
class Measured:
    """A figure and the one of the period that it is compared with; NaN = none."""

    now: float
    before: float

    @property
    def change(self) -> float:
        """The difference; NaN when there is nothing to compare."""
        return self.now - self.before


@dataclass(frozen=True)
class Stage:
    """How many reached a stage, the share of them that moved on, and their median days in it."""

    name: str
    reached: Measured
    share: Measured
    days: Measured


def stages_of(frame: pd.DataFrame) -> list[Stage]:
    """The stages of a frame indexed by name: `count`, and optionally `share`, `days`, and each of
    the three with `_before`. Without `share` it is the next stage's count over this one's.
    """
    counts = column_of(frame, "count")
    shares = _column(frame, "share") if "share" in frame else _moved_on(counts)
    before = _column(frame, "count_before")
    shares_before = (
        _column(frame, "share_before") if "share" in frame or "share_before" in frame
        else _moved_on(before)
    )  # fmt: skip
    days = zip(_column(frame, "days"), _column(frame, "days_before"), strict=True)
    rows = zip(
        frame.index,
        zip(counts, before, strict=True),
        zip(shares, shares_before, strict=True),
        days,
        strict=True,
    )
    return [Stage(plain(name), *(Measured(*pair) for pair in pairs)) for name, *pairs in rows]


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    if name in frame:
        return column_of(frame, name)
    return pd.Series(np.nan, frame.index)


def _moved_on(counts: pd.Series) -> pd.Series:
    """The next count as a share of each; none for the last, and of nothing."""
    return counts.shift(-1) / counts.where(counts != 0)
