"""Values whose definition reaches further back than the records do: they are of a part only, and
nothing to compare with.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from kpi_toolkit.crm.freshness import OLDEST
from kpi_toolkit.crm.quoting import instant
from kpi_toolkit.format import Format
from kpi_toolkit.measures import expression, source
from kpi_toolkit.measures.expression import name
from kpi_toolkit.measures.fact import Fact

if TYPE_CHECKING:
    from kpi_toolkit.measures.definition import Bound

Dated = tuple[Fact, str]
SLACK = dt.timedelta(days=3)  # Nobody orders on a Sunday.
MONTH_DAYS, FEWEST_MONTH_DAYS = 365.2425 / 12, 28


@dataclass(frozen=True)
class Part:
    """What the records hold of the twelve months that a value needs: those that it counts, or with
    `before` those that precede its period, by which it tells what is new.
    """

    days: int
    before: bool = False

    def said(self, words: Format) -> str:
        """ "of 9 months only", "after 23 days of records only"."""
        # A year less some days is not called a year.
        months = min(round(self.days / MONTH_DAYS), 11) if self.days >= FEWEST_MONTH_DAYS else 0
        if self.before:
            return _after(words, months, self.days)
        if months:
            return words.tn("of one month only", "of {n} months only", months)
        return words.tn("of one day only", "of {n} days only", self.days)


def _after(words: Format, months: int, days: int) -> str:
    if months:
        return words.tn(
            "after one month of records only", "after {n} months of records only", months
        )
    if days:
        return words.tn("after one day of records only", "after {n} days of records only", days)
    return words.t("without earlier records")


def counted(bound: Bound) -> Iterator[Dated]:
    """The columns that date what a KPI counts since twelve months before its end."""
    for measure in bound.measures:
        for text in measure.where:
            yield from ((measure.fact, column) for column in _since(text))


@cache
def _since(text: str) -> tuple[str, ...]:
    """The columns that a condition compares with `:since`, which every value of a series asks."""
    return tuple(
        compared.left.name
        for compared in expression.parse(text).find_all(exp.GTE)
        if isinstance(compared.right, exp.Placeholder) and compared.right.name == "since"
    )


def preceding(bound: Bound) -> Iterator[Dated]:
    """The columns that date what a KPI takes for the history of its records."""
    if bound.kpi.needs_history:
        yield from ((measure.fact, measure.time) for measure in bound.measures if measure.time)


class Firsts:
    """The first instants in columns of facts; each is asked for once."""

    def __init__(self, crm: Any) -> None:
        self._crm = crm
        self._found: dict[Dated, dt.datetime | None] = {}

    def know(self, wanted: Iterable[Dated]) -> None:
        """Ask for those that are not known yet, by one query."""
        new = [dated for dated in dict.fromkeys(wanted) if dated not in self._found]
        if not new:
            return
        parts = [
            f"SELECT {i} AS place, min({name(column)}) AS first FROM "
            f"({_select(self._crm, fact, column)}) AS f WHERE {name(column)} >= {instant(OLDEST)}"
            for i, (fact, column) in enumerate(new)
        ]
        found = dict(self._crm.query(" UNION ALL ".join(parts)))
        self._found |= {dated: found[i] for i, dated in enumerate(new)}

    def __getitem__(self, dated: Dated) -> dt.datetime | None:
        """The first instant (UTC) in a column; None where there is none."""
        return self._found[dated]

    def day(self, wanted: Iterable[Dated]) -> dt.date | None:
        """The local day from which on all of some columns have records."""
        firsts = [first for dated in wanted if (first := self._found[dated])]
        local = self._crm.calendar.local_day
        return max((local(f) if isinstance(f, dt.datetime) else f for f in firsts), default=None)


def part(
    first: dt.datetime | None, since: dt.datetime, until: dt.datetime, *, before: bool = False
) -> Part | None:
    """What there is of the time from `since` to `until`; None where it is all there."""
    if first is None or first <= since + SLACK:
        return None
    return Part(max(-((first - until) // dt.timedelta(days=1)), 0), before)


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day so many months earlier, or the last one of its month."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    first_of_next = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - dt.timedelta(days=1)).day
    return dt.date(max(year, 1), month + 1, min(day.day, last)) if year > 0 else dt.date(1, 1, 1)


def _select(crm: Any, fact: Fact, column: str) -> str:
    # The records themselves, whatever a model has scored of them so far.
    fact = replace(fact, model=None) if fact.model else fact
    return source.select(fact, [name(column)], crm.columns, crm.calendar.time_zone)
