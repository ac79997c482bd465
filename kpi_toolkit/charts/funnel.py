"""A funnel: how many reach each stage, what share moves on, and how long they stay."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd
from matplotlib.axes import Axes

from kpi_toolkit.charts.drawing import box, canvas, favour, high_enough, line, size_of, write
from kpi_toolkit.charts.shown import Shown, chosen, is_known, shown
from kpi_toolkit.charts.stages import Measured, Stage, stages_of
from kpi_toolkit.charts.text import fit, widest, width_of, wrapped
from kpi_toolkit.charts.theme import ACCENT, ACTUAL, INK, MUTED, PREVIOUS, SIZE, SMALL, theme
from kpi_toolkit.errors import called
from kpi_toolkit.format import NO_DATA, Format, Unit

_HEAD, _TAIL = 6.0, 0.5  # mm over the rows, and under them
_ROW, _LOWEST_ROW = 8.6, 7.4  # mm a row, and the least in which a share fits under its bar
_BAR, _DAYS_BAR = 3.8, 2.6  # mm: how thick bars are
_LONGEST = 9.0, 22.0  # mm of the longest bar of days: at 78 mm, at 174
_GAP, _BETWEEN = 1.2, 3.0  # mm from a bar to its figure, and between columns
_MIDDLE, _UNDER = 0.40, 0.48  # of a row: from its top to the bar, and from there to the share
_NAMES = 0.28  # of the width at most


@dataclass(frozen=True)
class _Table:
    """Where the columns begin, in mm; mm a row, a unit of count, and a day."""

    axes: Axes
    stages: list[Stage]
    scale: Shown
    days: Shown
    row: float
    bars: float
    unit: float
    durations: float
    day: float

    @property
    def width(self) -> float:
        return float(self.axes.get_xlim()[1])

    def y(self, number: int) -> float:
        return float(self.axes.get_ylim()[1]) - _HEAD - self.row * (number + _MIDDLE)


@called
def funnel(
    frame: pd.DataFrame,
    *,
    unit: Unit = "count",
    words: Format | None = None,
    heads: Mapping[str, str] | None = None,
    width: float = 84,
    ax: Axes | None = None,
) -> Axes:
    """Draw a frame indexed by stage, from the first to the last: `count`, optionally `days` (the
    median in that stage) and `share` (of those who reached it, who moved on; without it the next
    count over this one), each also as `count_before`, `days_before` and `share_before`.

    `heads` may replace the words for "stage", "count" and "days". More days are unfavourable, a
    larger share is favourable. A name may take two lines. The height follows from the stages; with
    `ax` they fill that axes, which must be high enough (RenderError).
    """
    inside, height = (width, None) if ax is None else size_of(ax)
    stages, words = stages_of(frame), chosen(words)
    scale = shown([v for s in stages for v in (s.reached.now, s.reached.before)], unit, words)
    named = _heads(words, scale) | dict(heads or {})
    rows = max(1, len(stages))
    usual, least = (_HEAD + rows * row + _TAIL for row in (_ROW, _LOWEST_ROW))
    with theme():
        axes = canvas(ax, inside, high_enough(height, usual, least, f"{rows} stages"))
        if not stages:
            middle = inside / 2, float(axes.get_ylim()[1]) / 2
            write(axes, *middle, NO_DATA, align="center", color=MUTED)
            return axes
        table = _table(axes, stages, scale, named)
        _draw_heads(table, named)
        for number, stage in enumerate(stages):
            _draw_name(table, number, stage)
            _draw_count(table, number, stage)
            _draw_share(table, number, stage)
            _draw_days(table, number, stage)
    return axes


def _heads(words: Format, scale: Shown) -> dict[str, str]:
    count = words.t("Reached")
    return {
        "stage": words.t("Stage"),
        "count": f"{count}, {scale.unit}" if scale.unit else count,
        "days": words.t("Median days"),
    }


def _table(axes: Axes, stages: list[Stage], scale: Shown, heads: Mapping[str, str]) -> _Table:
    """Text takes what it measures; the bars of counts take what is left."""
    width = float(axes.get_xlim()[1])
    row = (float(axes.get_ylim()[1]) - _HEAD - _TAIL) / len(stages)
    weights = [400] * (len(stages) - 1) + [600]
    whole = max(width_of(s.name, SIZE, w) for s, w in zip(stages, weights, strict=True))
    names = max(min(whole, width * _NAMES), min(width_of(heads["stage"], SMALL), width * _NAMES))
    known = [d for s in stages for d in (s.days.now, s.days.before) if is_known(d)]
    days = shown(known, "days", scale.words)
    days = (
        replace(days, digits=0)
        if all(days.is_whole(d, finer=-days.digits) for d in known)
        else days
    )
    longest = _LONGEST[0] + (_LONGEST[1] - _LONGEST[0]) * max(0.0, (width - 78) / 96)
    figures = widest([days.text(s.days.now) for s in stages], SIZE, 600)
    changes = widest([_change(days, s.days) for s in stages], SMALL)
    taken = longest + _GAP + figures + (changes and changes + 1.6)
    taken = max(taken, width_of(fit(heads["days"], width * _NAMES, SMALL), SMALL)) if known else 0.0
    # A tenth of a mm, so that no head is cut for the sake of a rounding.
    bars, durations = names + _BETWEEN + 0.1, width - taken - (0.1 if known else 0.0)
    counts = widest([scale.text(s.reached.now) for s in stages], SIZE, 600)
    room = durations - bars - counts - _GAP - (_BETWEEN if known else 0.0)
    most = max([_reach(s.reached) for s in stages]) or 1.0
    day = longest / (max(known, default=0.0) or 1.0)
    return _Table(axes, stages, scale, days, row, bars, max(room, 2) / most, durations, day)


def _reach(measured: Measured) -> float:
    return max([0.0, *(v for v in (measured.now, measured.before) if is_known(v))])


def _draw_heads(table: _Table, heads: Mapping[str, str]) -> None:
    y = float(table.axes.get_ylim()[1]) - 2
    line(table.axes, [0, table.width], [y - _HEAD + 2.6] * 2)
    ends = {"stage": (0.0, table.bars), "count": (table.bars, table.durations)}
    if table.durations < table.width:
        ends["days"] = table.durations, table.width + _BETWEEN
    for name, (start, end) in ends.items():
        text = fit(heads[name], end - start - _BETWEEN, SMALL)
        write(table.axes, start, y, text, size=SMALL, color=MUTED)


def _draw_name(table: _Table, number: int, stage: Stage) -> None:
    """The name beside its bar, in two lines where it needs them."""
    weight, room = 600 if _is_last(table, number) else 400, table.bars - _BETWEEN
    first, *more = wrapped(stage.name, room, SIZE, weight)
    lines = [first, " ".join(more)] if more else [first]
    for place, text in enumerate(lines):
        y = table.y(number) - 3.3 * place
        write(table.axes, 0, y, fit(text, room, SIZE, weight), weight=weight)


def _draw_count(table: _Table, number: int, stage: Stage) -> None:
    y, reached = table.y(number), stage.reached
    fill = ACCENT if _is_last(table, number) else ACTUAL
    _draw_pair(table, (table.bars, y), reached, (table.unit, _BAR), fill)
    color = INK if is_known(reached.now) else MUTED
    x = table.bars + _reach(reached) * table.unit + _GAP
    write(table.axes, x, y, table.scale.text(reached.now), weight=600, color=color)


def _draw_share(table: _Table, number: int, stage: Stage) -> None:
    """The share that moves on, under the bar, and its change in points."""
    share, words = stage.share, table.scale.words
    if _is_last(table, number) or not is_known(share.now):
        return
    y = table.y(number) - table.row * _UNDER
    digits = 0 if share.now >= 0.0995 or not share.now else 1
    text = words.percent(share.now, digits)
    write(table.axes, table.bars + 0.2, y, "↓", size=SMALL, color=MUTED)
    write(table.axes, table.bars + 2.4, y, text, size=SMALL, color=MUTED)
    change = words.points(share.change, digits) if is_known(share.change) else ""
    if any(figure in change for figure in "123456789"):
        x = table.bars + 2.4 + width_of(text, SMALL) + 1.6
        write(table.axes, x, y, change, size=SMALL, color=favour(share.change, "up"))


def _draw_days(table: _Table, number: int, stage: Stage) -> None:
    days, y = stage.days, table.y(number)
    if table.durations >= table.width or (_is_last(table, number) and not is_known(days.now)):
        return
    _draw_pair(table, (table.durations, y), days, (table.day, _DAYS_BAR), ACTUAL)
    color, weight = (INK, 600) if is_known(days.now) else (MUTED, 400)
    x = table.durations + _reach(days) * table.day + _GAP
    write(table.axes, x, y, table.days.text(days.now), color=color, weight=weight)
    color = favour(table.days.rounded(days.change), "down")
    change = _change(table.days, days)
    write(table.axes, table.width, y, change, align="right", size=SMALL, color=color)


def _draw_pair(
    table: _Table,
    at: tuple[float, float],
    measured: Measured,
    size: tuple[float, float],
    fill: str,
) -> None:
    """The bar of a figure over the one before it; `size` is mm a unit, and mm across."""
    unit, thick = size
    foot = at[1] - thick / 2
    if is_known(measured.before):
        box(table.axes, (at[0], foot + 0.6), (measured.before * unit, thick), PREVIOUS)
        foot -= 0.1
    if is_known(measured.now):
        box(table.axes, (at[0], foot), (measured.now * unit, thick), fill, layer=3)


def _change(scale: Shown, measured: Measured) -> str:
    """A change with its sign; nothing where there is none."""
    moved = is_known(measured.change) and scale.rounded(measured.change)
    return scale.text(measured.change, sign=True) if moved else ""


def _is_last(table: _Table, number: int) -> bool:
    return number == len(table.stages) - 1
