"""The horizontal lines of a plot (mean, limits, target), named at its right end."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kpi_toolkit.charts.drawing import line, write
from kpi_toolkit.charts.places import spread
from kpi_toolkit.charts.plot import HEAD, Plot
from kpi_toolkit.charts.shown import Shown
from kpi_toolkit.charts.text import fit, widest
from kpi_toolkit.charts.theme import ACCENT, MUTED, SMALL

Limits = tuple[float, float, float]  # mean, lower, upper
_DOTTED, _DASHED = (0, (1, 1.5)), (0, (4, 2))
_GAP, _APART = 2.8, 3.2  # mm from the plot to the names; between two rows of them
_CLEAR = 0.5  # mm on both sides of a line that labels keep free
_FEW = 10


@dataclass(frozen=True)
class Reference:
    """A horizontal line: its value, name and look."""

    value: float
    name: str
    color: str = MUTED
    width: float = 0.6
    style: Any = "-"


def references(
    limits: Limits | None, target: float | None, names: Mapping[str, str]
) -> list[Reference]:
    """The lines of limits and a target; limits without width are the mean alone."""
    found = []
    if limits:
        mean, lower, upper = limits
        found.append(Reference(mean, names["mean"]))
        if upper > lower:
            found.append(Reference(upper, names["upper"], width=0.5, style=_DOTTED))
            found.append(Reference(lower, names["lower"], width=0.5, style=_DOTTED))
    if target is not None:
        found.append(Reference(target, names["target"], ACCENT, 0.9, _DASHED))
    return found


def room_beside(found: list[Reference], scale: Shown, width: float) -> float:
    """How many mm right of the plot the names and values of the lines need."""
    if not found:
        return 3.0
    return _GAP + _name_room(found, width) + 2.0 + _figures_room(found, scale)


def draw_reference(plot: Plot, reference: Reference, across: tuple[float, float]) -> None:
    """The line from one x to another, in mm."""
    y = plot.y(reference.value)
    look = {"color": reference.color, "width": reference.width, "style": reference.style}
    line(plot.axes, across, [y, y], **look)
    plot.places.take((across[0], y - _CLEAR, across[1], y + _CLEAR))


def draw_names_beside(plot: Plot, found: list[Reference]) -> None:
    """The names and values of lines at the right end of the plot, pushed apart."""
    if not found:
        return
    right, width = plot.across[1], plot.axes.get_xlim()[1]
    own = [plot.y(reference.value) for reference in found]
    apart = spread(own, _APART, plot.along[0], plot.along[1])
    for reference, start, y in zip(found, own, apart, strict=True):
        name = fit(reference.name, _name_room(found, width), SMALL)
        figure, color = _figure(reference, plot.scale), reference.color
        line(plot.axes, [right + 0.4, right + 2.0], [start, y], color=color, width=0.5)
        write(plot.axes, right + _GAP, y, name, color=color, size=SMALL)
        write(plot.axes, width, y, figure, align="right", color=color, size=SMALL, weight=600)
    plot.places.take((right + 2.0, 0, width, plot.along[1] + HEAD))


def _name_room(found: list[Reference], width: float) -> float:
    return min(widest([reference.name for reference in found], SMALL), width * 0.3)


def _figures_room(found: list[Reference], scale: Shown) -> float:
    return widest([_figure(reference, scale) for reference in found], SMALL, 600)


def _figure(reference: Reference, scale: Shown) -> str:
    """As the text about the chart has it; the mean of a few records is seldom a whole number."""
    small = scale.counts and abs(reference.value) < _FEW and not scale.is_whole(reference.value)
    return scale.alone(reference.value, finer=int(small))
