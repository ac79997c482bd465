"""Amounts in other currencies become the project's, at the last known rate of the record's own day.

`exchange_rates.rate` is what one unit of `currency` is worth in the project's currency. The product
of two exact decimals is rounded half up to four decimals; the original amount and currency stay
beside it.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from kpi_toolkit.crm import quarantine
from kpi_toolkit.crm.quoting import literal, name
from kpi_toolkit.crm.tables import Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

RATES = "exchange_rates"
_ONE = "CAST(1 AS DECIMAL(20,10))"
_WORD = re.compile(r"\b[a-z_]+\b")


def convert(
    connection: "DuckDBPyConnection", table: Table, file: str, currency: str, time_zone: str
) -> int:
    """Convert a table that exists; how many rows are quarantined because no rate is known."""
    columns = _columns(connection, table.name)
    money = [column for column in table.money if column in columns]
    if "currency" not in columns or not money or not _has_foreign(connection, table.name, currency):
        return 0
    connection.execute(
        f"CREATE TEMP TABLE _rated AS {_rated(connection, table, currency, time_zone, columns)}"
    )
    before = quarantine.count(connection, table.name, file)
    quarantine.add_cells(connection, table.name, file, _unrated(money, currency))
    left = quarantine.lines(table.name, file)
    connection.execute(
        f"CREATE TABLE _converted AS SELECT {_shown(columns, money, currency)} "
        f"FROM _rated WHERE _line NOT IN ({left})"
    )
    kind = "VIEW" if _is_view(connection, table.name) else "TABLE"
    connection.execute(f"DROP {kind} {name(table.name)}")
    connection.execute(f"ALTER TABLE _converted RENAME TO {name(table.name)}")
    connection.execute("DROP TABLE _rated")
    return quarantine.count(connection, table.name, file) - before


def _columns(connection: "DuckDBPyConnection", table: str) -> dict[str, str]:
    return {row[0]: row[1] for row in connection.execute(f"DESCRIBE {name(table)}").fetchall()}


def _is_view(connection: "DuckDBPyConnection", table: str) -> bool:
    sql = "SELECT count(*) FROM duckdb_views() WHERE view_name = ? AND NOT internal"
    return bool(connection.execute(sql, [table]).fetchall()[0][0])


def _has_foreign(connection: "DuckDBPyConnection", table: str, currency: str) -> bool:
    sql = f"SELECT count(*) FROM {name(table)} WHERE currency <> ?"
    return bool(connection.execute(sql, [currency]).fetchall()[0][0])


def _rated(
    connection: "DuckDBPyConnection",
    table: Table,
    currency: str,
    time_zone: str,
    columns: Iterable[str],
) -> str:
    """SELECT of the rows with `_day`, the local day whose rate they take, and `_rate`."""
    shown = ", ".join(f"t.{name(column)}" for column in columns)
    day = _day(table, time_zone, set(columns))
    rows = f"SELECT *, {day} AS _day FROM {name(table.name)}"
    if not {"day", "currency", "rate"} <= set(_columns_or_none(connection)):
        rates = f"SELECT DATE '1970-01-01' AS day, '' AS currency, {_ONE} AS rate WHERE false"
    else:
        known = "try_cast(rate AS DECIMAL(20,10)) AS rate"
        rates = f"SELECT day, currency, {known} FROM {RATES} WHERE rate > 0"
    home = f"coalesce(t.currency, {literal(currency)}) = {literal(currency)}"
    return (
        f"SELECT {shown}, t._day, CASE WHEN {home} THEN {_ONE} ELSE r.rate END AS _rate "
        f"FROM ({rows}) AS t ASOF LEFT JOIN ({rates}) AS r "
        "ON t.currency = r.currency AND t._day >= r.day"
    )


def _columns_or_none(connection: "DuckDBPyConnection") -> dict[str, str]:
    found = connection.execute(
        "SELECT count(*) FROM information_schema.tables WHERE table_name = ?", [RATES]
    ).fetchall()
    return _columns(connection, RATES) if found[0][0] else {}


def _day(table: Table, time_zone: str, columns: set[str]) -> str:
    """The table's money day, absent columns as NULL, instants as local days."""

    def local(found: re.Match[str]) -> str:
        column = table.columns.get(found[0])
        if column is None:
            return found[0]
        if column.name not in columns:
            return "CAST(NULL AS DATE)"
        if column.type == "date":
            return name(column.name)
        return f"CAST(timezone({literal(time_zone)}, timezone('UTC', {name(column.name)})) AS DATE)"

    return _WORD.sub(local, table.money_day or "CAST(NULL AS DATE)")


def _converted(column: str) -> str:
    return f"try_cast(round({name(column)} * _rate, 4) AS DECIMAL(18,4))"


def _unrated(money: Iterable[str], currency: str) -> str:
    """SELECT of the rows that have an amount and no rate, or an amount that is too large."""
    arms = []
    for column in money:
        reason = (
            "CASE WHEN _day IS NULL "
            "THEN 'no day to take an exchange rate of ' || currency || ' at' "
            "WHEN _rate IS NULL THEN 'no exchange rate for ' || currency || ' at ' || _day "
            f"ELSE 'too large in {currency}' END"
        )
        bad = f"{name(column)} IS NOT NULL AND {_converted(column)} IS NULL"
        arms.append(
            f"CASE WHEN {bad} THEN {{c: {literal(column)}, "
            f"v: CAST({name(column)} AS VARCHAR), r: {reason}}} END"
        )
    faults = f"list_filter([{', '.join(arms)}], lambda x: x IS NOT NULL)"
    return f"SELECT _line, {faults} AS _faults FROM _rated"


def _shown(columns: Iterable[str], money: Iterable[str], currency: str) -> str:
    amounts = set(money)
    parts = []
    for column in columns:
        if column in amounts:
            parts.append(f"{_converted(column)} AS {name(column)}")
            parts.append(f"{name(column)} AS {name(column + '_original')}")
        elif column == "currency":
            parts += [f"{literal(currency)} AS currency", "currency AS currency_original"]
        else:
            parts.append(name(column))
    return ", ".join(parts)
