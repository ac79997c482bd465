"""How far the records of each table run: deals may end while orders go on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from kpi_toolkit.crm import freshness
from kpi_toolkit.format import Format
from kpi_toolkit.period import Period

# Records need not begin or end with a period's own days: nobody orders on a Sunday.
SLACK_DAYS, SLACK_SHARE = 3, 0.1
# A table in which something happened on fewer days of a year is written too rarely to be late. Of
# all tables together, fewer than five days do not tell how far they are apart as a rule.
OFTEN, FEWEST_DAYS = 30, 5
# No silence on record was half as long again as the longest one of the year before.
LONGER = 1.5
YEAR = dt.timedelta(days=365)


@dataclass(frozen=True)
class Silence:
    """The last local day on which something happened in a table, in all of them together where it
    has no name, and for how many days in a row nothing happened before, at most.
    """

    last: dt.date
    usual: float = 0.0
    table: str = ""

    def named(self, words: Format) -> str:
        """The table's name for readers."""
        label = self.table.replace("_", " ").capitalize()
        return words.t(label)

    def said(self, words: Format) -> str:
        """That the table is behind the others."""
        return words.t(
            "The newest record of the table {table} is of {day}, while others go on.",
            table=self.named(words),
            day=words.date(self.last),
        )

    def leaves(self, period: Period, as_of: dt.datetime) -> bool:
        """Whether a part of what is over of a period lies after the last record."""
        return self._lasts(min(period.end, period.calendar.local_day(as_of)), slack(period))

    def is_late(self, today: dt.date) -> bool:
        """Whether more should have been recorded by a day."""
        return self._lasts(today, SLACK_DAYS)

    def _lasts(self, until: dt.date, allowed: float) -> bool:
        return (until - self.last).days - 1 > max(allowed, LONGER * self.usual)


class Silences:
    """Those of the tables of a CRM, each looked at once, and only where its last record is not of
    these days.
    """

    def __init__(self, crm: Any, as_of: dt.datetime) -> None:
        self._crm = crm if crm.as_of == as_of else crm.at(as_of)
        self._today = crm.calendar.local_day(as_of)
        self._found: dict[str, Silence | None] = {}

    def of(self, tables: Iterable[str]) -> tuple[Silence, ...]:
        """One for each table; that of all together for those that are rarely written."""
        found = (self._of(table) for table in tables)
        return tuple(dict.fromkeys(one for one in found if one))

    def _of(self, table: str) -> Silence | None:
        if table not in self._found:
            self._found[table] = self._own(table) or self._whole
        return self._found[table]

    def _own(self, table: str) -> Silence | None:
        newest = self._crm.newest_events.get(table)
        if newest is None or self._last(newest) == self._all:
            return None
        if self._is_fresh(newest):
            return Silence(self._last(newest), table=table)
        days = freshness.days_written(self._crm, table, newest - YEAR)
        if len(days) < OFTEN:
            return None
        return Silence(self._last(newest), longest(sorted(days)), table)

    @cached_property
    def _all(self) -> dt.date | None:
        newest = self._crm.newest_event
        return self._last(newest) if newest else None

    @cached_property
    def _whole(self) -> Silence | None:
        newest = self._crm.newest_event
        if newest is None or self._is_fresh(newest):
            return Silence(self._last(newest)) if newest else None
        written = (
            freshness.days_written(self._crm, table, newest - YEAR)
            for table in self._crm.newest_events
        )
        days = sorted(set().union(*written))
        if len(days) < FEWEST_DAYS:
            return None
        return Silence(days[-1], longest(days))

    def _is_fresh(self, newest: dt.datetime) -> bool:
        return (self._today - self._last(newest)).days - 1 <= SLACK_DAYS

    def _last(self, newest: dt.datetime) -> dt.date:
        day: dt.date = self._crm.calendar.local_day(newest)
        return day


def slack(period: Period) -> float:
    """How many days at a period's end may be without a record."""
    return max(SLACK_DAYS, SLACK_SHARE * (period.end - period.start).days)


def longest(days: Sequence[dt.date]) -> int:
    """For how many days in a row nothing happened, at most, of sorted days."""
    return max(((b - a).days - 1 for a, b in pairwise(days)), default=0)
