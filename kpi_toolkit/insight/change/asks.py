"""Which values a reading needs: its period, those that it is compared with, and the periods of its
course.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kpi_toolkit.measures.ask import beside
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.evaluate import Ask
from kpi_toolkit.measures.recorded import UNKNOWN, Recorded
from kpi_toolkit.measures.same_part import same_age
from kpi_toolkit.period import GRAINS, Grain, Period

# How many periods before a report's set the limits: two years, where seasons can be told.
EARLIER: Mapping[Grain, int] = {"day": 28, "week": 26, "month": 24, "quarter": 12, "year": 8}


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


def asks_of(bound: Bound, period: Period, as_of: dt.datetime, recorded: Recorded = UNKNOWN) -> Asks:
    """The asks of a reading."""
    now = Ask(bound, period)
    if period.grain == "all":
        return Asks(now, None, None, (now,), 1)
    before, ago = (beside(bound, p, period, as_of) for p in (period.previous(), period.year_ago()))
    grain = finest([bound], period)
    last = tail(period, grain, as_of, recorded)
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


def tail(period: Period, grain: Grain, as_of: dt.datetime, recorded: Recorded = UNKNOWN) -> Period:
    """With what a course ends that a report on a period shows: the last part of it that has begun
    and that the records run through; where they end in its first part or before, the one in which
    they end.
    """
    parts = (period,) if grain == period.grain else period.split(grain)
    begun = [part for part in parts if part.start_at < as_of] or list(parts) or [period]
    ended = recorded.ended(begun[-1], as_of)
    if ended is None:
        return begun[-1]
    ending = period.calendar.containing(ended.last, grain)
    if ending.start > begun[0].start and ended.leaves(ending, as_of):
        return ending.previous()
    return ending


def finest(bounds: Iterable[Bound], period: Period) -> Grain:
    """The grain that shows a period's course: months of a quarter or a year, days of a week, unless
    a KPI refuses it.
    """
    wanted: Grain = {"year": "month", "quarter": "month", "month": "month", "week": "week"}.get(
        period.grain, period.grain
    )  # type: ignore[assignment]
    coarsest = max(
        [GRAINS.index(wanted), *(GRAINS.index(bound.kpi.finest_grain) for bound in bounds)]
    )
    return GRAINS[coarsest]


def year_steps(grain: Grain) -> int:
    """How many periods of a grain a year has."""
    return {"day": 364, "week": 52, "month": 12, "quarter": 4}.get(grain, 1)
