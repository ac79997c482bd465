"""A KPI beside what it is compared with: the period before, a year ago, its own history, its
target, the archived report.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kpi_toolkit.archive.restatements import Restatement
from kpi_toolkit.archive.rows import ValueRow
from kpi_toolkit.insight.course import Course
from kpi_toolkit.insight.signals import Limits, Signal, natural_limits
from kpi_toolkit.measures.ask import beside
from kpi_toolkit.measures.comparison import UNKNOWN, Comparison, compare, not_yet
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.evaluate import Ask
from kpi_toolkit.measures.interval import Z95
from kpi_toolkit.measures.recorded import Recorded, slack
from kpi_toolkit.measures.same_part import same_age
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.period import Grain, Period

# How many periods before a report's set the limits: two years, where seasons can be told.
EARLIER: Mapping[Grain, int] = {"day": 28, "week": 26, "month": 24, "quarter": 12, "year": 8}
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
class Asks:
    """What a reading needs: the period, those that it is compared with, and its course in the
    finest grain, of which the last `judged` periods are the report's.
    """

    now: Ask
    previous: Ask | None
    year_ago: Ask | None
    course: tuple[Ask, ...]
    judged: int

    @property
    def all(self) -> tuple[Ask, ...]:
        """Every one of them."""
        return (*filter(None, (self.now, self.previous, self.year_ago)), *self.course)


@dataclass(frozen=True)
class Reading:
    """One KPI of one period with its comparisons. `series` is its course: periods of one grain and
    of one age where it is a cohort's, of which the last `judged` lie in the period; the last
    `drawn` are shown.
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
        pairs = zip(self.figures, self.series, strict=True)
        return Course(
            tuple(v if self._is_over(s) else None for v, s in pairs),
            judged=self.judged,
            since=max(self.begun, default=0),
            season=SEASONS.get(self.series[-1].period.grain, 0),
            share=self.now.unit == "percent",
        )

    @property
    def limits(self) -> Limits | None:
        """The natural limits of the last value."""
        return self.course.limits_at(-1)

    @property
    def signal(self) -> Signal:
        """Whether something in the period is out of the ordinary."""
        return self.course.signal

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
    def weight(self) -> float:
        """How unusual the change on as many periods before is, in standard deviations that the
        moving ranges of earlier periods tell of; where they are too few, in those of chance.
        """
        limits, judged = self.course.limits, self.judged
        if limits is None:
            return _in_errors(self.base)
        now, before = (
            _mean(part) for part in (self.figures[-judged:], self.figures[-2 * judged : -judged])
        )
        if now is None or before is None:
            return 0.0
        change = abs(now - before)
        return change / limits.sigma if limits.sigma else float(bool(change))

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

    def _is_whole(self, value: KpiValue) -> bool:
        recorded, period = self.recorded, value.period
        n = max(value.n, self.series[-1].n)
        if value.part or recorded.begins_within(period, n):
            return False
        return value.window != "cohort" or not recorded.awaits(period, int(value.numerator or 0))

    def _is_over(self, value: KpiValue) -> bool:
        """Whether a period is, and the records run through it."""
        n = max(value.n, self.series[-1].n)
        return value.complete and not self.recorded.ends_within(value.period, n, value.as_of)


def asks(
    bound: Bound, period: Period, as_of: dt.datetime, records_end: dt.date | None = None
) -> Asks:
    """The asks of a reading."""
    now = Ask(bound, period)
    if period.grain == "all":
        return Asks(now, None, None, (now,), 1)
    before, ago = (beside(bound, p, period, as_of) for p in (period.previous(), period.year_ago()))
    grain = finest([bound], period)
    last = tail(period, grain, as_of, records_end)
    judged = max(sum(part.start <= last.start for part in period.split(grain)), 1)
    return Asks(now, before, ago, course_asks(bound, last, EARLIER[grain] + judged, as_of), judged)


def course_asks(bound: Bound, last: Period, n: int, as_of: dt.datetime) -> tuple[Ask, ...]:
    """The asks of a series that ends with a period, cohorts at the age that the last one has."""
    cohort = bound.kpi.window == "cohort"
    periods = (last,) if last.grain == "all" else last.last(n)
    return tuple(
        Ask(
            bound,
            each,
            known_at=same_age(each, last, as_of) if cohort and each != last else None,
        )
        for each in periods
    )


def compared(
    now: KpiValue, period: Period, base: KpiValue | None, recorded: Recorded
) -> Comparison:
    """A value beside that of an earlier period; None where no part of that is like it."""
    return compare(now, base, recorded) if base else not_yet(now, period)


def year_steps(grain: Grain) -> int:
    """How many periods of a grain a year has."""
    return {"day": 364, "week": 52, "month": 12, "quarter": 4}.get(grain, 1)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _in_errors(compared: Comparison | None) -> float:
    if compared is None or compared.interval is None or compared.difference is None:
        return 0.0
    low, high = compared.interval
    return abs(compared.difference) / ((high - low) / 2 / Z95) if high > low else 0.0


def tail(
    period: Period, grain: Grain, as_of: dt.datetime, records_end: dt.date | None = None
) -> Period:
    """With what a course ends that a report on a period shows: the last part of it that has begun
    and that the records run through; where they end in its first part or before, the one in which
    they end.
    """
    parts = (period,) if grain == period.grain else period.split(grain)
    begun = [part for part in parts if part.start_at < as_of] or list(parts) or [period]
    if records_end is None or runs_through(begun[-1], records_end, as_of):
        return begun[-1]
    ending = period.calendar.containing(records_end, grain)
    if ending.start > begun[0].start and not runs_through(ending, records_end, as_of):
        return ending.previous()
    return ending


def runs_through(period: Period, records_end: dt.date, as_of: dt.datetime) -> bool:
    """Whether the records run as far as can be expected of a period, or of what of it is over."""
    end = min(period.end, period.calendar.local_day(as_of))
    return (end - records_end).days - 1 <= slack(period)


def finest(bounds: Iterable[Bound], period: Period) -> Grain:
    """The grain that shows a period's course: months of a quarter or a year, days of a week, unless
    a KPI refuses it.
    """
    from kpi_toolkit.period import GRAINS

    wanted: Grain = {"year": "month", "quarter": "month", "month": "month", "week": "week"}.get(
        period.grain, period.grain
    )  # type: ignore[assignment]
    coarsest = max(
        [GRAINS.index(wanted), *(GRAINS.index(bound.kpi.finest_grain) for bound in bounds)]
    )
    return GRAINS[coarsest]
