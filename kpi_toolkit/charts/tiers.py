"""Where columns, their changes and the changes in percent stand: three tiers on one scale."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from kpi_toolkit.charts.given import column_of
from kpi_toolkit.charts.shown import is_known
from kpi_toolkit.errors import RenderError

FOOT = 9.5  # mm under the columns for their names
_LABEL, _BETWEEN, _END = 3.6, 6.5, 4.5  # mm for a label below a bar, between tiers, at the head
_LEGEND = 9.0  # mm at least above the zero line of the columns, for what they are called
_TALL, _TALLEST = 24.0, 44.0  # mm: columns at most, columns and changes together at most
_PIN, _CLIP = 7.0, 1.0  # mm of the longest pin, and the share at which pins are cut


@dataclass(frozen=True)
class Column:
    """A period's value, the one it is compared with (NaN = none), and whether it is expected."""

    actual: float
    previous: float
    expected: bool = False

    @property
    def change(self) -> float:
        """The difference; NaN when there is nothing to compare."""
        return self.actual - self.previous

    @property
    def share(self) -> float:
        """The difference as a share of the previous value; NaN when there is none or it is 0."""
        return self.change / abs(self.previous) if self.previous else np.nan


@dataclass(frozen=True)
class Span:
    """How far values reach below and above zero."""

    below: float
    above: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Self:
        """The reach of some values and of zero itself."""
        known = [0.0, *(value for value in values if is_known(value))]
        return cls(-min(known), max(known))

    @property
    def whole(self) -> float:
        """From the lowest to the highest."""
        return self.below + self.above

    def foot(self, unit: float) -> float:
        """mm under the zero line, with room for a label where there is a bar."""
        return self.below * unit + (_LABEL if self.below else 0)


@dataclass(frozen=True)
class Tiers:
    """Heights in mm of the three zero lines, and mm for each unit of value and of share."""

    columns: float
    changes: float | None
    percents: float | None
    unit: float
    pin_unit: float
    height: float


def columns_of(frame: pd.DataFrame) -> list[Column]:
    """The columns of a frame with `actual` and, optionally, `previous` and `expected`."""
    actual = column_of(frame, "actual")
    previous = column_of(frame, "previous") if "previous" in frame else actual * np.nan
    expected = frame["expected"].astype(bool) if "expected" in frame else actual * 0 > 0
    return [Column(*row) for row in zip(actual, previous, expected, strict=True)]


def clipped(share: float) -> float:
    """A share as long as its pin may be; NaN stays NaN."""
    return share if not is_known(share) else max(-_CLIP, min(_CLIP, share))


def tiers(columns: list[Column], *, pins: bool, height: float | None = None) -> Tiers:
    """The tiers of some columns; `height` is that of the analyst's own axes.

    Raises RenderError when those are too low.
    """
    values = Span.of(v for column in columns for v in (column.actual, column.previous))
    changes = Span.of(column.change for column in columns)
    compared = any(is_known(column.change) for column in columns)
    pins = pins and any(is_known(column.share) for column in columns)
    reach = Span.of(clipped(column.share) for column in columns if pins and is_known(column.share))
    pin_unit = _PIN / (max(reach.below, reach.above) or 1)
    unit = _unit(values, changes, compared)
    if height is not None:
        fixed = _stack(values, changes if compared else None, reach if pins else None, 0, pin_unit)
        unit = _filling(height, fixed.height, values.whole + compared * changes.whole)
    return _stack(values, changes if compared else None, reach if pins else None, unit, pin_unit)


def _unit(values: Span, changes: Span, compared: bool) -> float:
    both = values.whole + compared * changes.whole
    return min(_TALL / (values.whole or 1), _TALLEST / (both or 1))


def _filling(height: float, fixed: float, span: float) -> float:
    if height < fixed + 8:
        raise RenderError(
            f"axes {height:.0f} mm high: these columns need at least {fixed + 8:.0f} mm"
        )
    return (height - fixed) / (span or 1)


def _stack(
    values: Span, changes: Span | None, shares: Span | None, unit: float, pin_unit: float
) -> Tiers:
    """The zero lines from the bottom up."""
    base = FOOT + values.foot(unit)
    head = base + max(values.above * unit, _LEGEND)
    middle = top = None
    if changes:
        middle = head + _BETWEEN + changes.foot(unit)
        head = middle + changes.above * unit
    if shares:
        top = head + _BETWEEN + shares.foot(pin_unit)
        head = top + shares.above * pin_unit
    return Tiers(base, middle, top, unit, pin_unit, head + _END)
