"""Amounts in other currencies become the project's, at the last known rate of the record's own day.

The product of two exact decimals is rounded half up to four decimals; the original amount and
currency stay beside it, and the day of the rate that was taken, `rate_day`.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from kpi_toolkit.crm import database, quarantine, rates
from kpi_toolkit.crm.quoting import literal, name
from kpi_toolkit.crm.tables import Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ONE = f"CAST(1 AS {rates.EXACT})"
_WORD = re.compile(r"\b[a-z_]+\b")


def convert(
    connection: "DuckDBPyConnection", table: Table, file: str, currency: str, time_zone: str
) -> int:
    """Convert a table that exists; how many rows are quarantined because no rate is known."""
    columns = database.types(connection, table.name)
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
    quarantine.replace_relation(connection, table.name, "_converted")
    connection.execute("DROP TABLE _rated")
    return quarantine.count(connection, table.name, file) - before


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
    """SELECT of the rows with `_day`, the local day whose rate they take, `_rate`, the day from
    which it is known, and `_first`, the first day of which the currency has any.
    """
    shown = ", ".join(f"t.{name(column)}" for column in columns)
    day = _day(table, time_zone, set(columns))
    rows = f"SELECT *, {day} AS _day FROM {name(table.name)}"
    known = rates.known(connection)
    firsts = f"SELECT currency, min(day) AS day FROM ({known}) GROUP BY currency"
    home = f"coalesce(t.currency, {literal(currency)}) = {literal(currency)}"
    return (
        f"SELECT {shown}, t._day, CASE WHEN {home} THEN {_ONE} ELSE r.rate END AS _rate, "
        f"CASE WHEN NOT {home} THEN r.day END AS _rate_day, f.day AS _first "
        f"FROM ({rows}) AS t ASOF LEFT JOIN ({known}) AS r "
        "ON t.currency = r.currency AND t._day >= r.day "
        f"LEFT JOIN ({firsts}) AS f ON t.currency = f.currency"
    )


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
    no_code = f"NOT regexp_matches(currency, {literal(rates.CODE)})"
    missing = [f"{name(c)} IS NOT NULL AND {_converted(c)} IS NULL" for c in money]
    arms = [
        f"CASE WHEN {no_code} AND ({' OR '.join(missing)}) THEN "
        f"{{c: 'currency', v: currency, r: {literal(rates.NO_CODE)}}} END"
    ]
    arms += [
        f"CASE WHEN {bad} AND NOT coalesce({no_code}, false) THEN {{c: {literal(column)}, "
        f"v: CAST({name(column)} AS VARCHAR), r: {_reason(currency)}}} END"
        for column, bad in zip(money, missing, strict=True)
    ]
    faults = f"list_filter([{', '.join(arms)}], lambda x: x IS NOT NULL)"
    return f"SELECT _line, {faults} AS _faults FROM _rated"


def _reason(currency: str) -> str:
    none = "'no exchange rate for ' || currency ||"
    return (
        f"CASE WHEN _rate IS NOT NULL THEN {literal(f'too large in {currency}')} "
        f"WHEN _first IS NULL THEN {none} ' at all: add it to {rates.TABLE}' "
        "WHEN _day IS NULL THEN 'no day to take an exchange rate of ' || currency || ' at' "
        f"ELSE {none} ' before ' || _first END"
    )


def _shown(columns: Iterable[str], money: Iterable[str], currency: str) -> str:
    amounts = set(money)
    parts = []
    for column in columns:
        if column in amounts:
            parts.append(f"{_converted(column)} AS {name(column)}")
            parts.append(f"{name(column)} AS {name(column + '_original')}")
        elif column == "currency":
            parts += [f"{literal(currency)} AS currency", "currency AS currency_original"]
            parts.append("_rate_day AS rate_day")
        else:
            parts.append(name(column))
    return ", ".join(parts)
