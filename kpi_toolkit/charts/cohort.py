"""A cohort triangle: what share of each cohort has got there, by its age."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb
from matplotlib.patches import Rectangle

from kpi_toolkit.charts.axis import every, periods_of
from kpi_toolkit.charts.drawing import box, canvas, high_enough, size_of, write
from kpi_toolkit.charts.given import frame_of
from kpi_toolkit.charts.shown import Shown, chosen, is_known, shown
from kpi_toolkit.charts.text import fit, plain, widest, width_of
from kpi_toolkit.charts.theme import ACCENT, INK, MUTED, SIZE, SMALL, theme
from kpi_toolkit.errors import called
from kpi_toolkit.format import NO_DATA, Format, Unit

_HEAD, _TAIL = 9.4, 0.8  # mm over the cells for their two heads, and under them
_ROW, _LOWEST_ROW = 5.4, 3.6
_WIDEST = 12.0  # mm of a cell
_BETWEEN, _EDGE = 2.5, 0.25  # mm between columns of text, and around the fill of a cell
_NAMES = 0.26  # of the width at most
_RHYTHM = (1, 2, 3, 6, 12, 24)
_LIGHT, _MIDDLE = "#F3F6F9", "#9FB6CC"
_DARK = 0.19  # luminance of a fill on which white is read better than ink


@dataclass(frozen=True)
class Cohort:
    """A cohort's name, its size (NaN = not given), its shares by age (NaN = not there yet), and
    which of them is the newest.
    """

    name: str
    size: float
    shares: tuple[float, ...]
    newest: int | None


@dataclass(frozen=True)
class _Grid:
    """Where cells begin, in mm: the first from the left, their width, their height."""

    axes: Axes
    scale: Shown
    finer: int
    left: float
    step: float
    row: float
    ages: list[int]  # positions of the columns that are drawn
    most: float

    def y(self, number: float) -> float:
        return float(self.axes.get_ylim()[1]) - _HEAD - self.row * number


@called
def cohort(  # noqa: PLR0913 - what a triangle can show, each by its name
    frame: pd.DataFrame,
    *,
    sizes: pd.Series | None = None,
    unit: Unit = "percent",
    words: Format | None = None,
    heads: Mapping[str, str] | None = None,
    width: float = 84,
    ax: Axes | None = None,
    fiscal_year_starts: int = 1,
) -> Axes:
    """Draw a frame of values with a row for each cohort (by period start, or any name) and a column
    for each age; NaN where a cohort has not reached that age.

    The newest value of each cohort is outlined. `sizes` holds how many records each has. `heads`
    may replace the words for "cohort", "size" and "age". Where digits have no room, each second or
    third age is drawn, and so on. The height follows from the cohorts; with `ax` they fill that
    axes, which must be high enough (RenderError).
    """
    inside, height = (width, None) if ax is None else size_of(ax)
    words = chosen(words)
    cohorts = cohorts_of(frame, sizes, words, fiscal_year_starts)
    known = [v for one in cohorts for v in one.shares if is_known(v)]
    named = _heads(words) | dict(heads or {})
    rows = max(1, len(cohorts))
    usual, least = (_HEAD + rows * row + _TAIL for row in (_ROW, _LOWEST_ROW))
    with theme():
        axes = canvas(ax, inside, high_enough(height, usual, least, f"{rows} cohorts"))
        if not known:
            middle = inside / 2, float(axes.get_ylim()[1]) / 2
            write(axes, *middle, NO_DATA, align="center", color=MUTED)
            return axes
        grid = _grid(axes, cohorts, shown(known, unit, words), named)
        _draw_heads(grid, [plain(age) for age in frame.columns], named, sizes is not None)
        for number, one in enumerate(cohorts):
            _draw_row(grid, number, one)
    return axes


def cohorts_of(
    frame: pd.DataFrame,
    sizes: pd.Series | None,
    words: Format,
    fiscal_year_starts: int = 1,
) -> list[Cohort]:
    """The rows of a frame. Of those that reach its last age only the latest has a newest value: the
    others stopped growing at the frame's edge.
    """
    values = frame_of(frame).astype(float).where(np.isfinite).to_numpy()
    last = [
        int(known[-1]) if len(known := np.flatnonzero(np.isfinite(r))) else None for r in values
    ]
    edge = max((i + at for i, at in enumerate(last) if at is not None), default=0)
    names = _names(frame.index, words, fiscal_year_starts)
    counts = [np.nan] * len(frame) if sizes is None else sizes.reindex(frame.index).astype(float)
    return [
        Cohort(
            name,
            float(size),
            tuple(row),
            at if at is not None and (at < values.shape[1] - 1 or i + at == edge) else None,
        )
        for i, (name, size, row, at) in enumerate(zip(names, counts, values, last, strict=True))
    ]


def _names(index: pd.Index, words: Format, fiscal_year_starts: int) -> list[str]:
    if isinstance(index, pd.DatetimeIndex):
        return [words.period_short(period) for period in periods_of(index, fiscal_year_starts)]
    return [plain(name) for name in index]


def _heads(words: Format) -> dict[str, str]:
    return {"cohort": words.t("Created in"), "size": "n", "age": words.t("Periods since")}


def _grid(axes: Axes, cohorts: list[Cohort], scale: Shown, heads: Mapping[str, str]) -> _Grid:
    width = float(axes.get_xlim()[1])
    row = (float(axes.get_ylim()[1]) - _HEAD - _TAIL) / len(cohorts)
    named = [widest([one.name for one in cohorts], SIZE), width_of(heads["cohort"], SMALL)]
    sizes = [scale.words.number(one.size) for one in cohorts if is_known(one.size)]
    counts = max(widest(sizes, SMALL), width_of(heads["size"], SMALL)) if sizes else 0.0
    names = min(max(named), width * _NAMES)
    left = names + _BETWEEN + (counts + _BETWEEN if counts else 0.0)
    known = [v for one in cohorts for v in one.shares if is_known(v)]
    most = max(map(abs, known))
    finer = -scale.digits if scale.unit == "%" and most >= 0.0995 else 0
    digits = widest([scale.text(v, finer=finer) for v in known], SMALL, 600) + 4 * _EDGE
    count = len(cohorts[0].shares)
    kept = every(_RHYTHM, (width - left) / count, digits)
    ages = list(range(0, count, min(kept, count)))
    step = min((width - left) / len(ages), _WIDEST if count > 1 else 2 * _WIDEST)
    return _Grid(axes, scale, finer, left, step, row, ages, most or 1.0)


def _draw_heads(grid: _Grid, ages: list[str], heads: Mapping[str, str], sized: bool) -> None:
    y, width = grid.y(0) + 2.4, float(grid.axes.get_xlim()[1])
    name = fit(heads["cohort"], grid.left - _BETWEEN, SMALL)
    write(grid.axes, 0, y, name, size=SMALL, color=MUTED)
    if sized:
        x = grid.left - _BETWEEN
        write(grid.axes, x, y, heads["size"], align="right", size=SMALL, color=MUTED)
    age = fit(heads["age"], width - grid.left, SMALL)
    write(grid.axes, grid.left, y + 5.2, age, size=SMALL, color=MUTED)
    for place, position in enumerate(grid.ages):
        x = grid.left + grid.step * (place + 0.5)
        text = fit(ages[position], grid.step - 2 * _EDGE, SMALL)
        write(grid.axes, x, y, text, align="center", size=SMALL, color=MUTED)


def _draw_row(grid: _Grid, number: int, one: Cohort) -> None:
    y, sized = grid.y(number + 0.5), is_known(one.size)
    count = grid.scale.words.number(one.size) if sized else ""
    room = grid.left - _BETWEEN - (width_of(count, SMALL) + _BETWEEN if sized else 0.0)
    write(grid.axes, 0, y, fit(one.name, room, SIZE))
    if sized:
        x = grid.left - _BETWEEN
        write(grid.axes, x, y, count, align="right", size=SMALL, color=MUTED)
    for place, position in enumerate(grid.ages):
        if is_known(one.shares[position]):
            _draw_cell(grid, (place, number), one.shares[position], position == one.newest)


def _draw_cell(grid: _Grid, at: tuple[int, int], value: float, newest: bool) -> None:
    place, number = at
    fill = _fill(min(1.0, max(0.0, value / grid.most)))
    corner = grid.left + grid.step * place + _EDGE, grid.y(number + 1) + _EDGE
    size = grid.step - 2 * _EDGE, grid.row - 2 * _EDGE
    box(grid.axes, corner, size, fill)
    if newest:
        outline = Rectangle(corner, *size, fill=False, edgecolor=ACCENT, linewidth=0.9, zorder=5)
        grid.axes.add_artist(outline)
    x, text = corner[0] + size[0] / 2, grid.scale.text(value, finer=grid.finer)
    color, weight = readable_on(fill), 600 if newest else 400
    write(
        grid.axes, x, grid.y(number + 0.5), text,
        align="center", size=SMALL, color=color, weight=weight,
    )  # fmt: skip


def readable_on(fill: str) -> str:
    """Ink or white, whichever reads better on a fill (relative luminance of WCAG)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(fill)]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "white" if light < _DARK else INK


@lru_cache(maxsize=1)
def _ramp() -> LinearSegmentedColormap:
    return LinearSegmentedColormap.from_list("house", [_LIGHT, _MIDDLE, ACCENT])


@lru_cache(maxsize=512)
def _fill(depth: float) -> str:
    return to_hex(_ramp()(depth))
