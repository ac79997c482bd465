"""A plot over time in millimetres: where values lie, names below it and ticks beside."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pandas as pd
from matplotlib.axes import Axes

from kpi_toolkit.charts.axis import every, ticks, time_axis
from kpi_toolkit.charts.drawing import line, marks, write
from kpi_toolkit.charts.places import Places
from kpi_toolkit.charts.shown import Shown, is_known
from kpi_toolkit.charts.text import line_box, widest, width_of
from kpi_toolkit.charts.theme import MUTED, POINT, SIZE, SMALL
from kpi_toolkit.format import NO_DATA

FOOT, HEAD = 9.0, 2.0  # mm under the plot for two rows of names, and above it
ROOM = 4.2  # mm inside the plot above and below the values, for their labels
_CLEAR = 0.5  # mm between two labels side by side

Spot = tuple[float, float, str]  # x and y in mm, and which part of the text stands at x


@dataclass(frozen=True)
class Plot:
    """`count` periods across and the values of `span` along, in mm of the axes."""

    axes: Axes
    places: Places
    scale: Shown
    count: int
    across: tuple[float, float]
    along: tuple[float, float]
    span: tuple[float, float]

    @property
    def step(self) -> float:
        """The distance between periods in mm."""
        return (self.across[1] - self.across[0]) / max(self.count, 1)

    def x(self, position: float) -> float:
        """Where the period at a position stands."""
        return self.across[0] + self.step * (position + 0.5)

    def y(self, value: float) -> float:
        """Where a value stands; NaN stays NaN."""
        low, high = self.span
        foot, head = self.along[0] + ROOM, self.along[1] - ROOM
        return foot + (head - foot) * (value - low) / (high - low)


def plot_of(axes: Axes, count: int, shown: Iterable[float | None], scale: Shown) -> Plot:
    """A plot over the whole axes whose values span all that is shown."""
    width, height = axes.get_xlim()[1], axes.get_ylim()[1]
    span = _span([float(value) for value in shown if is_known(value)], scale)
    places = Places((0, 0, width, height))
    return Plot(axes, places, scale, count, (0, width), (FOOT, height - HEAD), span)


def between(plot: Plot, beside: float) -> Plot:
    """The plot between its ticks and what stands `beside` it, in mm."""
    left = max(6.0, widest(tick_texts(plot).values(), SMALL) + 2.5)
    return replace(plot, across=(left, plot.across[1] - beside))


def nothing(plot: Plot) -> Axes:
    """A dash in the middle, where there is no value to draw."""
    middle = sum(plot.across) / 2, sum(plot.along) / 2
    write(plot.axes, *middle, NO_DATA, align="center", color=MUTED)
    return plot.axes


def tick_texts(plot: Plot) -> dict[float, str]:
    """Round values beside the plot, with no more decimals than they need."""
    values, scale = _tick_values(plot), plot.scale
    finer = scale.telling(values)
    return {value: scale.text(value, finer=finer) for value in values}


def draw_ticks(plot: Plot) -> None:
    """Round values to the left of the plot, without lines."""
    plot.places.take((0, 0, plot.across[0] - 1.2, plot.along[1] + HEAD))
    for tick, text in tick_texts(plot).items():
        at = plot.across[0] - 1.5, plot.y(tick)
        write(plot.axes, *at, text, align="right", size=SMALL, color=MUTED)


def draw_time(plot: Plot, index: pd.Index, fiscal_year_starts: int) -> None:
    """Period names under the plot, as many as keep clear, and the years under them."""
    names = time_axis(index, plot.scale.words, fiscal_year_starts)
    foot = plot.along[0] - 1
    line(plot.axes, plot.across, [foot, foot])
    plot.places.take((0, 0, plot.axes.get_xlim()[1], foot))
    kept = every(names.rhythm, plot.step, widest(names.short, SMALL) + 0.9)
    for position, name in enumerate(names.short):
        if names.regular[position] % kept == 0:
            at = plot.x(position), foot - 2.3
            write(plot.axes, *at, name, align="center", size=SMALL, color=MUTED)
    for start, _ in names.years[1:]:
        edge = plot.x(start - 0.5)
        line(plot.axes, [edge, edge], [foot - 3.6, foot])
    _draw_years(plot, names.years)


def put(  # noqa: PLR0913 - a text, its look, and where it may stand
    plot: Plot,
    text: str,
    spots: Sequence[Spot],
    *,
    color: str,
    size: float = SIZE,
    weight: int = 400,
    needed: bool = True,
) -> Spot | None:
    """Write a label at the first free of some spots; a needed one at the least bad, else not."""
    room = width_of(text, size, weight) + _CLEAR
    boxes = [line_box(x, y, room, size, align) for x, y, align in spots]
    found = plot.places.first_free(boxes)
    if found is None and not needed:
        return None
    found = plot.places.least_bad(boxes) if found is None else found
    x, y, align = spots[found]
    write(plot.axes, x, y, text, align=align, size=size, color=color, weight=weight)
    plot.places.take(boxes[found])
    return spots[found]


def dots(plot: Plot, points: Iterable[tuple[int, float]], color: str, size: float) -> None:
    """Round marks at positions and values; labels keep off them."""
    xs, ys = [], []
    for position, value in points:
        xs.append(plot.x(position))
        ys.append(plot.y(value))
    marks(plot.axes, xs, ys, "o", size=size, fill=color)
    radius = size * POINT / 2
    for x, y in zip(xs, ys, strict=True):
        plot.places.take((x - radius, y - radius, x + radius, y + radius))


def _tick_values(plot: Plot) -> list[float]:
    """Round values over the whole height of the plot, room for labels included."""
    low, high = plot.span
    foot, head = plot.along
    beyond = (high - low) * ROOM / (head - foot - 2 * ROOM)
    divisor = plot.scale.divisor
    found = ticks(
        (low - beyond) / divisor, (high + beyond) / divisor, max(2, int((head - foot) // 8))
    )
    return [
        tick * divisor
        for tick in found
        if plot.scale.is_whole(tick * divisor) and _possible(plot, tick * divisor)
    ]


def _possible(plot: Plot, tick: float) -> bool:
    """Of shares none stands beyond 0 and 100 % where no value does; of the rest none below 0."""
    low, high = plot.span
    most = 1.0 if plot.scale.unit == "%" and high <= 1 else math.inf
    return (tick >= 0 or low < 0) and tick <= most + 1e-9


def _span(known: list[float], scale: Shown) -> tuple[float, float]:
    low, high = min(known, default=0.0), max(known, default=scale.divisor)
    if high - low > 1e-9 * max(abs(low), abs(high)):
        return low, high
    slack = abs(high) * 0.1 or scale.divisor
    most = 1.0 if scale.unit == "%" and high <= 1 else math.inf
    return low - slack if low else 0.0, min(high + slack, most)


def _draw_years(plot: Plot, years: list[tuple[int, str]]) -> None:
    """Each year under its first period, unless the next one needs the room."""
    free_to = plot.axes.get_xlim()[1]
    for start, name in reversed(years):
        half = width_of(name, SMALL, 600) / 2
        centre = min(max(plot.x(start), plot.across[0] + half), plot.across[1] - half)
        if centre + half <= free_to:
            write(plot.axes, centre, 1.6, name, align="center", size=SMALL, weight=600)
            free_to = centre - half - 1.2
