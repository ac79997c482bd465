"""A trend with its natural limits, its target, and the values that were published before."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpi_toolkit.charts.drawing import NARROW, canvas, favour, line
from kpi_toolkit.charts.given import series_of
from kpi_toolkit.charts.limits import (
    Stretch,
    draw_limits,
    draw_shifts,
    limits_at,
    name_shifts,
    newest_limits,
    stretches,
)
from kpi_toolkit.charts.plot import (
    Plot,
    Spot,
    between,
    dots,
    draw_ticks,
    draw_time,
    nothing,
    plot_of,
    put,
)
from kpi_toolkit.charts.published import differing, draw_published, name_published
from kpi_toolkit.charts.references import (
    Limits,
    draw_names_beside,
    draw_reference,
    references,
    room_beside,
)
from kpi_toolkit.charts.shown import chosen, is_known, shown
from kpi_toolkit.charts.theme import ACTUAL, theme
from kpi_toolkit.errors import called
from kpi_toolkit.format import Format, Unit

_DASHED = (0, (2, 1.5))
_AROUND = (  # where a label may stand above or below its point, in mm: the best first
    (0.0, 2.9, "center"),
    (-1.6, 1.7, "right"),
    (1.6, 1.7, "left"),
    (-1.8, 0.0, "right"),
    (0.0, 4.6, "center"),
    (-3.0, 3.4, "right"),
)


@called
def trend(  # noqa: PLR0913 - what a trend can show beside its values, each by its name
    values: pd.Series,
    *,
    limits: Limits | pd.DataFrame | None = None,
    shifts: pd.Series | None = None,
    target: float | None = None,
    reported: pd.Series | None = None,
    under_way: bool = False,
    unit: Unit = "count",
    better: str = "up",
    words: Format | None = None,
    width: float = 174,
    height: float | None = None,
    ax: Axes | None = None,
    names: Mapping[str, str] | None = None,
    fiscal_year_starts: int = 1,
) -> Axes:
    """Draw values (indexed by period start, NaN = a gap) over natural limits and a target.

    `limits` are mean, lower and upper, or a frame of these columns by period start where they
    differ (NaN = none); points outside them show their value, in the colour of their direction
    (`better` "up" or "down"). `shifts` names declared changes by the first period start after each.
    `reported` holds the values published before. A last period that is `under_way` is joined by
    dashes: what it lacks is no fall.
    Shares are 0..1, money in currency units, durations in days. `names` may replace the words for
    "mean", "upper", "lower", "target" and "reported". Without `ax` the figure is `width` x
    `height` mm (56 where it is narrow, else 44); with it, the drawing fills that axes.
    """
    values = series_of(values)
    judged = stretches(limits, values.index)
    earlier = differing(values, reported)
    others = [v for one in judged for v in one.limits]
    others += [*([target] if is_known(target) else []), *earlier]
    scale = shown([*values, *others], unit, chosen(words))
    named = _names(scale.words) | dict(names or {})
    newest = newest_limits(judged, len(values) - under_way)
    lines = references(newest, target if is_known(target) else None, named)
    with theme():
        high = height or (56 if width < NARROW else 44)
        whole = plot_of(canvas(ax, width, high), len(values), [*values, *others], scale)
        plot = between(whole, room_beside(lines, scale, whole.across[1]))
        draw_time(plot, values.index, fiscal_year_starts)
        if not values.notna().any():
            return nothing(plot)
        draw_ticks(plot)
        draw_limits(plot, judged)
        ruled = draw_shifts(plot, values.index, shifts)
        for reference in lines[-1:] if is_known(target) else []:
            draw_reference(plot, reference, plot.across)
        draw_names_beside(plot, lines)
        _draw_values(plot, values, under_way=under_way)
        draw_published(plot, values, earlier)
        _name_values(plot, values, judged, better)
        name_published(plot, values, earlier, named["reported"])
        name_shifts(plot, ruled)
    return plot.axes


def _names(words: Format) -> dict[str, str]:
    return {
        "mean": words.t("Mean"),
        "upper": words.t("Upper limit"),
        "lower": words.t("Lower limit"),
        "target": words.t("Target"),
        "reported": words.t("published before"),
    }


def _draw_values(plot: Plot, values: pd.Series, *, under_way: bool) -> None:
    xs = [plot.x(position) for position in range(plot.count)]
    ys = [plot.y(value) for value in values]
    whole = -1 if under_way else None
    line(plot.axes, xs[:whole], ys[:whole], color=ACTUAL, width=1.3, layer=3)
    if under_way:
        line(plot.axes, xs[-2:], ys[-2:], color=ACTUAL, style=_DASHED, layer=3)
    plot.places.take_line(xs, ys)
    # Close together the marks would hide the line, which alone shows only neighbours.
    alone = values.shift().isna() & values.shift(-1).isna()
    marked = values.notna() & (alone | (plot.step > 1.4))
    points = [(i, values.iloc[i]) for i in np.flatnonzero(marked).tolist()]
    dots(plot, points, ACTUAL, min(3.6, max(2.6, 2 * plot.step)))


def _name_values(plot: Plot, values: pd.Series, judged: list[Stretch], better: str) -> None:
    """The last value always; those outside the limits, newest first, where there is room."""
    known = np.flatnonzero(values.notna()).tolist()
    last, colors = known[-1], {known[-1]: ACTUAL}
    for position in known:
        limits = limits_at(judged, position)
        if limits and not limits[1] <= values.iloc[position] <= limits[2]:
            colors[position] = favour(values.iloc[position] - limits[0], better)
    for position, color in colors.items():
        size = 3.6 if color == ACTUAL else 5.6
        dots(plot, [(position, values.iloc[position])], color, size)
    for position in sorted(colors, reverse=True):
        spots = _spots(plot, values, position, either_side=position == last)
        text, color = plot.scale.alone(values.iloc[position]), colors[position]
        put(plot, text, spots, color=color, weight=600, needed=position == last)


def _spots(plot: Plot, values: pd.Series, position: int, *, either_side: bool) -> list[Spot]:
    """Where a value may stand: where the line turns away from, or close by and nowhere else."""
    x, value = plot.x(position), values.iloc[position]
    rises = not value < values.iloc[max(position - 1, 0)]
    sides = ((1, -1) if rises else (-1, 1)) if either_side else (1 if rises else -1,)
    around = _AROUND if either_side else _AROUND[:4]
    return [
        (x + dx, plot.y(value) + side * dy, align) for side in sides for dx, dy, align in around
    ]
