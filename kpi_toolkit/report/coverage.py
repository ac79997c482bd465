"""Over which days the records run, and whether the report's period lies among them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from kpi_toolkit import blocks
from kpi_toolkit.blocks import Block
from kpi_toolkit.crm.tables import TABLES
from kpi_toolkit.measures import source
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.expression import instant, name
from kpi_toolkit.measures.fact import Fact
from kpi_toolkit.period import YEARS, Period
from kpi_toolkit.report.session import Session, sentence

# Records need not end with a period's last day: nobody orders on a Sunday.
SLACK_DAYS, SLACK_SHARE = 3, 0.1
# An earlier date is a slip, and no period can be asked for that holds it.
FIRST = dt.datetime.combine(dt.date(YEARS[0], 1, 1), dt.time())


def coverage(session: Session, bounds: Iterable[Bound]) -> Block:
    """The days between which the records of some KPIs lie; where the period reaches beyond them,
    the last one that does not.
    """
    words, period, bounds = session.words, session.period, list(bounds)
    if not bounds:
        lacking = (
            "The data allow no KPI yet: kpi plan names the tables and columns that each needs."
        )
        return sentence(words.t(lacking))
    found = _days(session, bounds)
    if found is None:
        return sentence(words.t("No record has a date."))
    first, last = found
    lie = words.t(
        "The records run from {first} to {last}.", first=words.date(first), last=words.date(last)
    )
    if period.grain == "all" or (period.start <= last and not period.is_complete(session.as_of)):
        return sentence(lie)
    fitting = _fitting(period, first, last)
    if fitting == period:
        return sentence(lie)
    ask = words.t(
        "Ask for {period} (--period {key}).", period=words.period(fitting), key=fitting.key
    )
    return blocks.text(
        blocks.paragraph((f"{lie} ", False), (f"{_beyond(session, first, last)} {ask}", True))
    )


def _beyond(session: Session, first: dt.date, last: dt.date) -> str:
    words, period = session.words, session.period
    if period.start > last or period.end <= first:
        return words.t("There is none {when}.", when=words.during(period))
    if period.start < first:
        return words.t(
            "They begin after {period} does, so its figures are those of a part.",
            period=words.period(period),
        )
    return words.t(
        "They end before {period} does, so its figures are those of a part.",
        period=words.period(period),
    )


def _fitting(period: Period, first: dt.date, last: dt.date) -> Period:
    """The period itself, or the nearest of its length that the records fill."""
    containing, grain = period.calendar.containing, period.grain
    oldest, newest = containing(first, grain), containing(last, grain)
    oldest = oldest if _starts(oldest, first) else oldest.previous(-1)
    whole = newest if _ends(newest, last) else newest.previous()
    if whole.start < oldest.start:
        return newest
    return min(max(period, oldest, key=_start), whole, key=_start)


def _start(period: Period) -> dt.date:
    return period.start


def _starts(period: Period, first: dt.date) -> bool:
    return (first - period.start).days <= _slack(period)


def _ends(period: Period, last: dt.date) -> bool:
    return (period.end - last).days - 1 <= _slack(period)


def _slack(period: Period) -> float:
    return max(SLACK_DAYS, SLACK_SHARE * (period.end - period.start).days)


def _days(session: Session, bounds: Iterable[Bound]) -> tuple[dt.date, dt.date] | None:
    """The first and the last local day, not after the moment of knowledge, that dates a record."""
    dated = {
        (measure.fact, column): None
        for bound in bounds
        for measure in bound.measures
        for column in _times(measure.fact, measure.time)
        if column in session.crm.columns[measure.fact.table]
    }
    if not dated:
        return None
    parts = [_ends_of(session, fact, column) for fact, column in dated]
    ends = session.crm.query(f"SELECT min(first), max(last) FROM ({' UNION ALL '.join(parts)})")
    first, last = ends[0]
    day = session.crm.calendar.local_day
    return None if first is None else (day(first), day(last))


def _times(fact: Fact, time: str | None) -> set[str]:
    """The columns that date a fact's rows, without those that are derived."""
    named = {*filter(None, [time, fact.time, *(fact.open or ())])}
    return {column for column in named if column in TABLES[fact.table].columns}


def _ends_of(session: Session, fact: Fact, column: str) -> str:
    at = source.moment(fact, column, session.crm.calendar.time_zone)
    return (
        f"SELECT min({at}) AS first, max({at}) AS last FROM {name(fact.table)} "
        f"WHERE {at} BETWEEN {instant(FIRST)} AND {instant(session.as_of)}"
    )
