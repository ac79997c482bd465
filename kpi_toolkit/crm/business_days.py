"""The table business_days, which no source gives: made where a query first asks for it, over the
years of the records.

A row a day: `opens_at` and `closes_at`, between them a pause from `pauses_at` to `resumes_at` (of
no length where there is none), and `hours_before`, the business hours before the day since the
table's first one. A closed day opens and closes at its start. Beside it stands a function for SQL,
`business_microseconds(instant)`, the business time before an instant; a difference of two is the
time between them.
"""

import datetime as dt
from collections.abc import Mapping
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from kpi_toolkit.business import days
from kpi_toolkit.crm.quoting import literal, name
from kpi_toolkit.period import YEARS, Calendar

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TABLE = "business_days"
FUNCTION = "business_microseconds"

Types = Mapping[str, Mapping[str, str]]


def are_asked_for(sql: str) -> bool:
    """Whether a query may read them."""
    plain = sql.lower()
    return TABLE in plain or FUNCTION in plain


def provide(
    connection: "DuckDBPyConnection", tables: Types, calendar: Calendar, as_of: dt.datetime
) -> None:
    """The table and the function, where they are not there yet for the year of `as_of`. Raises
    ConfigError for holidays of an unknown country.
    """
    known = connection.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE table_name = ?", [TABLE]
    ).fetchall()
    if known[0][0]:
        last = connection.execute(f"SELECT max(day) FROM {TABLE}").fetchall()[0][0]
        if as_of.year < last.year:
            return
    first, last = _years(connection, tables, as_of)
    start, end = dt.date(first, 1, 1), dt.date(last + 1, 1, 1)
    connection.register("_business_days", _rows(calendar, start, end))
    connection.execute(f"CREATE OR REPLACE TABLE {TABLE} AS FROM _business_days ORDER BY day")
    connection.unregister("_business_days")
    connection.execute(_function(calendar.time_zone, start))


def _years(connection: "DuckDBPyConnection", tables: Types, as_of: dt.datetime) -> tuple[int, int]:
    """The first and the last year that a record or the year after `as_of` lies in, of those that
    periods may have: one date that was mistyped must not cost thousands of years.
    """
    parts = [
        f"SELECT min({name(column)}) AS first, max({name(column)}) AS last FROM {name(table)}"
        for table, columns in tables.items()
        for column, kind in columns.items()
        if kind == "TIMESTAMP"
    ]
    found = [as_of]
    if parts:
        sql = f"SELECT min(first), max(last) FROM ({' UNION ALL '.join(parts)})"
        found += [at for at in connection.execute(sql).fetchall()[0] if at]
    years = [min(max(at.year, YEARS[0]), YEARS[-1]) for at in found]
    # A local day may lie in the year before or after that of the instant.
    return min(years) - 1, max(years) + 1


def _rows(calendar: Calendar, start: dt.date, end: dt.date) -> Any:
    import pyarrow as pa

    span = list(days(start, end))
    bounds = [calendar.business.bounds(day, calendar.zone) for day in span]
    lengths = [pauses - opens + closes - resumes for opens, pauses, resumes, closes in bounds]
    before = accumulate(lengths, initial=dt.timedelta())
    hours = [passed / dt.timedelta(hours=1) for passed, _ in zip(before, span, strict=False)]
    names = ("opens_at", "pauses_at", "resumes_at", "closes_at")
    times = dict(zip(names, zip(*bounds, strict=True), strict=True))
    return pa.table(
        {"day": pa.array(span, pa.date32())}
        | {key: pa.array(found, pa.timestamp("us")) for key, found in times.items()}
        | {"hours_before": pa.array(hours, pa.float64())}
    )


def _function(time_zone: str, start: dt.date) -> str:
    """The macro: the day's row is taken from one list by its position, which costs no more than a
    join and needs none. A position below 1 would count from the list's end.
    """
    local_day = f"CAST(timezone({literal(time_zone)}, timezone('UTC', moment)) AS DATE)"
    position = f"nullif(greatest({local_day} - DATE '{start}' + 1, 0), 0)"
    within = "epoch_us(least(greatest(moment, d.{0}), d.{1})) - epoch_us(d.{0})"
    value = (
        f"CAST(round(d.hours_before * 3600000000) AS BIGINT) "
        f"+ {within.format('opens_at', 'closes_at')} - ({within.format('pauses_at', 'resumes_at')})"
    )
    return (
        f"CREATE OR REPLACE MACRO {FUNCTION}(moment) AS list_transform(["
        f"(SELECT list({TABLE} ORDER BY day) FROM {TABLE})[{position}]], lambda d: {value})[1]"
    )
