"""Columns side by side: how wide each is, and which of them have room for figures."""

from dataclasses import dataclass

from matplotlib.axes import Axes

from kpi_toolkit.charts.axis import every
from kpi_toolkit.charts.drawing import NARROW, favour
from kpi_toolkit.charts.shown import Shown, is_known
from kpi_toolkit.charts.text import widest
from kpi_toolkit.charts.theme import SIZE, SMALL
from kpi_toolkit.charts.tiers import Column, Tiers
from kpi_toolkit.format import NO_DATA, Format

_THICKEST = 11.0  # mm: few columns stay columns
_THINNING = (1, 2, 3, 4, 6, 12, 24)


@dataclass(frozen=True)
class Row:
    """The columns of a chart from `left` mm to the right end of its axes."""

    axes: Axes
    columns: list[Column]
    scale: Shown
    tiers: Tiers
    left: float
    better: str

    @property
    def right(self) -> float:
        """The right end in mm."""
        return float(self.axes.get_xlim()[1])

    @property
    def step(self) -> float:
        """From one period to the next, mm."""
        return (self.right - self.left) / max(len(self.columns), 1)

    @property
    def thick(self) -> float:
        """The width of a bar, mm."""
        return min(self.step * 0.46, _THICKEST)

    @property
    def shift(self) -> float:
        """How far the actual bar stands right, and the previous one left, of the middle."""
        return self.thick * 0.3

    @property
    def size(self) -> float:
        """The size of the values in points."""
        return SMALL if self.right < NARROW or self.step < 8 else SIZE

    def x(self, position: float) -> float:
        """The middle of a period's columns."""
        return self.left + self.step * (position + 0.5)

    def color(self, column: Column) -> str:
        """Favourable or not, as far as the chart tells the change."""
        return favour(self.scale.rounded(column.change), self.better)

    def labelled(self) -> list[tuple[int, Column]]:
        """The columns that get figures, counted back from the last so that none touch."""
        last = len(self.columns) - 1
        kept = every(_THINNING, self.step, self._widest_figure() + 0.5)
        return [(i, column) for i, column in enumerate(self.columns) if (last - i) % kept == 0]

    def _widest_figure(self) -> float:
        values = [self.scale.text(column.actual) for column in self.columns]
        changes = [self.scale.text(column.change, sign=True) for column in self.columns]
        shares = [percent(column.share, self.scale.words) for column in self.columns]
        return max(widest(values, self.size, 600), widest(changes + shares, SMALL))


def percent(share: float, words: Format) -> str:
    """A change in whole percents, without the sign for percent; a dash where there is none."""
    return words.number(share * 100, 0, True) if is_known(share) else NO_DATA
