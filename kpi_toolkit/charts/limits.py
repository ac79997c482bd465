"""Natural limits behind a trend: the same throughout, or set anew at a shift or by season."""

from dataclasses import dataclass

import pandas as pd

from kpi_toolkit.charts.drawing import box, line
from kpi_toolkit.charts.plot import Plot, put
from kpi_toolkit.charts.references import Limits, draw_reference, references
from kpi_toolkit.charts.shown import is_known
from kpi_toolkit.charts.text import fit, width_of
from kpi_toolkit.charts.theme import MUTED, SMALL, WASH

_PARTS = ("mean", "lower", "upper")
_NAMELESS = dict.fromkeys((*_PARTS, "target"), "")
_ROW = 2.9  # mm between the rows in which the name of a shift may stand


@dataclass(frozen=True)
class Stretch:
    """Neighbouring periods, by position from `first` to `last`, of the same limits."""

    first: int
    last: int
    limits: Limits


def stretches(limits: Limits | pd.DataFrame | None, index: pd.Index) -> list[Stretch]:
    """The limits of each period of `index` that has some; `limits` are one triple, or a frame by
    period start with `mean`, `lower` and `upper`.
    """
    if limits is None:
        return []
    if isinstance(limits, pd.DataFrame):
        rows = limits.reindex(index)[list(_PARTS)].astype(float).itertuples(index=False, name=None)
        by_period: list[Limits] = list(rows)
    else:
        by_period = [limits] * len(index)
    found: list[Stretch] = []
    for position, one in enumerate(by_period):
        if not all(map(is_known, one)):
            continue
        if found and found[-1].last == position - 1 and found[-1].limits == one:
            found[-1] = Stretch(found[-1].first, position, one)
        else:
            found.append(Stretch(position, position, one))
    return found


def newest_limits(found: list[Stretch], whole: int) -> Limits | None:
    """The limits that hold at the end of a number of whole periods; None where they ended at a
    shift before.
    """
    return found[-1].limits if found and found[-1].last >= whole - 1 else None


def limits_at(found: list[Stretch], position: int) -> Limits | None:
    """The limits of one period."""
    return next((one.limits for one in found if one.first <= position <= one.last), None)


def draw_limits(plot: Plot, found: list[Stretch]) -> None:
    """A light band with its edges and the mean, over the periods for which they hold."""
    for one in found:
        _, lower, upper = (plot.y(limit) for limit in one.limits)
        across = plot.x(one.first - 0.5), plot.x(one.last + 0.5)
        size = across[1] - across[0], upper - lower
        box(plot.axes, (across[0], lower), size, WASH, layer=0)
        for reference in references(one.limits, None, _NAMELESS):
            draw_reference(plot, reference, across)


def draw_shifts(plot: Plot, index: pd.Index, shifts: pd.Series | None) -> list[tuple[float, str]]:
    """A rule before the first period of each shift; where they stand, and their names."""
    found = []
    for start, name in () if shifts is None else shifts.sort_index().items():
        position = int(index.get_indexer(pd.Index([start]))[0])
        if position > 0:
            x = plot.x(position - 0.5)
            line(plot.axes, [x, x], [plot.along[0] - 1, plot.along[1]], color=MUTED, width=0.8)
            plot.places.take_line([x, x], list(plot.along), 0.3)
            found.append((x, str(name)))
    return found


def name_shifts(plot: Plot, found: list[tuple[float, str]]) -> None:
    """The name of each shift beside its rule, up to the next one, as high as there is room."""
    rules = [plot.across[0], *(x for x, _ in found), plot.across[1]]
    for number, (x, name) in enumerate(found, start=1):
        sides = {"left": rules[number + 1] - x - 2.0, "right": x - rules[number - 1] - 2.0}
        text = fit(name, max(sides.values()), SMALL)
        spots = [
            (x + (1.0 if align == "left" else -1.0), plot.along[1] - row * _ROW, align)
            for row in range(int((plot.along[1] - plot.along[0]) / _ROW))
            for align, room in sides.items()
            if width_of(text, SMALL) <= room
        ]
        put(plot, text, spots, color=MUTED, size=SMALL)
