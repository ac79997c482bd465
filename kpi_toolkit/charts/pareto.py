"""A Pareto chart: what makes up the greater part of a whole, with its running share."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from kpi_toolkit.charts.drawing import box, canvas, high_enough, line, marks, size_of, write
from kpi_toolkit.charts.given import series_of
from kpi_toolkit.charts.shown import Shown, chosen, is_known, shown
from kpi_toolkit.charts.text import fit, plain, widest, width_of
from kpi_toolkit.charts.theme import ACCENT, ACTUAL, INK, MUTED, PREVIOUS, SIZE, SMALL, theme
from kpi_toolkit.errors import RenderError, called
from kpi_toolkit.format import NO_DATA, Format, Unit

CUT = 0.8  # the share that the vital few make up
_HEAD, _TAIL = 6.0, 1.0  # mm over the rows, and under them
_ROW, _LOWEST_ROW = 5.4, 3.2
_CURVE = 15.0, 34.0  # mm of the running share: at 78 mm, at 174
_GAP, _BETWEEN, _CLEAR = 1.2, 3.0, 2.0  # mm from a bar to its figure, and between columns
_NAMES = 0.36  # of the width at most


@dataclass(frozen=True)
class Part:
    """A member's value, and the share of the whole that it reaches with those before it."""

    name: str
    value: float
    running: float
    vital: bool


@dataclass(frozen=True)
class _Table:
    """Where the columns stand, in mm: bars, the curve from nothing to all, mm for a unit."""

    axes: Axes
    scale: Shown
    row: float
    bars: float
    unit: float
    curve: tuple[float, float]

    def y(self, number: float) -> float:
        return float(self.axes.get_ylim()[1]) - _HEAD - self.row * (number + 0.5)

    def share(self, running: float) -> float:
        return self.curve[0] + (self.curve[1] - self.curve[0]) * running


@called
def pareto(  # noqa: PLR0913 - what a Pareto chart can show, each by its name
    values: pd.Series,
    *,
    unit: Unit = "count",
    words: Format | None = None,
    heads: Mapping[str, str] | None = None,
    most: int = 12,
    width: float = 84,
    ax: Axes | None = None,
) -> Axes:
    """Draw values indexed by member, the greatest first, with the share that they make together.

    Those that make up 80 % are dark. Of more than `most` members the smallest are one, "n others",
    at the end. `heads` may replace the words for "member", "value" and "running". The height
    follows from the members; with `ax` they fill that axes. Raises RenderError for a value below
    zero, which is no part of a whole, and for axes that are too low.
    """
    inside, height = (width, None) if ax is None else size_of(ax)
    words = chosen(words)
    parts = parts_of(values, most, words)
    scale = shown([part.value for part in parts], unit, words)
    named = _heads(words, scale) | dict(heads or {})
    rows = max(1, len(parts))
    usual, least = (_HEAD + rows * row + _TAIL for row in (_ROW, _LOWEST_ROW))
    with theme():
        axes = canvas(ax, inside, high_enough(height, usual, least, f"{rows} rows"))
        if not parts:
            middle = inside / 2, float(axes.get_ylim()[1]) / 2
            write(axes, *middle, NO_DATA, align="center", color=MUTED)
            return axes
        table = _table(axes, parts, scale, named)
        _draw_heads(table, named)
        for number, part in enumerate(parts):
            _draw_part(table, number, part)
        _draw_curve(table, parts)
    return axes


def parts_of(values: pd.Series, most: int, words: Format) -> list[Part]:
    """The members in their order, unknown ones at the end, the smallest of many together.

    Raises RenderError for a value below zero.
    """
    known = series_of(values)
    if (known < 0).any():
        name, value = known.idxmin(), known.min()
        raise RenderError(f"value {value:g} of {plain(name)!r}: a part of a whole is not negative")
    known = known.sort_values(ascending=False, kind="stable", na_position="last")
    rows = [(plain(name), float(value)) for name, value in known.items()]
    named = len(rows)
    if len(rows) > most + 1:
        named, others = most, words.tn("{n} other", "{n} others", len(rows) - most)
        rest = sum(value for _, value in rows[most:] if is_known(value))
        rows = [*rows[:most], (others, rest)]
    whole, run, found = sum(value for _, value in rows if is_known(value)), 0.0, []
    for number, (name, value) in enumerate(rows):
        before = run
        run += value if is_known(value) else 0.0
        share = run / whole if whole and is_known(value) else float("nan")
        vital = number < named and before < CUT * whole and value > 0
        found.append(Part(name, value, share, vital))
    return found


def _heads(words: Format, scale: Shown) -> dict[str, str]:
    number = words.t("Number")
    return {
        "member": "",
        "value": scale.unit or number,
        "running": words.t("Cumulative"),
    }


def _table(axes: Axes, parts: list[Part], scale: Shown, heads: Mapping[str, str]) -> _Table:
    """Text takes what it measures, the curve a fixed part, the bars what is left."""
    width = float(axes.get_xlim()[1])
    row = (float(axes.get_ylim()[1]) - _HEAD - _TAIL) / len(parts)
    named = [widest([part.name for part in parts], SIZE), width_of(heads["member"], SMALL)]
    bars = min(max(named), width * _NAMES) + _BETWEEN
    shares = widest([_running(scale.words, part) for part in parts], SMALL)
    end = width - max(shares, min(width_of(heads["running"], SMALL), 16.0)) - _CLEAR
    start = end - _CURVE[0] - (_CURVE[1] - _CURVE[0]) * max(0.0, (width - 78) / 96)
    figures = widest([scale.text(part.value) for part in parts], SIZE, 600)
    room = start - bars - _GAP - figures - _BETWEEN
    greatest = max((part.value for part in parts if is_known(part.value)), default=0.0)
    return _Table(axes, scale, row, bars, max(room, 2.0) / (greatest or 1.0), (start, end))


def _running(words: Format, part: Part) -> str:
    return words.percent(part.running, 0) if is_known(part.running) else NO_DATA


def _draw_heads(table: _Table, heads: Mapping[str, str]) -> None:
    width, y = float(table.axes.get_xlim()[1]), float(table.axes.get_ylim()[1]) - 2
    line(table.axes, [0, width], [y - _HEAD + 2.6] * 2)
    member = fit(heads["member"], table.bars - _BETWEEN, SMALL)
    write(table.axes, 0, y, member, size=SMALL, color=MUTED)
    value = fit(heads["value"], table.curve[0] - table.bars - _CLEAR, SMALL)
    write(table.axes, table.bars, y, value, size=SMALL, color=MUTED)
    cut = table.scale.words.percent(CUT, 0)
    write(table.axes, table.share(CUT), y, cut, align="center", size=SMALL, color=ACCENT)
    free = width - table.share(CUT) - width_of(cut, SMALL) / 2 - _GAP
    running = fit(heads["running"], free, SMALL)
    write(table.axes, width, y, running, align="right", size=SMALL, color=MUTED)


def _draw_part(table: _Table, number: int, part: Part) -> None:
    y, known = table.y(number), is_known(part.value)
    write(table.axes, 0, y, fit(part.name, table.bars - _BETWEEN, SIZE))
    length = part.value * table.unit if known else 0.0
    fill = ACTUAL if part.vital else PREVIOUS
    if known:
        box(table.axes, (table.bars, y - table.row * 0.3), (length, table.row * 0.6), fill)
    text, weight = table.scale.text(part.value), 600 if part.vital else 400
    color = INK if known else MUTED
    write(table.axes, table.bars + length + _GAP, y, text, weight=weight, color=color)
    width, color = float(table.axes.get_xlim()[1]), INK if part.vital else MUTED
    running = _running(table.scale.words, part)
    write(table.axes, width, y, running, align="right", size=SMALL, color=color)


def _draw_curve(table: _Table, parts: list[Part]) -> None:
    """The running share from row to row, over the line where the vital few end."""
    known = [(i, part.running) for i, part in enumerate(parts) if is_known(part.running)]
    if not known:
        return
    ends = [table.y(len(parts) - 0.5), table.y(-0.5)]
    line(table.axes, [table.share(CUT)] * 2, ends, color=ACCENT, width=0.7, style=(0, (3, 2)))
    xs, ys = [table.share(share) for _, share in known], [table.y(i) for i, _ in known]
    line(table.axes, xs, ys, color=MUTED, width=0.7, layer=3)
    marks(table.axes, xs, ys, "o", size=2.6, fill=ACTUAL, edge_width=0.5)
