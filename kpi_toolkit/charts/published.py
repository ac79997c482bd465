"""Values that were published before and differ from today's: hollow circles, named once a run."""

import numpy as np
import pandas as pd

from kpi_toolkit.charts.drawing import line, marks
from kpi_toolkit.charts.plot import Plot, Spot, put
from kpi_toolkit.charts.text import fit
from kpi_toolkit.charts.theme import MUTED, POINT, SMALL

_SPOTS = [  # mm from the circle: below or above it, to its left or right, and over it
    (dx, side * dy, align)
    for dys, aligns in (
        ((3.4, 4.2, 5.0, 5.8, 6.6, 7.6, 8.6, 9.6, 11.0, 13.0), ("right", "left")),
        ((4.2, 5.8, 7.6, 9.6, 11.0, 13.0, 15.0, 17.0, 20.0), ("center",)),
    )
    for dy in dys
    for side in (-1, 1)
    for align, dx in (("right", -1.4), ("left", 1.4), ("center", 0.0))
    if align in aligns
]


def differing(values: pd.Series, reported: pd.Series | None) -> pd.Series:
    """The values published before, of the periods shown, that are not today's."""
    if reported is None:
        return pd.Series(dtype=float)
    earlier = reported.astype(float).dropna()
    earlier = earlier[earlier.index.isin(values.index)].sort_index()
    return earlier[earlier != values.reindex(earlier.index)]


def draw_published(plot: Plot, values: pd.Series, earlier: pd.Series) -> None:
    """A hollow circle at each earlier value, joined to today's."""
    for position, old in zip(_positions(values, earlier), earlier, strict=True):
        x, y, now = plot.x(position), plot.y(old), plot.y(values.iloc[position])
        if abs(now - y) > 1.4:
            toward = 0.7 if now > y else -0.7
            line(plot.axes, [x, x], [y + toward, now - toward], color=MUTED)
            plot.places.take_line([x, x], [y, now], 0.2)
        marks(plot.axes, [x], [y], "o", edge=MUTED, edge_width=0.8)
        plot.places.take((x - 0.8, y - 0.8, x + 0.8, y + 0.8))


def name_published(plot: Plot, values: pd.Series, earlier: pd.Series, name: str) -> None:
    """The name beside the first circle of each run, where there is room for it."""
    positions = _positions(values, earlier)
    text = fit(name, plot.across[1] - plot.across[0], SMALL)
    for position, old in zip(positions, earlier, strict=True):
        if position - 1 in positions:
            continue
        x, y = plot.x(position), plot.y(old)
        spots = [(x + dx, y + dy, align) for dx, dy, align in _SPOTS]
        spot = put(plot, text, spots, color=MUTED, size=SMALL, needed=False)
        if spot:
            _lead(plot, spot, (x, y))


def _positions(values: pd.Series, earlier: pd.Series) -> list[int]:
    return [int(i) for i in values.index.get_indexer(earlier.index)]


def _lead(plot: Plot, spot: Spot, circle: tuple[float, float]) -> None:
    """A thin line from the label's near corner, or its middle, to the edge of its circle."""
    x, y = circle
    toward = np.sign(spot[1] - y)
    away = {"left": 0.9, "right": -0.9, "center": 0.0}[spot[2]]
    corner = x + away, spot[1] - toward * SMALL * POINT * (0.3 if away else 0.55)
    line(plot.axes, [corner[0], x], [corner[1], y + toward * 0.9], color=MUTED, width=0.5)
