"""Columns of actual beside previous, the change on the same scale, and the change in percent."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes

from kpi_toolkit.charts.axis import time_axis
from kpi_toolkit.charts.changes import draw_changes, draw_percents
from kpi_toolkit.charts.columns import draw_columns, draw_legend
from kpi_toolkit.charts.drawing import NARROW, canvas, size_of
from kpi_toolkit.charts.groups import Group, year_groups
from kpi_toolkit.charts.names_below import draw_edge, draw_groups, draw_names
from kpi_toolkit.charts.row import Row
from kpi_toolkit.charts.shown import Shown, chosen, head_of_change, shown
from kpi_toolkit.charts.text import widest
from kpi_toolkit.charts.theme import SIZE, SMALL, theme
from kpi_toolkit.charts.tiers import Tiers, columns_of, tiers
from kpi_toolkit.errors import called
from kpi_toolkit.format import Format, Unit

NARROW_PERIODS = 6


@called
def variance_columns(  # noqa: PLR0913 - what the columns can show, each by its name
    frame: pd.DataFrame,
    *,
    unit: Unit = "count",
    better: str = "up",
    words: Format | None = None,
    names: Mapping[str, str] | None = None,
    groups: Sequence[Group] = (),
    highlight: pd.Timestamp | None = None,
    width: float = 174,
    ax: Axes | None = None,
    fiscal_year_starts: int = 1,
) -> Axes:
    """Draw a frame indexed by period start: `actual`, `previous` (NaN = nothing to compare).

    A column `expected` (true or false) hatches what has not happened yet. `groups` are (first,
    last, text) under the columns, by default the years; the group that holds the period start
    `highlight` stands out, and without groups that period. `names` may replace the words for
    "actual", "previous", "change", "percent" and "expected". Shares are 0..1 and change in points,
    without percents. Below 120 mm the last six periods are drawn. The height follows from the
    values; with `ax` they fill that axes, which must be some 60 mm high (RenderError).
    """
    inside, height = (width, None) if ax is None else size_of(ax)
    frame = frame.tail(NARROW_PERIODS) if inside < NARROW else frame
    columns = columns_of(frame)
    scale = shown([v for c in columns for v in (c.actual, c.previous)], unit, chosen(words))
    named = _names(scale, unit) | dict(names or {})
    heights = tiers(columns, pins=unit != "percent", height=height)
    with theme():
        axes = canvas(ax, width, heights.height)
        row = Row(axes, columns, scale, heights, _left(named, heights, inside), better)
        draw_columns(row)
        draw_legend(row, named)
        draw_changes(row, named["change"])
        draw_percents(row, named["percent"])
        _draw_below(row, frame.index, groups, highlight, fiscal_year_starts)
    return axes


def _names(scale: Shown, unit: Unit) -> dict[str, str]:
    words = scale.words
    return {
        "actual": words.t("Actual"),
        "previous": words.t("Previous"),
        "expected": words.t("Expected"),
        "change": head_of_change(words.t("Change"), unit, scale),
        "percent": words.t("Change, %"),
    }


def _left(names: Mapping[str, str], heights: Tiers, width: float) -> float:
    """Room for the names at the left, as measured, up to a quarter of the width."""
    size = SMALL if width < NARROW else SIZE
    heads = [names["change"]] * (heights.changes is not None)
    heads += [names["percent"]] * (heights.percents is not None)
    legend = max(widest([names["actual"]], size, 600), widest([names["previous"]], size)) + 4.2
    return min(max(widest(heads, size, 600) + 2.0, legend), width / 4)


def _draw_below(
    row: Row,
    index: pd.Index,
    groups: Sequence[Group],
    highlight: pd.Timestamp | None,
    fiscal_year_starts: int,
) -> None:
    axis = time_axis(index, row.scale.words, fiscal_year_starts)
    alone = not groups and highlight in index
    draw_names(row, axis, int(index.get_indexer([highlight])[0]) if alone else None)
    if groups:
        draw_groups(row, index, groups, highlight)
    else:
        draw_groups(row, index, year_groups(index, axis.years), None)
    draw_edge(row)
