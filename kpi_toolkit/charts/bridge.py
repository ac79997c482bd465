"""What both forms of a waterfall share: its steps with their texts and colours, and its scale."""

from collections.abc import Sequence
from dataclasses import dataclass

from kpi_toolkit.charts.drawing import favour
from kpi_toolkit.charts.shown import Shown, is_known, shown
from kpi_toolkit.charts.steps import Step
from kpi_toolkit.charts.theme import ACCENT, ACTUAL, INK, MUTED, PREVIOUS
from kpi_toolkit.format import Format, Unit

CUT_AT = 3.0  # mm from the foot of a cut bar to the mark that shows it
_CUT = 0.3  # of the highest level: below it totals from zero would dwarf all changes
_STUMP = 0.6  # how much of a cut total stands below the lowest level, as a share of the changes


@dataclass(frozen=True)
class Bridge:
    """Steps, how their values are written, and which direction is favourable."""

    steps: list[Step]
    scale: Shown
    better: str

    @property
    def high(self) -> float:
        """The highest level, or zero."""
        return max([0.0, *(step.high for step in self.steps)])

    @property
    def floor(self) -> float:
        """Where bars begin: zero, or the lowest level when the axis is cut."""
        low = min([0.0, *(step.low for step in self.steps)])
        levels = self._levels()
        return min(levels) - _STUMP * (max(levels) - min(levels)) if self.is_cut else low

    @property
    def is_cut(self) -> bool:
        """Whether the totals are drawn without their lower part, so that changes can be seen."""
        levels = self._levels()
        if not levels or not self.steps[0].is_total or min(levels) <= 0:
            return False
        return 0 < max(levels) - min(levels) < _CUT * max(levels)

    def bar(self, step: Step) -> tuple[float, float]:
        """The lower and the upper end of a step's bar."""
        return (max(step.low, self.floor), step.high) if step.is_total else (step.low, step.high)

    def text(self, step: Step) -> str:
        """A total with its unit, a change with its sign."""
        if step.is_total:
            return self.scale.whole(step.value, finer=self._finer)
        return self.scale.text(step.value, sign=True, finer=self._finer)

    def fill(self, step: Step) -> str:
        """The colour of its bar."""
        if step.is_total:
            return PREVIOUS if step.kind == "start" else ACTUAL
        return ACCENT if step.kind == "neutral" else favour(step.value, self.better)

    def color(self, step: Step) -> str:
        """The colour of its text."""
        if step.is_total:
            return MUTED if step.kind == "start" else INK
        return self.fill(step) if is_known(step.value) and step.value else MUTED

    def _levels(self) -> list[float]:
        return [step.after for step in self.steps]

    @property
    def _finer(self) -> int:
        """A decimal more where the axis is cut, unless whole values need none or the changes have
        two figures without, and where a change would read 0.
        """
        values = [step.value for step in self.steps if is_known(step.value)]
        if any(value and not self.scale.rounded(value) for value in values):
            return 1
        changes = [abs(s.value) for s in self.steps if not s.is_total and is_known(s.value)]
        told = max(changes, default=0.0) >= 9.95 * self.scale.divisor
        return int(self.is_cut and not told and not all(map(self.scale.is_whole, values)))


def scale_of(steps: Sequence[Step], unit: Unit, words: Format) -> Shown:
    """How the values of steps are written: amounts as their changes are, where that is short."""
    levels = [v for step in steps for v in (step.value, step.after) if is_known(v)]
    changes = [s.value for s in steps if not s.is_total and is_known(s.value)]
    whole = shown(levels, unit, words)
    found = words.scale_of_changes(levels, changes) if unit == "money" and any(changes) else None
    if found is None or found.divisor >= whole.divisor:
        return whole
    return Shown(words, found.divisor, found.digits, found.unit)
