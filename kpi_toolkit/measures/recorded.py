"""From when to when the records of a KPI run: a period that they fill only in part is not a whole
one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from kpi_toolkit.crm.tables import TABLES
from kpi_toolkit.measures import expression
from kpi_toolkit.period import Period

if TYPE_CHECKING:
    from kpi_toolkit.measures.definition import Bound
    from kpi_toolkit.measures.fact import Measure
    from kpi_toolkit.measures.reach import Dated

# Records need not begin or end with a period's own days: nobody orders on a Sunday.
SLACK_DAYS, SLACK_SHARE = 3, 0.1
# Of records that come at random, one gap in twenty is longer than three times the usual one.
GAPS = 3


@dataclass(frozen=True)
class Recorded:
    """The local days of a KPI's first record, of its first known outcome and of the last record of
    all, and the day `until` which records can be taken to run where their gaps are long; None where
    it is not known.
    """

    first: dt.date | None = None
    outcome: dt.date | None = None
    last: dt.date | None = None
    until: dt.date | None = None

    def begins_within(self, period: Period, n: int) -> bool:
        """Whether a part of a period that holds `n` records lies before the first one."""
        return _is_gap(self.first, period, n)

    def awaits(self, period: Period, n: int) -> bool:
        """Whether a cohort with `n` outcomes began before any outcome was recorded."""
        return _is_gap(self.outcome, period, n)

    def ends_within(self, period: Period, n: int, as_of: dt.datetime) -> bool:
        """Whether a part of what is over of a period lies after the last record."""
        until = self.until or self.last
        if until is None:
            return False
        end = min(period.end, period.calendar.local_day(as_of))
        return (end - until).days - 1 > _allowed(period, n)


def slack(period: Period) -> float:
    """How many days at a period's end may be without a record."""
    return max(SLACK_DAYS, SLACK_SHARE * (period.end - period.start).days)


def begun(bound: Bound) -> Iterator[Dated]:
    """The columns of tables that date what a KPI counts."""
    for measure in bound.measures:
        fact = measure.fact
        column = (fact.open or (fact.time,))[0] if measure.bounded else measure.time
        if column and column in TABLES[fact.table].columns:
            yield fact, column


def outcomes(bound: Bound) -> Iterator[Dated]:
    """The columns that date the outcomes of a cohort: those compared with the moment of
    knowledge.
    """
    if bound.kpi.window == "cohort":
        for measure in bound.measures:
            yield from ((measure.fact, column) for column in _followed(measure))


def _followed(measure: Measure) -> Iterator[str]:
    for text in measure.where:
        for compared in expression.parse(text).find_all(exp.LT):
            right = compared.right
            if isinstance(right, exp.Placeholder) and right.name == "as_of":
                column = compared.left.name
                if column in TABLES[measure.fact.table].columns:
                    yield column


def _is_gap(first: dt.date | None, period: Period, n: int) -> bool:
    return first is not None and (first - period.start).days > _allowed(period, n)


def _allowed(period: Period, n: int) -> float:
    usual = (period.end - period.start).days / n if n else 0.0
    return max(slack(period), GAPS * usual)
