"""A KPI beside what it is compared with: the period before, a year ago, its own history, its
target, the archived report.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from kpi_toolkit.archive.restatements import Restatement
from kpi_toolkit.archive.rows import ValueRow
from kpi_toolkit.insight.coverage import slack
from kpi_toolkit.insight.signals import Limits, Signal, natural_limits, signal
from kpi_toolkit.measures.ask import same_age
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.evaluate import Ask
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.period import Grain, Period


@dataclass(frozen=True)
class Reading:
    """One KPI of one period with its comparisons; `series` ends with `now` and is of one age where
    it is a cohort's.
    """

    now: KpiValue
    series: tuple[KpiValue, ...]
    previous: KpiValue | None
    year_ago: KpiValue | None
    target: float | None = None
    archived: ValueRow | None = None
    restated: Restatement | None = None

    @cached_property
    def history(self) -> list[float | None]:
        """The values of the series; None before the first record, where there is no data, and where
        a value is of a part only.
        """
        first = next((i for i, v in enumerate(self.series) if v.n), len(self.series))
        return [v.value if i >= first and not v.part else None for i, v in enumerate(self.series)]

    @cached_property
    def limits(self) -> Limits | None:
        """The natural limits that the earlier values of the series set."""
        share = self.now.unit == "percent"
        # Refunds can exceed what was sold.
        below = any(value < 0 for value in self.history if value is not None)
        return natural_limits(
            self.history[:-1], least=None if below else 0.0, most=1.0 if share else None
        )

    @cached_property
    def signal(self) -> Signal:
        """Whether the value is out of the ordinary."""
        return signal(self.history, self.limits if self.now.complete else None)

    @property
    def weight(self) -> float:
        """The change on the period before, in moving ranges of the earlier values: how unusual it
        is.
        """
        if (
            self.now.value is None
            or self.previous is None
            or self.previous.value is None
            or not self.limits
        ):
            return 0.0
        change = abs(self.now.value - self.previous.value)
        return (
            change / self.limits.moving_range if self.limits.moving_range else float(bool(change))
        )

    @property
    def certain(self) -> bool | None:
        """Whether the interval leaves the value of the period before outside; None where there is
        no interval.
        """
        if self.now.interval is None or self.previous is None or self.previous.value is None:
            return None
        low, high = self.now.interval
        return not low <= self.previous.value <= high

    @property
    def distinct(self) -> bool | None:
        """Whether a rate differs from the period before by more than chance: the 95% interval of
        their difference leaves zero outside; None where there is no interval.

        Source: Newcombe (1998), "Interval estimation for the difference between independent
        proportions", method 10.
        """
        before = self.previous
        if self.now.interval is None or before is None or before.interval is None:
            return None
        now, then = self.now.value or 0.0, before.value or 0.0
        rises = now > then
        own = now - self.now.interval[0] if rises else self.now.interval[1] - now
        other = before.interval[1] - then if rises else then - before.interval[0]
        return abs(now - then) > math.hypot(own, other)


def asks(bound: Bound, period: Period, n: int, as_of: dt.datetime) -> tuple[Ask, ...]:
    """The asks of a series that ends with a period, cohorts at the age that the last one has."""
    cohort = bound.kpi.window == "cohort"
    periods = (period,) if period.grain == "all" else period.last(n)
    return tuple(
        Ask(
            bound,
            each,
            known_at=same_age(each, period, as_of) if cohort and each != period else None,
        )
        for each in periods
    )


def comparable(series: Sequence[KpiValue], steps: int) -> KpiValue | None:
    """The value `steps` periods before the last; None while the last period is under way, or where
    either is of a part only, since it would not be fair.
    """
    if len(series) <= steps or not series[-1].complete:
        return None
    found = series[-1 - steps]
    return found if found.n and series[-1].is_comparable(found) else None


def year_steps(grain: Grain) -> int:
    """How many periods of a grain a year has."""
    return {"day": 364, "week": 52, "month": 12, "quarter": 4}.get(grain, 1)


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
