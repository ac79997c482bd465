"""How far each column goes: how many rows fill it, from when to when, and what lies ahead."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kpi_toolkit.crm.freshness import PLANNED
from kpi_toolkit.crm.quoting import literal, name
from kpi_toolkit.crm.tables import TABLES, Column

if TYPE_CHECKING:
    from kpi_toolkit.crm.connect import Crm

# What may lie ahead without a mistake: plans, terms, and what is announced.
_ANNOUNCED = PLANNED | {
    "expected_close_on",
    "starts_on",
    "ends_on",
    "launched_on",
    "launched_at",
    "held_at",
}


@dataclass(frozen=True)
class Extent:
    """One column of a table: of `rows` rows, `filled` have a value.

    `first` and `last` are the local days between which the dates of a column of dates lie; `ahead`
    counts the rows whose date is later than the moment of knowledge, in a column of what has
    happened.
    """

    table: str
    column: str
    rows: int
    filled: int
    first: dt.date | None = None
    last: dt.date | None = None
    ahead: int = 0

    @property
    def has_gaps(self) -> bool:
        """Whether some row has no value."""
        return self.filled < self.rows

    @property
    def share(self) -> float:
        """The share of the rows that have a value, of rows that there are."""
        return self.filled / self.rows


def extents(crm: "Crm") -> tuple[Extent, ...]:
    """Every column of every table that the user mapped; one query a table."""
    return tuple(extent for table in crm.columns for extent in _of_table(crm, table))


def complete(crm: "Crm", table: str, required: tuple[str, ...]) -> int:
    """How many rows of a table have a value in each of some of its columns."""
    where = " AND ".join(f"{name(column)} IS NOT NULL" for column in required) or "true"
    return int(crm.query(f"SELECT count(*) FROM {name(table)} WHERE {where}")[0][0])


def _of_table(crm: "Crm", table: str) -> list[Extent]:
    canonical = [column for column in TABLES[table].columns if column in crm.columns[table]]
    columns = [*canonical, *crm.own_dimensions.get(table, ())]
    parts = ["count(*)", *(part for column in columns for part in _asked(crm, table, column))]
    found = iter(crm.query(f"SELECT {', '.join(parts)} FROM {name(table)}")[0])
    rows = next(found)
    return [_extent(crm, table, column, rows, found) for column in columns]


def _asked(crm: "Crm", table: str, column: str) -> list[str]:
    at, moment = name(column), _moment(table, column)
    if moment is None:
        return [f"count({at})"]
    known = (
        f"TIMESTAMP {literal(crm.as_of.isoformat(' '))}"
        if moment.type == "instant"
        else f"DATE {literal(crm.calendar.local_day(crm.as_of).isoformat())}"
    )
    later = "0" if column in _ANNOUNCED else f"count(*) FILTER (WHERE {at} > {known})"
    return [f"count({at})", f"min({at})", f"max({at})", later]


def _extent(crm: "Crm", table: str, column: str, rows: int, found: Any) -> Extent:
    filled = next(found)
    if _moment(table, column) is None:
        return Extent(table, column, rows, filled)
    first, last = (_day(crm, next(found)) for _ in range(2))
    return Extent(table, column, rows, filled, first, last, next(found))


def _moment(table: str, column: str) -> Column | None:
    """The canonical column, where it holds instants or days."""
    found = TABLES[table].columns.get(column)
    return found if found and found.type in ("instant", "date") else None


def _day(crm: "Crm", value: dt.date | str | None) -> dt.date | None:
    """The local day; the engine gives moments beyond the years that Python knows as texts."""
    if isinstance(value, str):
        return dt.date.min if "BC" in value else dt.date.max
    if not isinstance(value, dt.datetime):
        return value
    try:
        return crm.calendar.local_day(value)
    except OverflowError:  # within hours of the first or the last moment that Python knows
        return value.date()
