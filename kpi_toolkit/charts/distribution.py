"""How values are spread: shares by size, median, mean and 90th percentile, and those before."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations, product
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kpi_toolkit.charts.axis import every
from kpi_toolkit.charts.bins import Bins, bins_of
from kpi_toolkit.charts.drawing import NARROW, box, canvas, high_enough, line, marks, size_of, write
from kpi_toolkit.charts.given import series_of
from kpi_toolkit.charts.places import Places
from kpi_toolkit.charts.shown import Shown, chosen, shown
from kpi_toolkit.charts.text import fit, line_box, widest, width_of
from kpi_toolkit.charts.theme import ACTUAL, INK, MUTED, SMALL, theme
from kpi_toolkit.errors import called
from kpi_toolkit.format import NO_DATA, Format, Unit
from kpi_toolkit.insight.spread import Spread

FEWEST = 8  # values that make a distribution; fewer are drawn one by one
_HEIGHT, _LOWEST = 46.0, 34.0  # mm, and the least in which bars tell something
_FOOT, _HEAD = 8.4, 2.0  # mm under the bars for their edges and the legend, and at the top
_ROW, _FIGURE = 3.5, 3.6  # mm of a row of names over the bars, and of a figure on a bar
_BINS = 9, 15  # at most: narrow, wide
_GAP = 0.35  # mm between two bars
_WIDEST = 16.0  # mm of a bar
_MOST_FINER = 8  # decimals more than usual, where all values are nearly the same
_BESIDE = 0.8  # mm from a vertical line to its name
_RHYTHM = (1, 2, 5, 10)
_DOTTED, _DASHED = (0, (1, 1.5)), (0, (4, 2))


@dataclass(frozen=True)
class _Mark:
    """A vertical line at x mm, and its name, `long` mm of text."""

    x: float
    long: float
    text: str
    weight: int
    style: Any


@dataclass(frozen=True)
class _Field:
    """Where bars stand: mm a bin, mm for all values, and the height of their foot."""

    axes: Axes
    bins: Bins
    scale: Shown
    finer: int  # decimals more, or fewer, that tell the edges
    step: float
    unit: float
    top: float
    places: Places

    @property
    def width(self) -> float:
        return float(self.axes.get_xlim()[1])

    def x(self, place: float) -> float:
        return self.step * place


@called
def distribution(  # noqa: PLR0913 - what a distribution can show, each by its name
    values: pd.Series,
    *,
    before: pd.Series | None = None,
    unit: Unit = "days",
    words: Format | None = None,
    names: Mapping[str, str] | None = None,
    width: float = 174,
    height: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw one value a record (NaN = left out): the share of them by size, with the median, the
    mean, and the value that nine of ten do not exceed.

    `before` are the records of an earlier period, as an outline of their shares. Where a tail
    reaches far out it has one bar. Fewer than eight values are drawn one by one. `names` may
    replace the words for "median", "mean", "most" and "before". Without `ax` the figure is `width`
    x `height` mm (46); with it, the drawing fills that axes (RenderError when it is too low).
    """
    inside, given = (width, height) if ax is None else size_of(ax)
    words = chosen(words)
    now, earlier = known_of(values), known_of(before)
    named = _names(words) | dict(names or {})
    with theme():
        axes = canvas(ax, inside, high_enough(given, _HEIGHT, _LOWEST, "its bars"))
        if not len(now):
            middle = inside / 2, float(axes.get_ylim()[1]) / 2
            write(axes, *middle, NO_DATA, align="center", color=MUTED)
            return axes
        few = len(now) < FEWEST
        field = _field(axes, now, earlier, unit, words)
        _draw_edges(field)
        drawn = _marks(field, Spread.of(now), named)[: 1 if few else 3]
        _draw_marks(field, drawn)
        if few:
            _draw_points(field, now, earlier)
        else:
            _draw_bars(field, now)
            _draw_outline(field, earlier)
            _draw_figures(field, now, earlier)
        if len(earlier):
            _draw_legend(field, named["before"], hollow=few)
    return axes


def known_of(values: pd.Series | None) -> np.ndarray:
    """The known values of a column."""
    return np.array([]) if values is None else series_of(values).dropna().to_numpy()


def _names(words: Format) -> dict[str, str]:
    return {
        "median": words.t("Median"),
        "mean": words.t("Mean"),
        "most": words.t("9 of 10 up to"),
        "before": words.t("Previous"),
    }


def _field(axes: Axes, now: np.ndarray, earlier: np.ndarray, unit: Unit, words: Format) -> _Field:
    width, height = float(axes.get_xlim()[1]), float(axes.get_ylim()[1])
    bins = bins_of(np.concatenate([now, earlier]), _BINS[width >= NARROW])
    scale = shown(bins.edges, unit, words)
    most = max(bins.shares(now).max(), bins.shares(earlier).max() if len(earlier) else 0.0)
    top = height - _HEAD - 3 * _ROW
    step = min(width / bins.count, _WIDEST)
    return _Field(
        axes=axes,
        bins=bins,
        scale=scale,
        finer=scale.telling(bins.edges, _MOST_FINER if bins.count > 1 else 0),
        step=step,
        unit=(top - _FOOT - _FIGURE) / most,
        top=top,
        places=Places((0, 0, width, height)),
    )


def _draw_edges(field: _Field) -> None:
    """The line under the bars, and the sizes at their edges; tails say where they begin."""
    bins = field.bins
    line(field.axes, [0, field.x(bins.count)], [_FOOT, _FOOT], color=INK, width=0.8, layer=4)
    texts = [field.scale.text(edge, finer=field.finer) for edge in bins.edges]
    if bins.below:
        _draw_edge(field, 0.5, f"< {texts[0]}")
    if bins.above:
        _draw_edge(field, bins.count - 0.5, f"≥ {texts[-1]}")
    kept = every(_RHYTHM, field.step, widest(texts, SMALL) + 1.0)
    # An edge of a tail is named by the tail, and a bin of one number in its middle.
    for number in range(0, len(texts) - bins.single - bins.above, kept):
        if number or not bins.below:
            _draw_edge(field, bins.below + number + 0.5 * bins.single, texts[number])


def _draw_edge(field: _Field, place: float, text: str) -> None:
    """A size under the line, inside the axes, where no other one stands."""
    half, y = width_of(text, SMALL) / 2 + 0.01, _FOOT - 2.6
    x = min(max(field.x(place), half), field.width - half)
    taken = line_box(x, y, 2 * half, SMALL, "center")
    if field.places.first_free([taken]) == 0:
        write(field.axes, x, y, text, align="center", size=SMALL, color=MUTED)
        field.places.take((taken[0] - 0.8, taken[1], taken[2] + 0.8, taken[3]))


def _draw_bars(field: _Field, now: np.ndarray) -> None:
    for place, share in enumerate(field.bins.shares(now)):
        corner = field.x(place) + _GAP / 2, _FOOT
        box(field.axes, corner, (field.step - _GAP, share * field.unit), ACTUAL)


def _draw_outline(field: _Field, earlier: np.ndarray) -> None:
    """The shares of an earlier period as one stepped line, seen on white and on bars."""
    if not len(earlier):
        return
    xs, ys = [0.0], [_FOOT]
    for place, share in enumerate(field.bins.shares(earlier)):
        xs += [field.x(place), field.x(place + 1)]
        ys += [_FOOT + share * field.unit] * 2
    xs, ys = [*xs, xs[-1]], [*ys, _FOOT]
    line(field.axes, xs, ys, color="white", width=2.2, layer=3)
    line(field.axes, xs, ys, color=MUTED, width=0.9, layer=3.1)


def _draw_figures(field: _Field, now: np.ndarray, earlier: np.ndarray) -> None:
    """The share on each bar, where it has room beside the vertical lines."""
    shares = field.bins.shares(now)
    reach = np.maximum(shares, field.bins.shares(earlier)) if len(earlier) else shares
    for place, share in enumerate(shares):
        text = field.scale.words.percent(share, 0)
        room = width_of(text, SMALL)
        if share < 0.005 or room > field.step + _GAP:
            continue
        y, slack = _FOOT + reach[place] * field.unit + 1.9, (field.step - room) / 2
        xs = [field.x(place + 0.5) + shift for shift in (0.0, -slack, slack)]
        found = field.places.first_free([line_box(x, y, room, SMALL, "center") for x in xs])
        if found is not None:
            write(field.axes, xs[found], y, text, align="center", size=SMALL, color=MUTED)


def _marks(field: _Field, spread: Spread, names: Mapping[str, str]) -> list[_Mark]:
    """Median, mean and 90th percentile with their values; one of them where all are the same."""
    found = [_mark(field, spread.median, names["median"], 600, "-")]
    if spread.median == spread.mean == spread.most:
        return found
    found.append(_mark(field, spread.mean, names["mean"], 400, _DASHED))
    return [*found, _mark(field, spread.most, names["most"], 400, _DOTTED)]


def _mark(field: _Field, value: float, name: str, weight: int, style: Any) -> _Mark:
    """A mark with its value behind its name."""
    x, scale, width = field.x(field.bins.place(value)), field.scale, field.width
    finer = scale.digits == 0 and abs(value) < 100 * scale.divisor and not scale.is_whole(value)
    figure = scale.whole(value, finer=max(int(finer), field.finer))
    room = width - width_of(f" {figure}", SMALL, weight)
    text = f"{fit(name, room, SMALL, weight)} {figure}"
    long = width_of(text, SMALL, weight)
    return _Mark(x, long, text, weight, style)


def _draw_marks(field: _Field, drawn: list[_Mark]) -> None:
    """Each line up to its name, in the rows and on the sides where no line crosses a name."""
    sides = product(*(_lefts(mark, field.width) for mark in drawn))
    orders = permutations(range(len(drawn)))
    ways = product(sides, orders)
    lefts, rows = min(ways, key=lambda way: _crossings(drawn, *way))
    for mark, left, row in zip(drawn, lefts, rows, strict=True):
        y = field.top + _ROW * (row + 0.5)
        end = y - 1.6 if left <= mark.x <= left + mark.long else y + 1.0
        color = INK if mark.weight > 400 else MUTED
        ends = [_FOOT, end]
        line(field.axes, [mark.x] * 2, ends, color="white", width=2.2, layer=3.4)
        look = {"width": 0.9, "style": mark.style, "layer": 3.5}
        line(field.axes, [mark.x] * 2, ends, color=color, **look)
        field.places.take((mark.x - 0.5, _FOOT, mark.x + 0.5, end))
        write(field.axes, left, y, mark.text, size=SMALL, color=color, weight=mark.weight)


def _lefts(mark: _Mark, width: float) -> list[float]:
    """Where a name may begin, the best first: right of its line, left of it, else at the edge."""
    right, left = mark.x + _BESIDE, mark.x - _BESIDE - mark.long
    found = [right] if right + mark.long <= width else []
    return [*found, *([left] if left >= 0 else [])] or [0.0]


def _crossings(drawn: list[_Mark], lefts: tuple[float, ...], rows: tuple[int, ...]) -> int:
    """How many names are crossed by the line of a mark whose own name stands higher."""
    return sum(
        left - _BESIDE < other.x < left + mark.long + _BESIDE
        for mark, left, row in zip(drawn, lefts, rows, strict=True)
        for other, height in zip(drawn, rows, strict=True)
        if height > row
    )


def _draw_points(field: _Field, now: np.ndarray, earlier: np.ndarray) -> None:
    """Few values as dots with their figures, those of an earlier period hollow under them."""
    upper, lower = (field.top + 2 * _FOOT) / 3, (field.top + 5 * _FOOT) / 6
    for values, y, fill, edge in ((now, upper, ACTUAL, "white"), (earlier, lower, "white", MUTED)):
        xs = [field.x(field.bins.place(value)) for value in values]
        marks(field.axes, xs, [y] * len(xs), "o", size=4.4, fill=fill, edge=edge, edge_width=0.8)
        for x in xs:
            field.places.take((x - 0.8, y - 0.8, x + 0.8, y + 0.8))
    for value in now:
        x, text = (
            field.x(field.bins.place(value)),
            field.scale.text(value, finer=max(0, field.finer)),
        )
        room = width_of(text, SMALL) + 0.6
        spots = [(x + shift * (room / 2 + 0.6), upper + 2.6) for shift in (0, -1, 1)]
        boxes = [line_box(*spot, room, SMALL, "center") for spot in spots]
        found = field.places.first_free(boxes)
        if found is not None:
            write(field.axes, *spots[found], text, align="center", size=SMALL, color=MUTED)
            field.places.take(boxes[found])


def _draw_legend(field: _Field, name: str, *, hollow: bool) -> None:
    """What the outline, or a hollow mark, is."""
    y = 1.6
    if hollow:
        marks(field.axes, [1.5], [y], "o", size=4.4, edge=MUTED, edge_width=0.8)
    else:
        line(
            field.axes,
            [0.2, 0.2, 2.8, 2.8],
            [y - 1, y + 0.9, y + 0.9, y - 1],
            color=MUTED,
            width=0.9,
        )
    text = fit(name, field.width - 4.0, SMALL)
    write(field.axes, 4.0, y, text, size=SMALL, color=MUTED)
