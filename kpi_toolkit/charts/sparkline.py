"""A sparkline: a course as small as a word."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from kpi_toolkit.charts.drawing import box, canvas, line, marks
from kpi_toolkit.charts.shown import is_known
from kpi_toolkit.charts.theme import ACTUAL, WASH, theme
from kpi_toolkit.errors import called

_PAD = 1.0  # mm kept free around the line


@called
def sparkline(
    values: Sequence[float | None],
    *,
    limits: tuple[float, float] | None = None,
    width: float = 24,
    height: float = 6,
    ax: Axes | None = None,
) -> Axes:
    """Draw values in their order (NaN or None = a gap), the last one as a point, over the band
    between a lower and an upper limit. Equal values run through the middle.

    Without `ax` the figure is `width` x `height` mm; with it, the drawing fills that axes.
    """
    known = [*(float(value) for value in values if is_known(value)), *(limits or ())]
    low, high = min(known, default=0.0), max(known, default=0.0)
    with theme():
        axes = canvas(ax, width, height)
        right, top = float(axes.get_xlim()[1]), float(axes.get_ylim()[1])
        unit = (top - 2 * _PAD) / ((high - low) or 1.0)
        foot = top / 2 if high == low else _PAD
        step = (right - 2 * _PAD) / max(1, len(values) - 1)
        if limits:
            lower, upper = (foot + (limit - low) * unit for limit in limits)
            box(axes, (0, lower), (right, upper - lower), WASH, layer=0)
        xs = [_PAD + number * step for number in range(len(values))]
        ys = [foot + (v - low) * unit if is_known(v) else float("nan") for v in values]
        line(axes, xs, ys, color=ACTUAL, width=1.0, layer=3)
        last = [(x, y) for x, y in zip(xs, ys, strict=True) if is_known(y)][-1:]
        marks(axes, [x for x, _ in last], [y for _, y in last], "o", size=3.0, fill=ACTUAL)
    return axes
