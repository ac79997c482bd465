"""The names under columns: each period's, and those of the groups they make."""

from collections.abc import Sequence

import pandas as pd

from kpi_toolkit.charts.axis import TimeAxis, every
from kpi_toolkit.charts.drawing import line, write
from kpi_toolkit.charts.groups import Group
from kpi_toolkit.charts.row import Row
from kpi_toolkit.charts.text import fit, widest
from kpi_toolkit.charts.theme import ACCENT, MUTED, PREVIOUS, SMALL
from kpi_toolkit.charts.tiers import FOOT


def draw_names(row: Row, axis: TimeAxis, current: int | None) -> None:
    """The names of the periods, long ones where they fit; the current one in the accent."""
    weight = 600 if current is not None else 400
    long_fits = widest(axis.long, SMALL, weight) + 0.8 <= row.step
    names = axis.long if long_fits else axis.short
    kept = every(axis.rhythm, row.step, widest(names, SMALL, weight) + 0.8)
    for position, name in enumerate(names):
        if axis.regular[position] % kept == 0:
            color, bold = (ACCENT, 600) if position == current else (MUTED, 400)
            at = row.x(position), FOOT - 2.1
            write(row.axes, *at, name, align="center", size=SMALL, color=color, weight=bold)


def draw_groups(
    row: Row, index: pd.Index, groups: Sequence[Group], highlight: pd.Timestamp | None
) -> None:
    """A line and a text under each group that is wholly shown."""
    for first, last, text in groups:
        if first in index and last in index:
            start, end = index.get_indexer([first, last])
            strong = highlight is not None and first <= highlight <= last
            _draw_group(row, (row.x(start - 0.38), row.x(end + 0.38)), text, strong)


def draw_edge(row: Row) -> None:
    """A dashed line where what is expected begins."""
    firsts = [i for i, column in enumerate(row.columns) if column.expected]
    if firsts and firsts[0]:
        x = row.x(firsts[0] - 0.5)
        line(row.axes, [x, x], [FOOT - 4.4, row.tiers.height - 3.5], style=(0, (2, 2)))


def _draw_group(row: Row, across: tuple[float, float], text: str, strong: bool) -> None:
    color, weight = (ACCENT, 600) if strong else (MUTED, 400)
    rule, width = (ACCENT, 1.2) if strong else (PREVIOUS, 0.6)
    line(row.axes, across, [FOOT - 4.4] * 2, color=rule, width=width)
    shown = fit(text, across[1] - across[0], SMALL, weight)
    write(
        row.axes,
        sum(across) / 2,
        2.4,
        shown,
        align="center",
        size=SMALL,
        color=color,
        weight=weight,
    )
