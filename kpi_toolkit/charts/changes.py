"""The upper tiers: changes as bars on the scale of the columns, percents as pins."""

from kpi_toolkit.charts.drawing import box, line, marks, write
from kpi_toolkit.charts.row import Row, percent
from kpi_toolkit.charts.shown import is_known
from kpi_toolkit.charts.text import fit, width_of
from kpi_toolkit.charts.theme import MUTED, PREVIOUS, SMALL
from kpi_toolkit.charts.tiers import Column, clipped


def draw_changes(row: Row, name: str) -> None:
    """A bar for each change, with its value; a dash where there is nothing to compare."""
    zero = row.tiers.changes
    if zero is None:
        return
    _draw_zero(row, zero, name)
    for position, column in enumerate(row.columns):
        if is_known(column.change):
            corner = (row.x(position) - row.thick / 2, zero)
            size = (row.thick, column.change * row.tiers.unit)
            color = row.color(column)
            box(row.axes, corner, size, color, layer=3, hatched=column.expected)
    for position, column in row.labelled():
        end = zero + column.change * row.tiers.unit
        text = row.scale.text(column.change, sign=True)
        _write_end(row, position, column, text, (zero, end, 1.9))


def draw_percents(row: Row, name: str) -> None:
    """A pin for each change in percent; an arrow where it is longer than pins may be."""
    zero = row.tiers.percents
    if zero is None:
        return
    _draw_zero(row, zero, name)
    for position, column in enumerate(row.columns):
        if is_known(column.share):
            _draw_pin(row, row.x(position), zero, column)
    for position, column in row.labelled():
        end = zero + clipped(column.share) * row.tiers.pin_unit
        text = percent(column.share, row.scale.words)
        _write_end(row, position, column, text, (zero, end, 2.3))


def _draw_zero(row: Row, zero: float, name: str) -> None:
    line(row.axes, [row.left, row.right], [zero, zero], color=PREVIOUS, width=1.4)
    write(row.axes, 0, zero, fit(name, row.left - 1, row.size, 600), weight=600, size=row.size)


def _draw_pin(row: Row, x: float, zero: float, column: Column) -> None:
    color, share = row.color(column), clipped(column.share)
    end = zero + share * row.tiers.pin_unit
    beyond = share != column.share
    head = ("^" if share > 0 else "v") if beyond else "s"
    line(row.axes, [x, x], [zero, end], color=color, width=1.1)
    fill = "white" if column.expected else color
    size = 4.4 if beyond else 3.4
    marks(row.axes, [x], [end], head, size=size, fill=fill, edge=color, edge_width=0.8)


def _write_end(
    row: Row, position: int, column: Column, text: str, along: tuple[float, float, float]
) -> None:
    """A figure beyond the end of its bar or pin; a dash on the zero line's upper side."""
    zero, end, away = along
    known = is_known(end)
    side = -1 if known and end < zero else 1
    color = row.color(column) if known else MUTED
    y = (end if known else zero) + side * away
    x = min(row.x(position), row.right - width_of(text, SMALL) / 2)
    write(row.axes, x, y, text, align="center", size=SMALL, color=color)
