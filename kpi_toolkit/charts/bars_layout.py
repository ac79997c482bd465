"""Where the columns of a ranking stand: names, bars, changes and pins, from measured text."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from kpi_toolkit.charts.drawing import NARROW
from kpi_toolkit.charts.given import column_of
from kpi_toolkit.charts.row import percent
from kpi_toolkit.charts.shown import Shown, is_known
from kpi_toolkit.charts.text import plain, widest
from kpi_toolkit.charts.theme import SIZE, SMALL
from kpi_toolkit.charts.tiers import Column, Span
from kpi_toolkit.errors import RenderError

HEAD, TAIL = 6.0, 1.0  # mm above the rows for their heads, and under them
ROW, LOWEST_ROW = 5.1, 3.2  # mm a row, and the least in which text keeps clear
TOTAL_ROWS = 1.5
GAP = 1.2  # mm from a bar to its figure
PIN, CLIP = 9.0, 0.5  # mm of the longest pin, and the share at which pins are cut
_BETWEEN = 5.0, 9.0  # mm between the figures of one column of bars and the next: narrow, wide
_EDGE = 0.5  # mm kept free at the right end


@dataclass(frozen=True)
class Line:
    """A member of a ranking with its value and the one it is compared with."""

    name: str
    column: Column
    bare: bool = False  # figures without bars


@dataclass(frozen=True)
class Layout:
    """mm from the left of the zero lines (None: not drawn), and mm for each unit of value."""

    names: float
    bars: float
    changes: float | None
    pins: float | None
    unit: float
    size: float


def lines_of(frame: pd.DataFrame, rest: str = "") -> list[Line]:
    """The rows of a frame indexed by member, with `value` and optionally `previous`. The row
    `rest`, of many together, has no bars where it exceeds each of the others: theirs would vanish.
    """
    values = column_of(frame, "value")
    previous = column_of(frame, "previous") if "previous" in frame else values * float("nan")
    sizes = pd.concat([values, previous], axis=1).abs().max(axis=1)
    dwarfs = rest in frame.index and sizes[rest] > sizes.drop(rest).max()
    rows = zip(frame.index, values, previous, strict=True)
    return [
        Line(plain(name), Column(value, before), bare=bool(dwarfs and name == rest))
        for name, value, before in rows
    ]


def row_height(count: int, total: bool, height: float | None) -> float:
    """mm of a row; in axes of a given height what they leave. RenderError when that is too low."""
    if height is None:
        return ROW
    rows = max(1, count) + TOTAL_ROWS * total
    found = (height - HEAD - TAIL) / rows
    if found < LOWEST_ROW:
        needed = HEAD + TAIL + rows * LOWEST_ROW
        raise RenderError(f"axes {height:.0f} mm high: {count} rows need at least {needed:.0f} mm")
    return found


def layout(
    lines: list[Line],
    total: Column | None,
    scale: Shown,
    width: float,
    *,
    pins: bool,
    heads: Mapping[str, str],
) -> Layout:
    """The columns' places: text takes what it measures, bars share the rest on one scale."""
    size = SMALL if width < NARROW else SIZE
    between = _BETWEEN[0] if width < NARROW else _BETWEEN[1]
    shown = [line.column for line in lines if not line.bare]
    figures = [*(line.column for line in lines), *([total] if total else [])]
    named = [widest([line.name for line in lines], size), widest([heads["member"]], SMALL)]
    named += [widest([heads["total"]], size, 600)] if total else []
    names = min(max(named), width * (0.3 if pins else 0.36)) + 3.0
    values = _Sides.of(shown, figures, scale, size, change=False)
    changes = _Sides.of(shown, figures, scale, size, change=True)
    compared = any(is_known(column.change) for column in shown)
    pinned = pins and width >= NARROW and any(is_known(column.share) for column in shown)
    pin = _pin_sides(figures, scale, size) if pinned else (0.0, 0.0)
    taken = names + values.text + _EDGE + pinned * (sum(pin) + between)
    taken += compared * (changes.text + between)
    span = values.span.whole + compared * changes.span.whole
    unit = max(width - taken, 4.0) / (span or 1)
    bars = names + values.before(unit)
    after = bars + values.after(unit) + between
    return Layout(
        names,
        bars,
        after + changes.before(unit) if compared else None,
        width - _EDGE - pin[1] if pinned else None,
        unit,
        size,
    )


@dataclass(frozen=True)
class _Sides:
    """What bars and their figures take on both sides of a zero line."""

    span: Span
    left: float
    right: float

    @classmethod
    def of(
        cls, bars: list[Column], figures: list[Column], scale: Shown, size: float, *, change: bool
    ) -> "_Sides":
        numbers = [c.change if change else c.actual for c in figures]
        lengths = [c.change if change else c.actual for c in bars]
        lengths += [] if change else [c.previous for c in bars]
        weight = 400 if change else 600
        texts = {number: scale.text(number, sign=change) for number in numbers}
        left = widest([t for n, t in texts.items() if scale.rounded(n) < 0], size, weight)
        right = widest([t for n, t in texts.items() if not scale.rounded(n) < 0], size, weight)
        return cls(Span.of(lengths), left and left + GAP, right and right + GAP)

    @property
    def text(self) -> float:
        return self.left + self.right

    def before(self, unit: float) -> float:
        return self.span.below * unit + self.left

    def after(self, unit: float) -> float:
        return self.span.above * unit + self.right


def _pin_sides(figures: list[Column], scale: Shown, size: float) -> tuple[float, float]:
    """mm left and right of the pins' zero line."""
    shares = [column.share for column in figures]
    found = []
    for side in (-1, 1):
        own = [share for share in shares if is_known(share) and share * side >= 0]
        text = widest([percent(share, scale.words) for share in own], size, 600)
        reach = max([abs(share) for share in own], default=0.0)
        found.append(min(reach, CLIP) / CLIP * PIN + text + 2.2)
    return found[0], found[1]
