"""A forecast: what has happened, what is expected, and how far off it may be."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Polygon

from kpi_toolkit.charts.drawing import NARROW, canvas, line, size_of
from kpi_toolkit.charts.given import frame_of, series_of
from kpi_toolkit.charts.plot import (
    Plot,
    between,
    dots,
    draw_ticks,
    draw_time,
    nothing,
    plot_of,
    put,
)
from kpi_toolkit.charts.published import differing, draw_published, name_published
from kpi_toolkit.charts.references import Reference, draw_names_beside, room_beside
from kpi_toolkit.charts.shown import chosen, is_known, shown
from kpi_toolkit.charts.theme import ACCENT, ACTUAL, BAND, INK, WASH, theme
from kpi_toolkit.errors import called
from kpi_toolkit.format import Format, Unit

_DASHED = (0, (4, 2))
_NARROW_VALUES = 12
_AROUND = ((0.0, 2.9), (0.0, -2.9), (0.0, 4.6), (0.0, -4.6))  # mm from a point to its label


@dataclass(frozen=True)
class Outlook:
    """Actual and expected values of the same periods (NaN = none), and the interval levels;
    `restarts` are the positions at which values that are counted up begin anew from 0.
    """

    actual: pd.Series
    expected: pd.Series
    bounds: dict[int, tuple[pd.Series, pd.Series]]  # level in percent, widest first: low, high
    target: pd.Series
    restarts: frozenset[int] = frozenset()

    @property
    def index(self) -> pd.Index:
        """The starts of all periods."""
        return self.actual.index

    @property
    def first(self) -> int | None:
        """The position of the first expected value."""
        known = np.flatnonzero(self.expected.notna())
        return int(known[0]) if len(known) else None

    @property
    def last(self) -> int | None:
        """The position of the last actual value that the expected ones go on from."""
        known = np.flatnonzero(self.actual.notna())
        return int(known[-1]) if len(known) else None

    def numbers(self) -> list[float]:
        """Everything that has a place on the scale."""
        sides = [side for both in self.bounds.values() for side in both]
        every = (self.actual, self.expected, self.target, *sides)
        return [*([0.0] if self.restarts else []), *(float(v) for side in every for v in side)]


@called
def fan(  # noqa: PLR0913 - what a forecast can show, each by its name
    values: pd.Series,
    forecast: pd.DataFrame,
    *,
    target: float | pd.Series | None = None,
    earlier: pd.Series | None = None,
    unit: Unit = "count",
    words: Format | None = None,
    names: Mapping[str, str] | None = None,
    restarts: Collection[pd.Timestamp] = (),
    width: float = 174,
    height: float | None = None,
    ax: Axes | None = None,
    fiscal_year_starts: int = 1,
) -> Axes:
    """Draw values (indexed by period start, NaN = a gap) and a forecast of the periods after them.

    The forecast is indexed the same way: `value`, and for each level of probability `low_80` and
    `high_80` (or another whole number of percent). `target` is one value, or one a period;
    `earlier` holds what had been forecast before, of past or of coming periods. `names` may replace
    the words for "forecast", "target" and "earlier". Values that are counted up, as those of a
    quarter so far, begin anew from 0 in the periods of `restarts`. Without `ax` the figure is
    `width` x `height` mm (56 where it is narrow, else 48); with it, the drawing fills that axes.
    Below 120 mm the last twelve values are drawn.
    """
    inside = width if ax is None else size_of(ax)[0]
    recent = series_of(values).tail(_NARROW_VALUES) if inside < NARROW else values
    outlook = outlook_of(recent, forecast, target)
    anew = np.flatnonzero(outlook.index.isin([*restarts])).tolist()
    outlook = replace(outlook, restarts=frozenset(anew))
    together = outlook.actual.fillna(outlook.expected)
    before = differing(together, earlier)
    scale = shown([*outlook.numbers(), *before], unit, chosen(words))
    named = _names(scale.words) | dict(names or {})
    lines = _ends(outlook, scale.words, named)
    with theme():
        axes = canvas(ax, width, height or (56 if inside < NARROW else 48))
        whole = plot_of(axes, len(outlook.index), [*outlook.numbers(), *before], scale)
        plot = between(whole, room_beside(lines, scale, whole.across[1]))
        draw_time(plot, outlook.index, fiscal_year_starts)
        if not together.notna().any():
            return nothing(plot)
        draw_ticks(plot)
        draw_names_beside(plot, lines)
        _draw_target(plot, outlook)
        if outlook.restarts:
            plot = _at_ends(plot)
        _draw_bands(plot, outlook)
        _draw_lines(plot, outlook)
        draw_published(plot, together, before)
        _name_values(plot, outlook)
        name_published(plot, together, before, named["earlier"])
    return axes


def outlook_of(
    values: pd.Series, forecast: pd.DataFrame, target: float | pd.Series | None = None
) -> Outlook:
    """Values, forecast and target on the same periods."""
    values, forecast = series_of(values), frame_of(forecast, "value")
    index = values.index.union(forecast.index).sort_values()
    finite = forecast.astype(float).where(np.isfinite)
    levels = sorted({int(c[4:]) for c in forecast if str(c).startswith("low_")}, reverse=True)
    aim = target if isinstance(target, pd.Series) else pd.Series(target, index, dtype=float)
    return Outlook(
        values.reindex(index),
        finite["value"].reindex(index),
        {
            k: (finite[f"low_{k}"].reindex(index), finite[f"high_{k}"].reindex(index))
            for k in levels
        },
        aim.astype(float).reindex(index),
    )


def _names(words: Format) -> dict[str, str]:
    return {
        "forecast": words.t("Forecast"),
        "target": words.t("Target"),
        "earlier": words.t("forecast before"),
    }


def _ends(outlook: Outlook, words: Format, names: Mapping[str, str]) -> list[Reference]:
    """What is named beside the plot: the last expected value, its bounds, the last target."""
    found = []
    last = outlook.expected.last_valid_index()
    if last is not None:
        found.append(Reference(outlook.expected[last], names["forecast"], INK))
        for level, sides in outlook.bounds.items():
            name = words.percent(level / 100, 0)
            found += [Reference(side[last], name) for side in sides if is_known(side[last])]
    aimed = outlook.target.dropna()
    if len(aimed):
        found.append(Reference(float(aimed.iloc[-1]), names["target"], ACCENT))
    return found


def _at_ends(plot: Plot) -> Plot:
    """The same plot with its values at the ends of periods, which is when they are counted up."""
    return replace(plot, across=(plot.across[0] + plot.step / 2, plot.across[1] + plot.step / 2))


def _draw_target(plot: Plot, outlook: Outlook) -> None:
    """A step a period, apart where values begin anew."""
    xs, ys = [], []
    for position, value in enumerate(outlook.target):
        if position in outlook.restarts:
            xs.append(plot.x(position))
            ys.append(np.nan)
        xs += [plot.x(position - 0.5), plot.x(position + 0.5)]
        ys += [plot.y(value)] * 2
    line(plot.axes, xs, ys, color=ACCENT, width=0.9, style=_DASHED)
    plot.places.take_line(xs, ys, 0.3)


def _draw_bands(plot: Plot, outlook: Outlook) -> None:
    """A band for each level, opening from the last actual value or from 0."""
    fills = [WASH, BAND] if len(outlook.bounds) > 1 else [BAND]
    for number, (low, high) in enumerate(outlook.bounds.values()):
        fill = fills[min(number, len(fills) - 1)]
        known = np.flatnonzero(low.notna() & high.notna()).tolist()
        for run in _runs(known, outlook.restarts):
            xs = [plot.x(i) for i in run]
            lows, highs = ([plot.y(side.iloc[i]) for i in run] for side in (low, high))
            if tip := _tip(plot, outlook, run[0]):
                xs, lows, highs = [tip[0], *xs], [tip[1], *lows], [tip[1], *highs]
            elif len(xs) == 1:
                half = min(plot.step * 0.25, 3.0)
                xs = [xs[0] - half, xs[0] + half]
                lows, highs = lows * 2, highs * 2
            corners = [*zip(xs, lows, strict=True), *reversed([*zip(xs, highs, strict=True)])]
            plot.axes.add_artist(Polygon(corners, facecolor=fill, edgecolor="none", zorder=0.1))


def _runs(positions: Sequence[int], restarts: Collection[int]) -> Iterator[list[int]]:
    """Positions, cut before those that begin anew."""
    cuts = [place for place, position in enumerate(positions) if position in restarts]
    for start, end in pairwise(sorted({0, *cuts, len(positions)})):
        yield [*positions[start:end]]


def _tip(plot: Plot, outlook: Outlook, position: int) -> tuple[float, float] | None:
    """Where the line to the value at a position begins: at 0, or at the last actual value."""
    if position in outlook.restarts:
        return plot.x(position - 1), plot.y(0)
    start = _start(outlook)
    if start is None or position != outlook.first:
        return None
    return plot.x(start), plot.y(outlook.actual.iloc[start])


def _draw_lines(plot: Plot, outlook: Outlook) -> None:
    """Actual values through, expected ones dashed, and where these begin."""
    expected, start = outlook.expected.copy(), _start(outlook)
    if start is not None:
        if outlook.first not in outlook.restarts:
            expected.iloc[start] = outlook.actual.iloc[start]
        if not outlook.restarts:
            edge = plot.x(start + 0.5)
            line(plot.axes, [edge, edge], plot.along, style=(0, (2, 2)))
            plot.places.take_line([edge, edge], list(plot.along), 0.2)
    for series, style in ((outlook.actual, "-"), (expected, _DASHED)):
        xs, ys = _path(plot, outlook, series)
        line(plot.axes, xs, ys, color=ACTUAL, width=1.3, style=style, layer=3)
        plot.places.take_line(xs, ys)
    for series in (outlook.actual, outlook.expected):
        known = [(i, v) for i, v in enumerate(series) if is_known(v)]
        dots(plot, known, ACTUAL, min(3.6, max(2.6, 2 * plot.step)))


def _path(plot: Plot, outlook: Outlook, series: pd.Series) -> tuple[list[float], list[float]]:
    """The places of values; from 0, after a gap, to those that begin anew."""
    xs, ys = [], []
    for position, value in enumerate(series):
        if position in outlook.restarts and is_known(value):
            x, y = _tip(plot, outlook, position) or (np.nan, np.nan)
            xs += [x, x]
            ys += [np.nan, y]
        xs.append(plot.x(position))
        ys.append(plot.y(value))
    return xs, ys


def _start(outlook: Outlook) -> int | None:
    """The actual value that the expected ones go on from, where it stands right before them."""
    first, last = outlook.first, outlook.last
    return last if first is not None and last is not None and last == first - 1 else None


def _name_values(plot: Plot, outlook: Outlook) -> None:
    """The last actual value always, expected ones and those before others begin anew where there is
    room.
    """
    last = outlook.last
    if last is not None:
        _name(plot, last, outlook.actual.iloc[last], needed=True)
    for position, value in enumerate(outlook.expected.iloc[:-1]):
        if is_known(value):
            _name(plot, position, value, needed=False)
    for position in sorted({restart - 1 for restart in outlook.restarts} - {-1, last}):
        if is_known(value := outlook.actual.iloc[position]):
            _name(plot, position, value, needed=False)


def _name(plot: Plot, position: int, value: float, *, needed: bool) -> None:
    x, y = plot.x(position), plot.y(value)
    spots = [(x + dx, y + dy, "center") for dx, dy in _AROUND]
    put(plot, plot.scale.text(value), spots, color=ACTUAL, weight=600, needed=needed)
