"""Forecasts as the archive keeps them: a row an open deal, and a row a month and bound, so that
they can be scored when the outcomes are known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from kpi_toolkit.archive.rows import ValueRow
from kpi_toolkit.insight.forecast.forecast import LEVELS, Forecast, Month
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.period import Period

DEAL, MONTH, BOUND = "deal_id", "closing_month", "bound"
# Rows of these are kept to be scored: they are no breakdown of a KPI, and never restated.
OF_FORECASTS = (DEAL, MONTH)


def rows(found: Forecast, period: Period, chance: Bound, value: Bound) -> list[dict[str, Any]]:
    """The chance of each open deal, and the amount of each month with its bounds, of a report's
    period. The definition's hash tells the model and its version.
    """
    return [
        {**asdict(row), "period_start": row.period_start.isoformat()}
        for row in value_rows(found, period, chance, value)
    ]


def value_rows(found: Forecast, period: Period, chance: Bound, value: Bound) -> list[ValueRow]:
    """The same as the archive returns them."""
    return [*_chances(found, period, chance), *_months(found, period, value)]


def _chances(found: Forecast, period: Period, chance: Bound) -> Iterator[ValueRow]:
    for deal, probability in zip(found.states["deal_id"], found.states["probability"], strict=True):
        if probability == probability:
            yield _row(chance, period, float(probability), (DEAL, deal), ("", ""))


def _months(found: Forecast, period: Period, value: Bound) -> Iterator[ValueRow]:
    for month in found.months:
        member = (MONTH, month.period.key)
        yield _row(value, period, month.expected, member, ("", ""))
        for bound, number in _bounds(month):
            yield _row(value, period, number, member, (BOUND, bound))


def _bounds(month: Month) -> Iterator[tuple[str, float]]:
    for level in LEVELS:
        yield from zip((f"low_{level}", f"high_{level}"), month.bands[level], strict=True)


def _row(
    bound: Bound, period: Period, value: float, member: tuple[str, str], other: tuple[str, str]
) -> ValueRow:
    return ValueRow(
        kpi=bound.kpi.name,
        options="",
        dimension=member[0],
        member=member[1],
        dimension2=other[0],
        member2=other[1],
        grain=period.grain,
        period_start=period.start,
        value=value,
        numerator=None,
        denominator=None,
        n=1,
        status="ok",
        reason=None,
        definition_hash=bound.hash,
        unit=bound.kpi.unit,
        window=bound.kpi.window,
        complete=True,
    )
