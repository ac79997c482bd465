"""A KPI beside what it is compared with: the period before, a year ago, its own history, its
target, the archived report.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kpi_toolkit.archive.restatements import Restatement
from kpi_toolkit.archive.rows import ValueRow
from kpi_toolkit.insight.change.course import Course
from kpi_toolkit.insight.change.signals import Limits, Signal, natural_limits
from kpi_toolkit.insight.targets.targets import attainment
from kpi_toolkit.measures.comparison import Comparison, compare, not_yet
from kpi_toolkit.measures.interval import Z95
from kpi_toolkit.measures.recorded import UNKNOWN, Recorded
from kpi_toolkit.measures.silence import Silence
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.period import Grain, Period

SEASONS: Mapping[Grain, int] = {"month": 12, "quarter": 4}


@dataclass(frozen=True)
class Shift:
    """A change that is known of, since a day, and the KPIs that it concerns: all where none is
    named.
    """

    day: dt.date
    what: str
    kpis: tuple[str, ...] = ()

    def concerns(self, kpi: str) -> bool:
        """Whether it is declared for a KPI."""
        return not self.kpis or kpi in self.kpis


@dataclass(frozen=True)
class Reading:
    """One KPI of one period with its comparisons. `series` is its course: periods of one grain and
    of one age where it is a cohort's, of which the last `judged` lie in the period; the last
    `drawn` are shown. `is_level` tells that a part of the period has the target of the whole.
    """

    now: KpiValue
    series: tuple[KpiValue, ...]
    previous: Comparison | None = None
    year_ago: Comparison | None = None
    target: float | None = None
    archived: ValueRow | None = None
    restated: Restatement | None = None
    judged: int = 1
    drawn: int = 13
    recorded: Recorded = UNKNOWN
    shifts: tuple[Shift, ...] = ()
    is_level: bool = False

    @cached_property
    def figures(self) -> list[float | None]:
        """The values of the series; None before the first record, where there is no data, and where
        a value is of a part only.
        """
        first = next((i for i, v in enumerate(self.series) if v.n), len(self.series))
        return [
            v.value if i >= first and self._is_whole(v) else None for i, v in enumerate(self.series)
        ]

    @property
    def shown(self) -> tuple[KpiValue, ...]:
        """The end of the series, which a reader sees."""
        return self.series[-self.drawn :]

    @property
    def history(self) -> list[float | None]:
        """The values of what is shown."""
        return self.figures[-self.drawn :]

    @cached_property
    def course(self) -> Course:
        """The values with the limits that those before the period set; of a period under way, its
        parts that are over are judged.
        """
        return Course(
            tuple(v if self.is_over(i) else None for i, v in enumerate(self.figures)),
            judged=self.judged,
            since=max(self.begun, default=0),
            season=SEASONS.get(self.series[-1].period.grain, 0),
            share=self.now.unit == "percent",
        )

    def is_over(self, place: int) -> bool:
        """Whether a period of the series is, and the records run through it."""
        value = self.series[place]
        return value.complete and not self.recorded.ended(value.period, value.as_of)

    @property
    def ended(self) -> Silence | None:
        """What of its records ends before its period does, or before today where that is under
        way: nothing is judged of it, or compared.
        """
        return self.recorded.ended(self.now.period, self.now.as_of)

    @property
    def is_whole(self) -> bool:
        """Whether its period is over and the records run through it."""
        return self.now.complete and self.ended is None

    @property
    def limits(self) -> Limits | None:
        """The natural limits of the last value."""
        return self.course.limits_at(-1)

    def judges(self, place: int) -> bool:
        """Whether a value, counted from the end, is held against limits: none of a period that is
        under way, or in which the records end, since a part is below most wholes.
        """
        return self.figures[place] is None or self.course.figures[place] is not None

    @property
    def signal(self) -> Signal:
        """Whether something in the period is out of the ordinary; unknown where its records end
        before it does.
        """
        return Signal("unknown") if self.ended else self.course.signal

    @property
    def signalled(self) -> KpiValue:
        """The value that gives the signal."""
        return self.series[self.signal.place]

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """With the period before and with a year ago, which of a year are the same."""
        both = [self.previous, *([] if self.year_ago is self.previous else [self.year_ago])]
        return tuple(compared for compared in both if compared)

    @property
    def base(self) -> Comparison | None:
        """What it is compared with first: the period before, else a year ago; None where neither
        would be fair.
        """
        return next((compared for compared in self.comparisons if compared.base), None)

    @property
    def is_missed(self) -> bool:
        """Whether a period that is over, and recorded to its end, has not reached its target."""
        share = attainment(self.now.value, self.target, self.now.better)
        return share is not None and share < 1 and self.is_whole

    @property
    def weight(self) -> float:
        """How unusual the change on as many periods before is, or what a missed target is off by
        where that is more, in standard deviations that the moving ranges of earlier periods tell
        of; where they are too few, in those of chance.
        """
        limits, judged = self.course.limits, self.judged
        if limits is None:
            return _in_errors(self.base)
        now, before = (
            _mean(part) for part in (self.figures[-judged:], self.figures[-2 * judged : -judged])
        )
        if now is None:
            return 0.0
        away = max(0.0 if before is None else abs(now - before), self._off_target)
        return away / limits.sigma if limits.sigma else float(bool(away))

    @cached_property
    def begun(self) -> dict[int, str]:
        """The declared shifts by the place of the first period that begins with or after them."""
        starts = [value.period.start for value in self.series]
        found: dict[int, str] = {}
        for shift in sorted(self.shifts, key=lambda shift: shift.day):
            place = next((i for i, start in enumerate(starts) if start >= shift.day), None)
            if place:
                found[place] = ", ".join(filter(None, (found.get(place), shift.what)))
        return found

    @property
    def stretches(self) -> list[tuple[int, int, Limits | None]]:
        """From which place up to which one limits hold: those before a shift are set by their own
        values.
        """
        edges = [0, *self.begun, len(self.series)]
        found = [
            (first, last, natural_limits(self.figures[first:last], least=self.course.least))
            for first, last in zip(edges[:-2], edges[1:-1], strict=True)
        ]
        return [*found, (edges[-2], edges[-1], self.limits)]

    @property
    def _off_target(self) -> float:
        """What a missed target is off by, in each of the judged periods."""
        value, target = self.now.value, self.target
        if not self.is_missed or value is None or target is None:
            return 0.0
        return abs(value - target) / (1 if self.is_level else self.judged)

    def _is_whole(self, value: KpiValue) -> bool:
        recorded, period = self.recorded, value.period
        n = max(value.n, self.series[-1].n)
        if value.part or recorded.begins_within(period, n):
            return False
        return value.window != "cohort" or not recorded.awaits(period, int(value.numerator or 0))


def compared(
    now: KpiValue, period: Period, base: KpiValue | None, recorded: Recorded
) -> Comparison:
    """A value beside that of an earlier period; None where no part of that is like it."""
    return compare(now, base, recorded) if base else not_yet(now, period)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _in_errors(compared: Comparison | None) -> float:
    if compared is None or compared.interval is None or compared.difference is None:
        return 0.0
    low, high = compared.interval
    return abs(compared.difference) / ((high - low) / 2 / Z95) if high > low else 0.0
