"""The table exchange_rates: what one unit of a currency is worth in the project's, from a day on.

Rows that are no rate are quarantined: a code that is none, no rate or one that is not above zero.
Of two rates for one day and currency, the first stays, as of any id.
"""

from typing import TYPE_CHECKING

from kpi_toolkit.crm import quarantine
from kpi_toolkit.crm.quoting import literal, name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TABLE = "exchange_rates"
COLUMNS = {"day", "currency", "rate"}
CODE = "^[A-Z]{3}$"
NO_CODE = "no currency code of three capitals such as USD (values = {...} maps others)"
EXACT = "DECIMAL(20,10)"
_LEAST = "0.0000000001"  # as far as the exact decimals go


def check(connection: "DuckDBPyConnection", file: str) -> int:
    """Leave out rows that are no rate; how many they are."""
    if not _columns(connection) >= COLUMNS:
        return 0
    rate = f"try_cast(rate AS {EXACT})"
    arms = {
        "currency": (f"NOT regexp_matches(currency, {literal(CODE)})", NO_CODE),
        "rate": (f"rate IS NULL OR NOT coalesce({rate} >= {_LEAST}, false)", "no rate above zero"),
    }
    faults = ", ".join(
        f"CASE WHEN {test} THEN {{c: {literal(column)}, v: CAST({name(column)} AS VARCHAR), "
        f"r: {literal(reason)}}} END"
        for column, (test, reason) in arms.items()
    )
    before = quarantine.count(connection, TABLE, file)
    bad = f"SELECT _line, list_filter([{faults}], lambda x: x IS NOT NULL) AS _faults FROM {TABLE}"
    quarantine.add_cells(connection, TABLE, file, bad)
    lost = quarantine.count(connection, TABLE, file) - before
    if lost:
        left = quarantine.lines(TABLE, file)
        connection.execute(
            f"CREATE TABLE _rates AS SELECT * FROM {TABLE} WHERE _line NOT IN ({left})"
        )
        quarantine.replace_relation(connection, TABLE, "_rates")
    return lost


def known(connection: "DuckDBPyConnection") -> str:
    """SELECT of each currency's rates by day."""
    if not _columns(connection) >= COLUMNS:
        return (
            "SELECT DATE '1970-01-01' AS day, '' AS currency, "
            f"CAST(1 AS {EXACT}) AS rate WHERE false"
        )
    return f"SELECT day, currency, CAST(rate AS {EXACT}) AS rate FROM {TABLE}"


def _columns(connection: "DuckDBPyConnection") -> set[str]:
    sql = "SELECT column_name FROM duckdb_columns() WHERE table_name = ? AND NOT internal"
    return {row[0] for row in connection.execute(sql, [TABLE]).fetchall()}
