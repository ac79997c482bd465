"""The rows of a ranking: name, bars and figures."""

from dataclasses import dataclass

from matplotlib.axes import Axes

from kpi_toolkit.charts.bars_layout import CLIP, GAP, PIN, Layout, Line
from kpi_toolkit.charts.drawing import box, favour, line, marks, write
from kpi_toolkit.charts.row import percent
from kpi_toolkit.charts.shown import Shown, is_known
from kpi_toolkit.charts.text import fit
from kpi_toolkit.charts.theme import ACTUAL, INK, MUTED, PREVIOUS
from kpi_toolkit.charts.tiers import Column


@dataclass(frozen=True)
class Bars:
    """What the rows are drawn on: axes, scale, places and the height of a row, in mm."""

    axes: Axes
    scale: Shown
    at: Layout
    row: float
    better: str


def draw_row(bars: Bars, y: float, member: Line) -> None:
    """A member's name, its two bars with the value, its change and its pin, centred on y."""
    if member.bare:
        draw_figures(bars, y, member.name, member.column)
        return
    name = fit(member.name, bars.at.names - 2.4, bars.at.size)
    write(bars.axes, 0, y, name, size=bars.at.size)
    _draw_values(bars, y, member.column)
    if bars.at.changes is not None:
        _draw_change(bars, y, member.column, bars.at.changes)
    if bars.at.pins is not None:
        _draw_pin(bars, y, member.column, bars.at.pins)


def draw_figures(bars: Bars, y: float, name: str, column: Column, weight: int = 400) -> None:
    """Figures without bars, as a total's, in the columns of the others'."""
    text = fit(name, bars.at.names - 2.4, bars.at.size, weight)
    write(bars.axes, 0, y, text, size=bars.at.size, weight=weight)
    _figure(bars, (bars.at.bars, y), bars.scale.text(column.actual), column.actual, weight=600)
    color = _color(bars, column) if is_known(column.change) else MUTED
    if bars.at.changes is not None:
        text = bars.scale.text(column.change, sign=True)
        _figure(bars, (bars.at.changes, y), text, column.change, color=color, weight=weight)
    if bars.at.pins is not None:
        text = percent(column.share, bars.scale.words)
        _figure(bars, (bars.at.pins, y), text, column.share, color=color, weight=weight)


def draw_zero_lines(bars: Bars, bottom: float, top: float) -> None:
    """The lines from which bars and pins start."""
    zeros = [
        (bars.at.bars, INK, 0.8),
        (bars.at.changes, PREVIOUS, 1.4),
        (bars.at.pins, PREVIOUS, 1.4),
    ]
    for x, color, width in zeros:
        if x is not None:
            line(bars.axes, [x, x], [bottom, top], color=color, width=width)


def _draw_values(bars: Bars, y: float, column: Column) -> None:
    zero, unit, row = bars.at.bars, bars.at.unit, bars.row
    thick, foot = row * 0.52, y - row * 0.26
    if is_known(column.previous):
        box(bars.axes, (zero, foot + 0.6), (column.previous * unit, thick), PREVIOUS)
        foot -= 0.1
    if is_known(column.actual):
        box(bars.axes, (zero, foot), (column.actual * unit, thick), ACTUAL, layer=3)
    end = zero + _reach(column) * unit
    look = {"weight": 600} if is_known(column.actual) else {"color": MUTED}
    _figure(bars, (end, y), bars.scale.text(column.actual), column.actual, **look)


def _reach(column: Column) -> float:
    """How far the figure must stand from zero to be clear of both bars on its side."""
    ends = [value for value in (column.actual, column.previous) if is_known(value)]
    return min([0.0, *ends]) if column.actual < 0 else max([0.0, *ends])


def _draw_change(bars: Bars, y: float, column: Column, zero: float) -> None:
    text = bars.scale.text(column.change, sign=True)
    if not is_known(column.change):
        _figure(bars, (zero, y), text, 0, color=MUTED)
        return
    color, length = _color(bars, column), column.change * bars.at.unit
    box(bars.axes, (zero, y - bars.row * 0.26), (length, bars.row * 0.52), color, layer=3)
    _figure(bars, (zero + length, y), text, bars.scale.rounded(column.change), color=color)


def _draw_pin(bars: Bars, y: float, column: Column, zero: float) -> None:
    text = percent(column.share, bars.scale.words)
    if not is_known(column.share):
        _figure(bars, (zero, y), text, 0, color=MUTED)
        return
    color, share = _color(bars, column), max(-CLIP, min(CLIP, column.share))
    end, beyond = zero + share / CLIP * PIN, share != column.share
    line(bars.axes, [zero, end], [y, y], color=color, width=1.1)
    head, size = ((">" if share > 0 else "<"), 4.2) if beyond else ("s", 3.2)
    marks(bars.axes, [end], [y], head, size=size, fill=color, edge=color, edge_width=0)
    _figure(bars, (end + (0.7 if column.share >= 0 else -0.7), y), text, column.share, color=color)


def _color(bars: Bars, column: Column) -> str:
    return favour(bars.scale.rounded(column.change), bars.better)


def _figure(
    bars: Bars,
    at: tuple[float, float],
    text: str,
    value: float,
    *,
    color: str = INK,
    weight: int = 400,
) -> None:
    """A figure beyond the end of what it measures: left of it when negative."""
    side, align = (-1, "right") if value < 0 else (1, "left")
    x, y = at[0] + side * GAP, at[1]
    write(bars.axes, x, y, text, align=align, color=color, weight=weight, size=bars.at.size)
