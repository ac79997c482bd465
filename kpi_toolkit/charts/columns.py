"""The lowest tier: actual beside previous, their values, and what they are called."""

from collections.abc import Mapping

from kpi_toolkit.charts.drawing import box, line, write
from kpi_toolkit.charts.row import Row
from kpi_toolkit.charts.shown import is_known
from kpi_toolkit.charts.text import fit, width_of
from kpi_toolkit.charts.theme import ACTUAL, INK, MUTED, PREVIOUS
from kpi_toolkit.charts.tiers import Column

_ABOVE = 1.9  # mm from a bar's end to the middle of its value


def draw_columns(row: Row) -> None:
    """Bars of both values on the zero line, and the actual values."""
    base, unit, half = row.tiers.columns, row.tiers.unit, row.thick / 2
    for position, column in enumerate(row.columns):
        x = row.x(position)
        if is_known(column.previous):
            corner = (x - half - row.shift, base)
            box(row.axes, corner, (row.thick, column.previous * unit), PREVIOUS, layer=2)
        if is_known(column.actual):
            corner, size = (x - half + row.shift, base), (row.thick, column.actual * unit)
            box(row.axes, corner, size, ACTUAL, layer=3, hatched=column.expected)
    line(row.axes, [row.left, row.right], [base, base], color=INK, width=0.8)
    for position, column in row.labelled():
        _write_value(row, position, column)


def draw_legend(row: Row, names: Mapping[str, str]) -> None:
    """Which bars are which, to the left of them."""
    kinds = [("actual", ACTUAL, INK, 600, False)]
    if any(is_known(column.previous) for column in row.columns):
        kinds.append(("previous", PREVIOUS, MUTED, 400, False))
    if any(column.expected for column in row.columns):
        kinds.append(("expected", ACTUAL, MUTED, 400, True))
    top = max(row.tiers.columns + 11, 4.2 * len(kinds))
    for number, (kind, fill, color, weight, hatched) in enumerate(kinds):
        y = top - 4.2 * number
        box(row.axes, (0.1, y - 0.9), (2, 1.8), fill, hatched=hatched)
        text = fit(names[kind], row.left - 4.2, row.size, weight)
        write(row.axes, 3.2, y, text, color=color, weight=weight, size=row.size)


def _write_value(row: Row, position: int, column: Column) -> None:
    text = row.scale.text(column.actual)
    if not is_known(column.actual):
        above = max(0.0, column.previous) if is_known(column.previous) else 0.0
        at = row.x(position), row.tiers.columns + above * row.tiers.unit + _ABOVE
        write(row.axes, *at, text, align="center", size=row.size, color=MUTED)
        return
    x, y, align = _place(row, position, column, width_of(text, row.size, 600))
    write(row.axes, x, y, text, align=align, weight=600, size=row.size)


def _place(row: Row, position: int, column: Column, room: float) -> tuple[float, float, str]:
    """Beyond the end of the actual bar, and clear of a longer previous one beside it."""
    side = -1 if column.actual < 0 else 1
    own = side * column.actual * row.tiers.unit
    other = side * column.previous * row.tiers.unit if is_known(column.previous) else 0.0
    middle = min(row.x(position) + row.shift, row.right - room / 2)
    edge = row.x(position) - row.shift + row.thick / 2
    hidden = other > own and middle - room / 2 < edge
    if hidden and other - own > 1.2 and room <= 0.66 * row.step and edge + room < row.right:
        return edge + 0.3, row.tiers.columns + side * (own + _ABOVE), "left"
    reach = max(own, other) if hidden else own
    return middle, row.tiers.columns + side * (reach + _ABOVE), "center"
