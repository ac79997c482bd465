"""Bars from top to bottom: actual over previous, the change on the same scale, percents as pins."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from kpi_toolkit.charts.bars import Bars, draw_figures, draw_row, draw_zero_lines
from kpi_toolkit.charts.bars_layout import (
    HEAD,
    TAIL,
    TOTAL_ROWS,
    Line,
    layout,
    lines_of,
    row_height,
)
from kpi_toolkit.charts.drawing import canvas, line, size_of, write
from kpi_toolkit.charts.shown import Shown, chosen, head_of_change, is_known, shown
from kpi_toolkit.charts.text import fit, width_of
from kpi_toolkit.charts.theme import INK, MUTED, SMALL, theme
from kpi_toolkit.charts.tiers import Column
from kpi_toolkit.errors import called
from kpi_toolkit.format import MONEY, Format, Unit

BLURRED = 10  # times the middle value, from where the largest one's scale hides the others
MOST_FIGURES = 10_000  # what a value may reach on the scale of the middle one


@called
def ranking(  # noqa: PLR0913 - what a ranking can show, each by its name
    frame: pd.DataFrame,
    *,
    unit: Unit = "count",
    better: str = "up",
    words: Format | None = None,
    heads: Mapping[str, str] | None = None,
    total: tuple[float, float | None] | None = None,
    rest: str = "",
    width: float = 174,
    ax: Axes | None = None,
) -> Axes:
    """Draw a frame indexed by member, in its order: `value` and, optionally, `previous`.

    `total` is (value, previous or None) and stands under the members; `rest` names the row of many
    together, which has no bars where these would dwarf the others'. `heads` may replace the words
    for "member", "value" (its unit is added), "change", "percent" and "total". Shares are 0..1 and
    change in points, without percents. Below 120 mm there are no percents. Names are drawn as they
    are and cut where they would reach the bars. The height follows from the rows; with `ax` they
    fill that axes, which must be high enough (RenderError).
    """
    inside, height = (width, None) if ax is None else size_of(ax)
    lines = lines_of(frame, rest)
    whole = _total(total)
    scale = _scale(
        [v for one in lines if not one.bare for v in _both(one.column)], unit, chosen(words)
    )
    row = row_height(len(lines), whole is not None, height)
    compared = any(is_known(one.column.change) for one in lines)
    named = _heads(scale, unit, compared, heads or {})
    at = layout(lines, whole, scale, inside, pins=unit != "percent", heads=named)
    with theme():
        rows = max(1, len(lines)) + TOTAL_ROWS * (whole is not None)
        bars = Bars(canvas(ax, width, HEAD + rows * row + TAIL), scale, at, row, better)
        _draw_heads(bars, named)
        _draw_rows(bars, lines)
        if whole:
            _draw_total(bars, len(lines), named["total"], whole)
    return bars.axes


def _scale(values: list[float], unit: Unit, words: Format) -> Shown:
    """The scale of the largest value, or of the middle one where the largest would blur it."""
    sizes = sorted(abs(value) for value in values if is_known(value) and value)
    if not sizes or sizes[-1] < BLURRED * sizes[len(sizes) // 2] or unit not in MONEY:
        return shown(values, unit, words)
    middle = shown([sizes[len(sizes) // 2]], unit, words)
    return middle if sizes[-1] < MOST_FIGURES * middle.divisor else shown(values, unit, words)


def _both(column: Column) -> tuple[float, float]:
    return column.actual, column.previous


def _total(total: tuple[float, float | None] | None) -> Column | None:
    if total is None:
        return None
    value, previous = total
    return Column(float(value), float("nan") if previous is None else float(previous))


def _heads(scale: Shown, unit: Unit, compared: bool, given: Mapping[str, str]) -> dict[str, str]:
    """The words over the columns; the value's always with its unit."""
    words = scale.words
    value = words.t("Actual and previous") if compared else words.t("Actual")
    value = given.get("value", value)
    return {
        "member": "",
        "change": head_of_change(words.t("Change"), unit, scale),
        "percent": words.t("Change, %"),
        "total": words.t("Total"),
        **given,
        "value": f"{value}, {scale.unit}" if scale.unit else value,
    }


def _top(bars: Bars) -> float:
    return float(bars.axes.get_ylim()[1]) - HEAD


def _draw_heads(bars: Bars, names: Mapping[str, str]) -> None:
    """Each head over its column; the right ones first, so that the others know their room."""
    width, y = float(bars.axes.get_xlim()[1]), _top(bars) + HEAD - 2
    line(bars.axes, [0, width], [y - HEAD + 2.6] * 2)
    free_to = width
    for zero, name in ((bars.at.pins, names["percent"]), (bars.at.changes, names["change"])):
        if zero is not None:
            room = width_of(name, SMALL)
            left = min(zero - room / 2, free_to - room)
            write(bars.axes, left, y, name, size=SMALL, color=MUTED)
            free_to = left - 2.0
    start = min(bars.at.names, bars.at.bars)
    write(bars.axes, start, y, fit(names["value"], free_to - start, SMALL), size=SMALL, color=MUTED)
    write(bars.axes, 0, y, fit(names["member"], start - 2.0, SMALL), size=SMALL, color=MUTED)


def _draw_rows(bars: Bars, lines: list[Line]) -> None:
    top = _top(bars)
    for number, member in enumerate(lines):
        draw_row(bars, top - bars.row * (number + 0.5), member)
    draw_zero_lines(bars, top - bars.row * max(1, len(lines)), top)


def _draw_total(bars: Bars, count: int, name: str, total: Column) -> None:
    bottom = _top(bars) - bars.row * max(1, count)
    rule = bottom - bars.row * 0.25
    line(bars.axes, [0, bars.axes.get_xlim()[1]], [rule, rule], color=INK)
    draw_figures(bars, bottom - bars.row * 0.9, name, total, weight=600)
