"""A waterfall whose steps stand side by side, from left to right."""

from dataclasses import dataclass
from itertools import pairwise

from matplotlib.axes import Axes

from kpi_toolkit.charts.bridge import CUT_AT, Bridge
from kpi_toolkit.charts.drawing import box, break_across, high_enough, line, write
from kpi_toolkit.charts.places import Places
from kpi_toolkit.charts.shown import is_known
from kpi_toolkit.charts.steps import Step
from kpi_toolkit.charts.text import line_box, width_of, wrapped
from kpi_toolkit.charts.theme import INK, MUTED, SIZE, SMALL

_HEIGHT, _LOWEST = 48.0, 32.0  # mm, and the least in which bars tell something
_THICKEST, _SHARE = 13.5, 0.56  # mm of a bar at most, and its share of a step
_HEAD, _EDGE = 4.4, 1.6  # mm over the bars, and under the names
_UNDER, _LINE = 2.9, 3.3  # mm from the bars' foot to the first line of a name, and to the next
_AWAY = 2.1  # mm from the end of a bar to the middle of its figure
_MOST_LINES = 2  # of a name
_BETWEEN = 0.8  # mm between two names


@dataclass(frozen=True)
class _Columns:
    """Where steps stand, in mm: their width, the foot of the bars, and a unit of value."""

    axes: Axes
    bridge: Bridge
    step: float
    foot: float
    unit: float

    @property
    def thick(self) -> float:
        return min(self.step * _SHARE, _THICKEST)

    def x(self, position: int) -> float:
        return self.step * (position + 0.5)

    def y(self, value: float) -> float:
        return self.foot + (value - self.bridge.floor) * self.unit


def has_room(bridge: Bridge, width: float) -> bool:
    """Whether each name, note and figure fits the width of its step."""
    room = width / max(1, len(bridge.steps)) - _BETWEEN
    return all(
        width_of(bridge.text(step), SIZE, 600) <= room
        and width_of(step.note, SMALL) <= room
        and _name_fits(step, room)
        for step in bridge.steps
    )


def height(bridge: Bridge, given: float | None) -> float:
    """mm of the drawing. Raises RenderError for axes that are too low."""
    return high_enough(given, _HEIGHT, _LOWEST, f"{len(bridge.steps)} columns")


def draw(axes: Axes, bridge: Bridge) -> None:
    """Bars and what joins them, figures and names."""
    columns = _columns(axes, bridge)
    for position, step in enumerate(bridge.steps):
        _draw_bar(columns, position, step)
        _draw_name(columns, position, step)
    _draw_joints(columns)
    _draw_figures(columns)


def _columns(axes: Axes, bridge: Bridge) -> _Columns:
    step = float(axes.get_xlim()[1]) / len(bridge.steps)
    lines = max(len(_name_lines(one, step - _BETWEEN)) for one in bridge.steps)
    notes = any(one.note for one in bridge.steps)
    names = _UNDER + _LINE * (lines + notes - 1) + _EDGE
    top = float(axes.get_ylim()[1]) - _HEAD
    span = (bridge.high - bridge.floor) or 1.0
    found = _Columns(axes, bridge, step, names, (top - names) / span)
    if _hangs(found):
        # A figure under the lowest bar stands between it and the names.
        foot = names + 2 * _AWAY
        found = _Columns(axes, bridge, step, foot, (top - foot) / span)
    return found


def _hangs(columns: _Columns) -> bool:
    falling = [s for s in columns.bridge.steps if not s.is_total and s.after < s.before]
    below = [s for s in columns.bridge.steps if s.is_total and s.after < 0]
    ends = [columns.y(s.low) for s in [*falling, *below]]
    return min(ends, default=columns.foot + 9) < columns.foot + 2 * _AWAY


def _draw_bar(columns: _Columns, position: int, step: Step) -> None:
    low, high = columns.bridge.bar(step)
    left, bottom = columns.x(position) - columns.thick / 2, columns.y(low)
    size = columns.thick, columns.y(high) - bottom
    box(columns.axes, (left, bottom), size, columns.bridge.fill(step), layer=3)
    if not step.is_total and step.low == step.high:
        line(columns.axes, [left, left + columns.thick], [bottom, bottom], color=MUTED)
    if columns.bridge.is_cut and step.is_total:
        middle = columns.x(position), columns.foot + CUT_AT
        break_across(columns.axes, middle, columns.thick, upright=True)


def _draw_joints(columns: _Columns) -> None:
    """The zero line, and a thin line from the end of each bar to the next one."""
    width = float(columns.axes.get_xlim()[1])
    zero = columns.y(max(0.0, columns.bridge.floor))
    line(columns.axes, [0, width], [zero, zero], color=INK, width=0.8, layer=4)
    half = columns.thick / 2
    for position, (step, _) in enumerate(pairwise(columns.bridge.steps)):
        ends = [columns.x(position) + half, columns.x(position + 1) - half]
        line(columns.axes, ends, [columns.y(step.after)] * 2, color=MUTED)


def _draw_figures(columns: _Columns) -> None:
    """Each figure beyond the end of its bar in the direction of the step, off zero line and bar."""
    width, height = columns.axes.get_xlim()[1], columns.axes.get_ylim()[1]
    zero = columns.y(max(0.0, columns.bridge.floor))
    for position, step in enumerate(columns.bridge.steps):
        places = Places((0, 0, width, height))
        places.take((0, zero - 0.3, width, zero + 0.3))
        text, x = columns.bridge.text(step), columns.x(position)
        ends = columns.y(step.high) + _AWAY, columns.y(step.low) - _AWAY
        falls = is_known(step.value) and step.value < 0
        tries = sorted(ends, reverse=not falls)
        boxes = [line_box(x, y, width_of(text, SIZE, 600), SIZE, "center") for y in tries]
        y = tries[places.least_bad(boxes)]
        color = columns.bridge.color(step)
        write(columns.axes, x, y, text, align="center", weight=600, color=color)


def _draw_name(columns: _Columns, position: int, step: Step) -> None:
    room, x = columns.step - _BETWEEN, columns.x(position)
    lines = _name_lines(step, room)
    deepest = max(len(_name_lines(one, room)) for one in columns.bridge.steps)
    notes = any(one.note for one in columns.bridge.steps)
    top = _EDGE + _LINE * (deepest + notes - 1)
    for number, text in enumerate(lines):
        y, weight = top - _LINE * number, 600 if step.is_total else 400
        write(columns.axes, x, y, text, align="center", size=SMALL, weight=weight)
    if step.note:
        y = top - _LINE * len(lines)
        write(columns.axes, x, y, step.note, align="center", size=SMALL, color=MUTED)


def _name_fits(step: Step, room: float) -> bool:
    lines, weight = _name_lines(step, room), 600 if step.is_total else 400
    return len(lines) <= _MOST_LINES and all(width_of(x, SMALL, weight) <= room for x in lines)


def _name_lines(step: Step, room: float) -> list[str]:
    return wrapped(step.name, room, SMALL, 600 if step.is_total else 400)
