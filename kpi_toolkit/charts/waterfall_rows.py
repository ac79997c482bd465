"""A waterfall whose steps stand under one another, for many of them and for long names."""

from dataclasses import dataclass
from itertools import pairwise

from matplotlib.axes import Axes

from kpi_toolkit.charts.bridge import CUT_AT, Bridge
from kpi_toolkit.charts.drawing import NARROW, box, break_across, high_enough, line, write
from kpi_toolkit.charts.steps import Step
from kpi_toolkit.charts.text import fit, widest, width_of
from kpi_toolkit.charts.theme import INK, MUTED, SIZE, SMALL

_ROW, _LOWEST_ROW = 5.1, 3.2  # mm a row, and the least in which text keeps clear
_EDGE = 1.0  # mm over the first row and under the last
_THICK = 0.56  # of a row
_GAP = 1.2  # mm from a bar to its figure
_NAMES, _NOTES = 0.36, 0.22  # of the width at most
_BETWEEN = 3.0  # mm between two columns


@dataclass(frozen=True)
class _Rows:
    """Where the columns of text and the bars begin, in mm, and mm for a unit of value."""

    axes: Axes
    bridge: Bridge
    size: float
    row: float
    names: float
    bars: float
    unit: float

    def x(self, value: float) -> float:
        return self.bars + (value - self.bridge.floor) * self.unit

    def y(self, position: float) -> float:
        return float(self.axes.get_ylim()[1]) - _EDGE - self.row * (position + 0.5)


def height(bridge: Bridge, given: float | None) -> float:
    """mm of the drawing. Raises RenderError for axes that are too low."""
    count = max(1, len(bridge.steps))
    usual, least = (2 * _EDGE + count * row for row in (_ROW, _LOWEST_ROW))
    return high_enough(given, usual, least, f"{count} rows")


def draw(axes: Axes, bridge: Bridge) -> None:
    """Names and notes, bars and what joins them, figures."""
    rows = _rows(axes, bridge)
    for position, step in enumerate(bridge.steps):
        _draw_texts(rows, rows.y(position), step)
        _draw_bar(rows, rows.y(position), step)
    _draw_joints(rows)


def _rows(axes: Axes, bridge: Bridge) -> _Rows:
    """Text takes what it measures; the bars share what the longest of them leaves its figure."""
    width = float(axes.get_xlim()[1])
    size = SMALL if width < NARROW else SIZE
    names = min(max(width_of(s.name, size, _weight(s)) for s in bridge.steps), _NAMES * width)
    notes = min(widest([step.note for step in bridge.steps], SMALL), _NOTES * width)
    bars = names + _BETWEEN + (notes + _BETWEEN if notes else 0.0)
    reach = [
        (width - bars - _GAP - width_of(bridge.text(s), size, 600)) / (s.high - bridge.floor)
        for s in bridge.steps
        if s.high > bridge.floor
    ]
    row = (float(axes.get_ylim()[1]) - 2 * _EDGE) / len(bridge.steps)
    return _Rows(axes, bridge, size, row, names, bars, max(0.0, min(reach, default=0.0)))


def _draw_texts(rows: _Rows, y: float, step: Step) -> None:
    weight = _weight(step)
    name = fit(step.name, rows.names, rows.size, weight)
    write(rows.axes, 0, y, name, size=rows.size, weight=weight)
    if step.note:
        start = rows.names + _BETWEEN
        note = fit(step.note, rows.bars - _BETWEEN - start, SMALL)
        write(rows.axes, start, y, note, size=SMALL, color=MUTED)


def _draw_bar(rows: _Rows, y: float, step: Step) -> None:
    low, high = rows.bridge.bar(step)
    thick, left = rows.row * _THICK, rows.x(low)
    size = rows.x(high) - left, thick
    box(rows.axes, (left, y - thick / 2), size, rows.bridge.fill(step), layer=3)
    if not step.is_total and step.low == step.high:
        line(rows.axes, [left, left], [y - thick / 2, y + thick / 2], color=MUTED)
    if rows.bridge.is_cut and step.is_total:
        break_across(rows.axes, (rows.bars + CUT_AT, y), thick, upright=False)
    text, color = rows.bridge.text(step), rows.bridge.color(step)
    write(rows.axes, rows.x(high) + _GAP, y, text, size=rows.size, weight=600, color=color)


def _draw_joints(rows: _Rows) -> None:
    """The zero line, and a thin line from the end of each bar to the next one."""
    zero = rows.x(max(0.0, rows.bridge.floor))
    ends = [rows.y(-0.5), rows.y(len(rows.bridge.steps) - 0.5)]
    line(rows.axes, [zero, zero], ends, color=INK, width=0.8, layer=4)
    half = _THICK / 2
    for position, (step, _) in enumerate(pairwise(rows.bridge.steps)):
        ends = [rows.y(position + half), rows.y(position + 1 - half)]
        line(rows.axes, [rows.x(step.after)] * 2, ends, color=MUTED)


def _weight(step: Step) -> int:
    return 600 if step.is_total else 400
