"""A waterfall: the changes that lead from one total to another, each where the last one ended."""

from types import ModuleType

import pandas as pd
from matplotlib.axes import Axes

from kpi_toolkit.charts import waterfall_columns, waterfall_rows
from kpi_toolkit.charts.bridge import Bridge, scale_of
from kpi_toolkit.charts.drawing import canvas, size_of, write
from kpi_toolkit.charts.shown import chosen
from kpi_toolkit.charts.steps import steps_of
from kpi_toolkit.charts.theme import MUTED, theme
from kpi_toolkit.errors import called
from kpi_toolkit.format import NO_DATA, Format, Unit


@called
def waterfall(  # noqa: PLR0913 - what a waterfall can show, each by its name
    frame: pd.DataFrame,
    *,
    unit: Unit = "count",
    better: str = "up",
    words: Format | None = None,
    most: int = 12,
    rows: bool = False,
    width: float = 174,
    ax: Axes | None = None,
) -> Axes:
    """Draw a frame indexed by step, in its order: `value`, optionally `kind` and `note`.

    Kinds are "start", "change" (coloured by its sign and `better`, "up" or "down"), "neutral" (a
    change that is neither good nor bad), "subtotal" and "end"; without them the first step is the
    start and the last the end. Totals hold the level (NaN = the sum so far), changes their signed
    amount. A note stands under its step's name ("341 deals"). Of more than `most` changes the
    smallest are one step, "n others". Where the levels lie close together the totals are cut, and
    show it. Steps stand side by side, or in rows with `rows` and wherever a name or a figure has
    no room. Shares are 0..1 and change in points.
    Without `ax` the height follows from the form; with it the drawing fills that axes.
    Raises RenderError for changes that do not add up to a total, and for axes that are too low.
    """
    inside, height = (width, None) if ax is None else size_of(ax)
    words = chosen(words)
    steps = steps_of(frame, most, words)
    bridge = Bridge(steps, scale_of(steps, unit, words), better)
    upright = not rows and waterfall_columns.has_room(bridge, inside)
    form: ModuleType = waterfall_columns if upright else waterfall_rows
    with theme():
        axes = canvas(ax, width, form.height(bridge, height))
        if steps:
            form.draw(axes, bridge)
        else:
            middle = axes.get_xlim()[1] / 2, axes.get_ylim()[1] / 2
            write(axes, *middle, NO_DATA, align="center", color=MUTED)
    return axes


def waterfall_unit(frame: pd.DataFrame, *, unit: Unit, words: Format, most: int = 12) -> str:
    """The unit of the figures of such a drawing."""
    return scale_of(steps_of(frame, most, words), unit, words).unit
