"""Over which days the records run, and which period to ask for where they do not fill one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from kpi_toolkit.crm.quoting import instant
from kpi_toolkit.crm.tables import TABLES
from kpi_toolkit.format import Format
from kpi_toolkit.measures import source
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.expression import literal, name
from kpi_toolkit.measures.fact import Fact
from kpi_toolkit.measures.recorded import slack
from kpi_toolkit.period import YEARS, Calendar, Grain, Period

if TYPE_CHECKING:
    from kpi_toolkit.crm.connect import Crm

GAP_SHARE = 0.95
# A few days with records do not tell how far they are apart as a rule.
FEWEST_DAYS = 5
# A period with fewer than a fifth of the records of the one in which a record usually lies is none
# to begin with: a log may close its last tickets for longer than it opened any.
USUAL_SHARE = 0.2
# An earlier date is a slip, and no period can be asked for that holds it.
FIRST = dt.datetime.combine(dt.date(YEARS[0], 1, 1), dt.time())


@dataclass(frozen=True)
class Coverage:
    """How many dates of records lie on each local day; at least one does."""

    days: Mapping[dt.date, int]

    @cached_property
    def first(self) -> dt.date:
        """The first day with a record."""
        return min(self.days)

    @cached_property
    def last(self) -> dt.date:
        """The last one."""
        return max(self.days)

    @cached_property
    def usual_gap(self) -> int:
        """How many days in a row are without a record: no more than so many, but for one gap in
        twenty.
        """
        known = sorted(self.days)
        gaps = sorted((b - a).days - 1 for a, b in zip(known, known[1:], strict=False))
        return gaps[int(GAP_SHARE * (len(gaps) - 1))] if gaps else 0

    def records(self, period: Period) -> int:
        """How many dates lie in a period."""
        return sum(n for day, n in self.days.items() if period.start <= day < period.end)

    def begins_within(self, period: Period) -> bool:
        """Whether a part of a period lies before the first record."""
        return (self.first - period.start).days > max(slack(period), self.usual_gap)

    def ends_within(self, period: Period) -> bool:
        """Whether a part of a period lies after the last record."""
        return (period.end - self.last).days - 1 > max(slack(period), self.usual_gap)

    def fitting(self, period: Period) -> Period:
        """The period of the same length that is nearest, of those that the records fill and that
        have as many as usual; else the one that has most.
        """
        counted = self._counted(period.grain, period.calendar)
        whole = self._whole(counted) or [max(counted, key=lambda p: (counted[p], p.start))]
        return min(whole, key=lambda p: (abs((p.start - period.start).days), -p.start.toordinal()))

    def latest(self, grain: Grain, calendar: Calendar) -> Period | None:
        """The last period that the records fill, with as many of them as usual."""
        return max(self._whole(self._counted(grain, calendar)), key=_start, default=None)

    def _whole(self, counted: Mapping[Period, int]) -> list[Period]:
        filled = [p for p in counted if not (self.begins_within(p) or self.ends_within(p))]
        usual = sum(n * n for n in counted.values()) / sum(counted.values())
        return [p for p in filled if counted[p] >= USUAL_SHARE * usual]

    def _counted(self, grain: Grain, calendar: Calendar) -> dict[Period, int]:
        """The periods that have records, with how many."""
        found: dict[Period, int] = {}
        for day, n in self.days.items():
            period = calendar.containing(day, grain)
            found[period] = found.get(period, 0) + n
        return found


def coverage(crm: Crm, bounds: Iterable[Bound], as_of: dt.datetime) -> Coverage | None:
    """The local days, not after the moment of knowledge, that date the records of some KPIs; None
    where no record is dated. One query.
    """
    dated = {
        (measure.fact, column): None
        for bound in bounds
        for measure in bound.measures
        for column in _times(measure.fact, measure.time)
        if column in crm.columns.get(measure.fact.table, ())
    }
    parts = [_days_of(crm, fact, column, as_of) for fact, column in dated]
    if not parts:
        return None
    sql = f"SELECT day, sum(n) FROM ({' UNION ALL '.join(parts)}) AS d GROUP BY day"
    days = {day: int(n) for day, n in crm.query(sql)}
    return Coverage(days) if days else None


def sentences(
    words: Format,
    found: Coverage | None,
    period: Period,
    as_of: dt.datetime,
    *,
    typed: bool = False,
) -> tuple[str, str]:
    """Over which days the records run; and, where they do not fill a period, what that means and
    which to ask for (`typed`: in a terminal), else an empty text.
    """
    if found is None:
        return words.t("No record has a date."), ""
    beyond = "" if period.grain == "all" else _beyond(words, found, period, as_of)
    return _lie(words, found), f"{beyond}{_ask(words, found, period, typed)}" if beyond else ""


def without_records(
    words: Format, crm: Crm, bounds: Iterable[Bound], period: Period, as_of: dt.datetime
) -> str:
    """What to say, and to ask for, where no record of some KPIs is dated in a period, or empty."""
    found = coverage(crm, bounds, as_of)
    if period.grain == "all" or (found and found.records(period)):
        return ""
    return " ".join(filter(None, sentences(words, found, period, as_of, typed=True)))


def _lie(words: Format, found: Coverage) -> str:
    first, last = words.date(found.first), words.date(found.last)
    if first == last:
        return words.t("The records are of one day, {day}.", day=first)
    return words.t("The records run from {first} to {last}.", first=first, last=last)


def _beyond(words: Format, found: Coverage, period: Period, as_of: dt.datetime) -> str:
    if not found.records(period):
        return words.t("There is none {when}.", when=words.during(period))
    named = words.period(period)
    # Nobody expects a period to be whole while it is under way.
    ends = found.ends_within(period) and period.is_complete(as_of)
    if found.begins_within(period) and ends:
        return words.t(
            "They begin and end within {period}, so its figures are those of a part.", period=named
        )
    if found.begins_within(period):
        return words.t(
            "They begin after {period} does, so its figures are those of a part.", period=named
        )
    if ends:
        return words.t(
            "They end before {period} does, so its figures are those of a part.", period=named
        )
    return ""


def _ask(words: Format, found: Coverage, period: Period, typed: bool) -> str:
    fitting = found.fitting(period)
    if fitting == period:
        return ""
    ask = "Ask for {period} (--period {key})." if typed else "Ask for {period}."
    return f" {words.t(ask, period=words.period(fitting), key=fitting.key)}"


def _start(period: Period) -> dt.date:
    return period.start


def _times(fact: Fact, time: str | None) -> Iterator[str]:
    """The columns that date a fact's rows, without those that are derived."""
    named = dict.fromkeys(filter(None, [time, fact.time, *(fact.open or ())]))
    return (column for column in named if column in TABLES[fact.table].columns)


def _days_of(crm: Crm, fact: Fact, column: str, as_of: dt.datetime) -> str:
    zone = crm.calendar.time_zone
    at = source.moment(fact, column, zone)
    day = f"CAST(timezone({literal(zone)}, timezone('UTC', {at})) AS DATE)"
    return (
        f"SELECT {day} AS day, count(*) AS n FROM {name(fact.table)} "
        f"WHERE {at} BETWEEN {instant(FIRST)} AND {instant(as_of)} GROUP BY 1"
    )
