"""Readings made by hand, without a CRM."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kpi_toolkit.insight.change.reading import Reading
from kpi_toolkit.measures.comparison import Comparison, compare
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.period import Calendar, Period, parse_period

AS_OF = dt.datetime.fromisoformat("2026-10-05")
CALENDAR = Calendar(time_zone="UTC")


def period(key: str) -> Period:
    """The period of a key."""
    return parse_period(key, CALENDAR, AS_OF)


def value(number: float | None, key: str = "2026-Q3", **facts: Any) -> KpiValue:
    """A KPI's value; a hundred records stand behind it where it has one."""
    made = KpiValue(
        kpi="won_value",
        label="Won value",
        period=period(key),
        as_of=AS_OF,
        unit="count",
        currency="EUR",
        better="up",
        window="event",
        definition="934ab99f4aa8",
        value=number,
        n=0 if number is None else 100,
        status="no_data" if number is None else "ok",
    )
    return replace(made, **facts)


def reading(numbers: Sequence[float | None], key: str = "2026-Q3", **facts: Any) -> Reading:
    """The reading of a series that ends with a period; `facts` are those of each value."""
    periods = period(key).last(len(numbers))
    series = tuple(
        value(number, p.key, **facts) for number, p in zip(numbers, periods, strict=True)
    )
    return Reading(
        now=series[-1],
        series=series,
        previous=beside(series, 1),
        year_ago=beside(series, 4),
    )


def beside(series: Sequence[KpiValue], steps: int) -> Comparison | None:
    """The last value beside one before."""
    return compare(series[-1], series[-1 - steps]) if len(series) > steps else None
