"""How fresh the records of each table are: the latest instant at which something happened, and the
days on which anything did.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kpi_toolkit.crm.quoting import instant, literal, name
from kpi_toolkit.crm.tables import TABLES

if TYPE_CHECKING:
    from kpi_toolkit.crm.connect import Crm

# Plans and terms: that they have passed does not mean that anybody recorded anything.
PLANNED = frozenset(
    ("due_at", "sla_due_at", "renewal_due_at", "starts_at", "ends_at", "active_from", "active_to")
)

# An earlier date is a slip of the hand.
OLDEST = dt.datetime(1900, 1, 1)  # noqa: DTZ001 - naive UTC


def newest_events(
    rows: Callable[[str, list[dt.datetime]], list[tuple[Any, ...]]],
    tables: Mapping[str, Mapping[str, str]],
    as_of: dt.datetime,
    zone: str,
) -> dict[str, dt.datetime]:
    """The greatest event instant (UTC) not after `as_of` of each table that has one. `rows` asks
    the engine that has the tables.
    """
    parts = []
    for table, columns in tables.items():
        moments = [moment(table, column, zone) for column in _events(table, columns)]
        latest = [
            f"max({at}) FILTER (WHERE {at} BETWEEN {instant(OLDEST)} AND $1)" for at in moments
        ]
        if latest:
            parts.append(
                f"SELECT {literal(table)} AS t, greatest({', '.join([*latest, 'NULL'])}) AS latest "
                f"FROM {name(table)}"
            )
    found = rows(" UNION ALL ".join(parts), [as_of]) if parts else []
    return {table: latest for table, latest in found if latest}


def days_written(crm: "Crm", table: str, since: dt.datetime) -> set[dt.date]:
    """The local days from an instant (UTC) up to `crm.as_of` on which something happened in a
    table; one query.
    """
    zone = crm.calendar.time_zone
    moments = [moment(table, column, zone) for column in _events(table, crm.columns[table])]
    parts = [
        f"SELECT CAST(timezone({literal(zone)}, timezone('UTC', {at})) AS DATE) AS day "
        f"FROM {name(table)} WHERE {at} BETWEEN {instant(since)} AND {instant(crm.as_of)}"
        for at in moments
    ]
    sql = f"SELECT DISTINCT day FROM ({' UNION ALL '.join(parts)}) AS d"
    return {day for (day,) in crm.query(sql)} if parts else set()


def moment(table: str, column: str, zone: str) -> str:
    """The UTC instant that a column of a table tells, as SQL: a date is the first instant of its
    local day.
    """
    own = TABLES[table].columns.get(column)
    if own is None or own.type != "date":
        return name(column)
    local = f"timezone({literal(zone)}, CAST({name(column)} AS TIMESTAMP))"
    return f"timezone('UTC', {local})"


def _events(table: str, columns: Iterable[str]) -> list[str]:
    """The columns that tell when something happened; a rate of exchange is no event."""
    known = TABLES[table].columns
    events = {
        column: found
        for column in sorted(columns)
        if (found := known.get(column)) and column not in PLANNED
    }
    return [
        column
        for column, found in events.items()
        if found.type == "instant" or (column == "day" and table != "exchange_rates")
    ]
