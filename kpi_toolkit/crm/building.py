"""Sources -> the typed tables of one database: read, convert, select, complete; every row accounted
for.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kpi_toolkit.crm import (
    database,
    doubts,
    frames,
    money,
    quarantine,
    rates,
    reading,
    remarks,
    staging,
    target_periods,
)
from kpi_toolkit.crm.plans import TablePlan
from kpi_toolkit.crm.quoting import name
from kpi_toolkit.crm.settling import check_share
from kpi_toolkit.crm.sql_text import text_of
from kpi_toolkit.crm.table_read import TableRead
from kpi_toolkit.crm.tables import TABLES
from kpi_toolkit.errors import DataError, near_misses
from kpi_toolkit.period import Calendar

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from pandas import DataFrame

Reading = tuple[TableRead, ...]


@dataclass(frozen=True)
class Home:
    """The project's calendar and currency, to which times and amounts are brought."""

    calendar: Calendar
    currency: str

    @property
    def time_zone(self) -> str:
        """Where the business is."""
        return self.calendar.time_zone


def from_plans(connection: "DuckDBPyConnection", plans: Sequence[TablePlan], home: Home) -> Reading:
    """The tables that kpi.toml declares. Raises DataError."""
    quarantine.create(connection)
    remarks.create(connection)
    read = [found for plan in plans if plan.files for found in reading.read(connection, plan)]
    raw = [plan for plan in plans if plan.staging]
    staging.show(connection, raw)
    selects = [plan for plan in plans if plan.select]
    # Rates first, since the amounts of every other table need them.
    read += _selected(connection, [p for p in selects if p.table.name == rates.TABLE], home)
    read = [_converted(connection, found, home) for found in _rated(connection, read)]
    read += _selected(connection, [p for p in selects if p.table.name != rates.TABLE], home)
    shares = {plan.table.name: plan.greatest_bad_share for plan in plans}
    completed = _completed(connection, read, home, shares)
    remark(connection, completed, home)
    staging.drop(connection, raw)
    return completed


def from_frames(
    connection: "DuckDBPyConnection", given: "Mapping[str, DataFrame]", home: Home, naive: str
) -> Reading:
    """The tables of frames, whose naive datetimes are local time in the zone `naive`. Raises
    DataError.
    """
    _check(given)
    quarantine.create(connection)
    read = [frames.bind(connection, table, frame, naive) for table, frame in given.items()]
    read = [_converted(connection, found, home) for found in _rated(connection, read)]
    return _completed(connection, read, home)


def columns(connection: "DuckDBPyConnection", tables: Sequence[str]) -> dict[str, dict[str, str]]:
    """The columns of each table with their SQL types, without `_line`."""
    return {
        table: {
            column: kind
            for column, kind in database.types(connection, table).items()
            if column != "_line"
        }
        for table in tables
    }


def remark(connection: "DuckDBPyConnection", read: Reading, home: Home) -> None:
    """Note the doubtful rows of finished tables, beside what reading has noted itself."""
    remarks.create(connection)
    types = columns(connection, [found.table for found in read if found.is_canonical])
    remarks.add(connection, doubts.found(connection, types, home.time_zone))
    for found in read:
        remarks.place_in_files(connection, found)


def _check(given: "Mapping[str, DataFrame]") -> None:
    from pandas import DataFrame

    for table, frame in given.items():
        if table not in TABLES:
            raise DataError(f"table {table!r}: {near_misses(table, TABLES)}")
        if not isinstance(frame, DataFrame):
            raise DataError(f"{table}: expected a pandas DataFrame, not {type(frame).__name__}")
    if not given:
        raise DataError("no table is given: expected frames, as in from_frames(deals=frame)")


def _selected(
    connection: "DuckDBPyConnection", plans: Sequence[TablePlan], home: Home
) -> list[TableRead]:
    """Tables made by a SELECT; each sees the tables as they were read from files."""
    results = {plan.table.name: f"_result {plan.table.name}" for plan in plans}
    for plan in plans:
        assert plan.select
        sql = text_of(plan.select)
        database.select_only(connection, sql, plan.select.name, results[plan.table.name])
    read = []
    for plan in plans:
        table, result = plan.table.name, results[plan.table.name]
        assert plan.select
        connection.execute(f"DROP TABLE IF EXISTS {name(table)}")
        found = frames.bind_result(connection, table, result, plan.select.name, home.time_zone)
        connection.execute(f"DROP TABLE {name(result)}")
        read.append(_converted(connection, found, home))
    return read


def _rated(connection: "DuckDBPyConnection", read: Sequence[TableRead]) -> list[TableRead]:
    """The table of rates, as it was read last, without the rows that are none."""
    last = next((f for f in reversed(read) if f.table == rates.TABLE), None)
    return [f if f is not last else _less(f, rates.check(connection, f.file)) for f in read]


def _converted(connection: "DuckDBPyConnection", read: TableRead, home: Home) -> TableRead:
    if not read.is_canonical:
        return read
    table = TABLES[read.table]
    return _less(read, money.convert(connection, table, read.file, home.currency, home.time_zone))


def _completed(
    connection: "DuckDBPyConnection",
    read: Sequence[TableRead],
    home: Home,
    shares: Mapping[str, float] | None = None,
) -> Reading:
    """Targets get the bounds of their periods; bad rows, of which no table may have more than its
    share, are found by their file and line.
    """
    last = {found.table: found for found in read}
    if "targets" in last:
        lost = target_periods.add_bounds(connection, last["targets"].file, home.calendar)
        last["targets"] = _less(last["targets"], lost)
    done = tuple(
        last[f.table] if f.table == "targets" and f.file == last[f.table].file else f for f in read
    )
    for found in done:
        if shares is not None and found.is_canonical:
            check_share(connection, found, shares[found.table])
    for found in done:
        quarantine.place_in_files(connection, found)
    return done


def _less(read: TableRead, lost: int) -> TableRead:
    return replace(read, kept=read.kept - lost, quarantined=read.quarantined + lost)


Build = Callable[["DuckDBPyConnection"], Reading]
