"""From when to when the records of a KPI run: a period that they fill only in part is not a whole
one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from kpi_toolkit.crm.tables import TABLES
from kpi_toolkit.measures import expression
from kpi_toolkit.measures.silence import Silence, Silences, slack
from kpi_toolkit.period import Period

if TYPE_CHECKING:
    from kpi_toolkit.measures.definition import Bound
    from kpi_toolkit.measures.fact import Measure
    from kpi_toolkit.measures.reach import Dated, Firsts

# Of records that come at random, one gap in twenty is longer than three times the usual one.
GAPS = 3
BEFORE = "the records begin only after this period"
AFTER = "the records end before this period"


@dataclass(frozen=True)
class Recorded:
    """The local days of a KPI's first record and of its first known outcome, None where it is not
    known, and with what the records of its tables end.
    """

    first: dt.date | None = None
    outcome: dt.date | None = None
    ends: tuple[Silence, ...] = ()

    def begins_within(self, period: Period, n: int) -> bool:
        """Whether a part of a period that holds `n` records lies before the first one."""
        return _is_gap(self.first, period, n)

    def awaits(self, period: Period, n: int) -> bool:
        """Whether a cohort with `n` outcomes began before any outcome was recorded."""
        return _is_gap(self.outcome, period, n)

    def ended(self, period: Period, as_of: dt.datetime) -> Silence | None:
        """What of its tables ended first, where a part of what is over of a period lies after its
        last record; else None.
        """
        found = [silence for silence in self.ends if silence.leaves(period, as_of)]
        return min(found, key=lambda silence: silence.last, default=None)


UNKNOWN = Recorded()


class Run:
    """From when to when the records of a CRM's KPIs run; each column and table is looked at
    once.
    """

    def __init__(self, crm: Any, as_of: dt.datetime, firsts: Firsts) -> None:
        self._crm = crm
        self._firsts = firsts
        self._silences = Silences(crm, as_of)

    def of(self, bounds: Iterable[Bound]) -> dict[Bound, Recorded]:
        """That of KPIs, UNKNOWN of one that is not available; one query for all that were not asked
        for before.
        """
        bounds = list(bounds)
        known = {b: (tuple(begun(b)), tuple(outcomes(b))) for b in bounds if not b.lacks(self._crm)}
        self._firsts.know(dated for both in known.values() for part in both for dated in part)
        day = self._firsts.day
        return {bound: UNKNOWN for bound in bounds} | {
            bound: Recorded(day(first), day(outcome), self.ends(bound))
            for bound, (first, outcome) in known.items()
        }

    def beyond(self, bound: Bound, period: Period, as_of: dt.datetime) -> str:
        """Why nobody knows whether a period had no record: it is over before the first one, or
        begins after the last; empty where nothing in it is a 0.
        """
        recorded = self.of([bound])[bound]
        if recorded.first and period.end <= recorded.first:
            return BEFORE
        ended = recorded.ended(period, as_of)
        return AFTER if ended and ended.last < period.start else ""

    def ends(self, bound: Bound) -> tuple[Silence, ...]:
        """With what the records of a KPI's tables end."""
        return self._silences.of({measure.fact.table: None for measure in bound.measures})


def begun(bound: Bound) -> Iterator[Dated]:
    """The columns of tables that date what a KPI counts, or that a derived date is told by."""
    for measure in bound.measures:
        fact = measure.fact
        column = (fact.open or (fact.time,))[0] if measure.bounded else measure.time
        text = fact.columns.get(column or "", expression.name(column or ""))
        for table, read in expression.columns(text):
            own = TABLES[fact.table].columns.get(read)
            if not table and own and own.type in ("instant", "date"):
                yield fact, read


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
