"""The course of a KPI as numbers: the limits that earlier periods set, what the periods of a report
say beside them, and whether chance explains it.

Source: Wheeler, "Understanding Variation"; of the share of false alarms, docs/signals.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean

from kpi_toolkit.insight.change.signals import (
    FEWEST,
    OF,
    RANGES,
    RUN,
    Limits,
    Signal,
    natural_limits,
    strongest,
)
from kpi_toolkit.measures.interval import student

ALPHA = 0.05
# A season is believed where two years have more in common than those of noise in 199 of 200 cases.
SEASON = 0.995
WINDOWS = {"outside": 1, "run": RUN, "near": OF}
Values = tuple[float | None, ...]


@dataclass(frozen=True)
class Course:
    """Values by period, None where there is none. The last `judged` are those of a report, the
    others set the limits, from `since` on where a shift was declared there. `season` is the number
    of periods in a year, 0 where no season is looked for.
    """

    figures: Values
    judged: int = 1
    since: int = 0
    season: int = 0
    share: bool = False

    @cached_property
    def earlier(self) -> Values:
        """The values that set the limits."""
        return self.figures[self.since : max(len(self.figures) - self.judged, self.since)]

    @cached_property
    def is_seasonal(self) -> bool:
        """Whether two full years before have the same ups and downs; never with less."""
        year = self.season
        years = self.earlier[-2 * year :] if year else ()
        if len(years) < 2 * year or not year or None in years:
            return False
        first, second = years[:year], years[year:]
        # A level that rises through both years is no season: lines are taken off first.
        alike = _correlation(_beside_line(first), _beside_line(second))  # type: ignore[arg-type]
        freedom = max(year - 3, 2)
        return alike * math.sqrt(freedom) > student(SEASON, freedom) * math.sqrt(1 - alike**2)

    @cached_property
    def compared(self) -> Values:
        """What is judged: the values, or where they are seasonal their changes on a year before."""
        if not self.is_seasonal:
            return self.figures
        ago = (None,) * self.season + self.figures[: -self.season]
        return tuple(
            None if now is None or then is None else now - then
            for now, then in zip(self.figures, ago, strict=True)
        )

    @cached_property
    def limits(self) -> Limits | None:
        """The natural limits of what is judged; of the values themselves they stay within what the
        quantity can be.
        """
        if self.is_seasonal:
            return natural_limits(self._before)
        return natural_limits(self._before, least=self.least, most=1.0 if self.share else None)

    @property
    def least(self) -> float | None:
        """What the values cannot fall below: 0, unless one did; refunds can exceed what was
        sold.
        """
        return None if any(value < 0 for value in self.figures if value is not None) else 0.0

    @cached_property
    def signal(self) -> Signal:
        """The strongest of what the report's periods say."""
        return strongest(self.compared[self.since :], self.limits, self.judged)

    def limits_at(self, place: int) -> Limits | None:
        """The limits of the value at a place, counted from the end: those of its season."""
        limits = self.limits
        if limits is None or not self.is_seasonal:
            return limits
        year_ago = len(self.figures) + place - self.season
        ago = self.figures[year_ago] if year_ago >= 0 else None
        if ago is None:
            return None
        return Limits(
            ago + limits.mean, ago + limits.lower, ago + limits.upper, limits.moving_range
        )

    def is_unusual(self, looked_at: int) -> bool:
        """Whether its signal is more than what chance brings somewhere among so many KPIs: the
        values of the signal, or all of the report's together, lie away from those before by a t
        test at 5% for all KPIs together. Amounts, whose noise is skewed, have to pass it as
        logarithms too.
        """
        if not self.signal.is_one:
            return False
        whole = slice(-self.judged, None)
        places = dict.fromkeys([(self._of_signal.start, self._of_signal.stop), (whole.start, None)])
        chance = ALPHA / (looked_at * self.judged)
        scales = [float] if self.is_seasonal else _scales(self.compared)
        return any(all(self._departs(slice(*p), s, chance) for s in scales) for p in places)

    @property
    def _before(self) -> Values:
        return self.compared[self.since : max(len(self.figures) - self.judged, self.since)]

    @property
    def _of_signal(self) -> slice:
        """Where the values stand that are a signal, counted from the end."""
        place = self.signal.place
        return slice(place + 1 - WINDOWS[self.signal.kind], place + 1 or None)

    def _departs(self, window: slice, scale: Callable[[float], float], chance: float) -> bool:
        own = [scale(v) for v in self.compared[window] if v is not None]
        end = min(len(self.figures) - self.judged, len(self.figures) + window.start)
        before = [scale(v) for v in self.compared[self.since : end] if v is not None]
        if len(before) < FEWEST or not own:
            return False
        return _distance(own, before) > student(1 - chance / 2, _freedom(len(before)))


def _distance(window: Sequence[float], before: Sequence[float]) -> float:
    """How far the mean of some values lies from that of those before, in its standard errors;
    neighbours that are alike carry less than their number.
    """
    moving = fmean(abs(b - a) for a, b in zip(before, before[1:], strict=False)) / RANGES
    sigma = max(moving, math.hypot(*_beside_line(before)) / math.sqrt(len(before) - 2))
    away = abs(fmean(window) - fmean(before))
    if sigma <= 1e-12 * abs(fmean(before)):
        return math.inf if away else 0.0
    alike = _alike(before)
    error = sigma * math.sqrt(1 / len(window) + 1 / len(before))
    return away / error / (math.sqrt((1 + alike) / (1 - alike)) if len(window) > 1 else 1.0)


def _beside_line(values: Sequence[float]) -> list[float]:
    """How far each value lies from the straight line through all of them."""
    middle, mean = (len(values) - 1) / 2, fmean(values)
    rise = sum((i - middle) * v for i, v in enumerate(values))
    slope = rise / sum((i - middle) ** 2 for i in range(len(values)))
    return [v - mean - slope * (i - middle) for i, v in enumerate(values)]


def _alike(values: Sequence[float]) -> float:
    """How much a value takes after the one before: their correlation, 0 to 0.9."""
    found = _correlation(values[:-1], values[1:]) + 1 / len(values)
    return min(max(found, 0.0), 0.9)


def _correlation(first: Sequence[float], second: Sequence[float]) -> float:
    middles = fmean(first), fmean(second)
    pairs = [(a - middles[0], b - middles[1]) for a, b in zip(first, second, strict=True)]
    spread = math.sqrt(sum(a * a for a, _ in pairs) * sum(b * b for _, b in pairs))
    return sum(a * b for a, b in pairs) / spread if spread else 0.0


def _freedom(n: int) -> float:
    """The degrees of freedom of a standard deviation from the mean of n - 1 moving ranges.

    Source: Roes, Does and Schurink (1993), "Shewhart-type control charts for individual
    observations".
    """
    variance = (0.8264 * n - 1.082) / (n - 1) ** 2
    return max(1 / (2 * variance), 2.0)


def _scales(values: Values) -> list[Callable[[float], float]]:
    known = [value for value in values if value is not None]
    if min(known) > 0:
        return [float, math.log]
    return [float, math.sqrt] if min(known) >= 0 else [float]
