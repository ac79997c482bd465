"""Rows that are left out, each with its table, file, line, column, value and reason; none goes
missing.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kpi_toolkit.crm.casting import TYPED, UNREAD
from kpi_toolkit.crm.quoting import literal, name
from kpi_toolkit.crm.sources.stream import LONGEST_SHOWN
from kpi_toolkit.crm.table_read import file_of, line_of, place

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kpi_toolkit.crm.sources import Fault
    from kpi_toolkit.crm.table_read import TableRead

TABLE = "quarantine"
COLUMNS = ("table", "file", "line", "column", "value", "reason")
_DOUBLE = "same id as "
_DDL = '"table" VARCHAR, file VARCHAR, line BIGINT, "column" VARCHAR, value VARCHAR, reason VARCHAR'


def create(connection: "DuckDBPyConnection") -> None:
    """An empty quarantine."""
    connection.execute(f"CREATE TABLE {TABLE} ({_DDL})")


def add_lines(
    connection: "DuckDBPyConnection", table: str, file: str, faults: "Sequence[Fault]"
) -> None:
    """Lines that could not be split into fields."""
    if not faults:
        return
    import pyarrow as pa

    columns = {
        "line": pa.array([fault.line for fault in faults], pa.int64()),
        "value": pa.array([_shown(fault.value) for fault in faults], pa.string()),
        "reason": pa.array([fault.reason for fault in faults], pa.string()),
    }
    connection.register("_lines", pa.table(columns))
    connection.execute(
        f"INSERT INTO {TABLE} SELECT {literal(table)}, {literal(file)}, "
        "line, NULL, value, reason FROM _lines"
    )
    connection.unregister("_lines")


def add_cells(connection: "DuckDBPyConnection", table: str, file: str, select: str) -> None:
    """Cells that are not what they have to be: `select` gives _line and _faults, a list of {c, v,
    r}.
    """
    unread = f"starts_with(f.v, {literal(UNREAD)})"
    text = f"CASE WHEN {unread} THEN substr(f.v, {len(UNREAD) + 1}) ELSE f.v END"
    value = f"left(ltrim({text}, {literal(TYPED)}), {LONGEST_SHOWN})"
    connection.execute(
        f"INSERT INTO {TABLE} SELECT {literal(table)}, {literal(file)}, _line, f.c, {value}, f.r "
        f"FROM (SELECT _line, unnest(_faults) AS f FROM ({select}) WHERE len(_faults) > 0) "
        "ORDER BY _line"
    )


def add_doubles(
    connection: "DuckDBPyConnection",
    table: str,
    file: str,
    key: Sequence[str],
    rows: str,
    files: tuple[str, ...] = (),
) -> None:
    """The first row of an id stays; later ones are named with the line of the first. `rows` is a
    relation, from `files` where these are several.
    """
    by = ", ".join(name(column) for column in key)
    value = f"concat_ws(' ', {by})"
    kept = f"SELECT _line, {by} FROM ({rows}) WHERE _line NOT IN ({lines(table, file)})"
    # To find that there are none takes much less memory than to place each.
    double = f"SELECT 1 FROM ({kept}) GROUP BY {by} HAVING count(*) > 1 LIMIT 1"
    if not connection.execute(double).fetchall():
        return
    connection.execute(
        f"INSERT INTO {TABLE} SELECT {literal(table)}, {literal(file)}, _line, "
        f"{literal(' and '.join(key))}, "
        f"left({value}, {LONGEST_SHOWN}), {literal(_DOUBLE)} || {place('_first', files)} FROM ("
        f"SELECT *, min(_line) OVER (PARTITION BY {by}) AS _first FROM ({kept})) "
        "WHERE _line > _first ORDER BY _line"
    )


def replace_relation(connection: "DuckDBPyConnection", old: str, new: str) -> None:
    """The table `new`, without the rows that were left out, takes the place of a table or view."""
    sql = "SELECT count(*) FROM duckdb_views() WHERE view_name = ? AND NOT internal"
    is_view = connection.execute(sql, [old]).fetchall()[0][0]
    connection.execute(f"DROP {'VIEW' if is_view else 'TABLE'} {name(old)}")
    connection.execute(f"ALTER TABLE {name(new)} RENAME TO {name(old)}")


def lines(table: str, file: str) -> str:
    """SELECT of the lines of a source that are left out."""
    return f'SELECT line FROM {TABLE} WHERE "table" = {literal(table)} AND file = {literal(file)}'


def count(connection: "DuckDBPyConnection", table: str, file: str) -> int:
    """How many rows of a source are left out."""
    found = connection.execute(
        f"SELECT count(DISTINCT line) FROM ({lines(table, file)})"
    ).fetchall()
    return int(found[0][0])


def doubled_id(connection: "DuckDBPyConnection", found: "TableRead", greatest: float) -> str:
    """The id of which later rows alone are more than so many rows of a source; else ""."""
    sql = (
        f'SELECT any_value("column") FROM {TABLE} WHERE "table" = ? AND file = ? '
        f"AND starts_with(reason, {literal(_DOUBLE)}) HAVING count(*) > ?"
    )
    rows = connection.execute(sql, [found.table, found.file, greatest]).fetchall()
    return str(rows[0][0]) if rows else ""


def first(connection: "DuckDBPyConnection", found: "TableRead") -> str:
    """The first row of a source that was left out, in words."""
    sql = (
        f'SELECT {place("line", found.files)}, "column", value, reason FROM {TABLE} '
        'WHERE "table" = ? AND file = ? ORDER BY line LIMIT 1'
    )
    where, column, value, reason = connection.execute(sql, [found.table, found.file]).fetchall()[0]
    return f"{where}: {column or 'the line'} {value!r}: {reason}"


def place_in_files(connection: "DuckDBPyConnection", found: "TableRead") -> None:
    """Rows of a table that was read from several files: each gets its own file and line. Nothing
    can be set aside of it afterwards.
    """
    if not found.files:
        return
    connection.execute(
        f"UPDATE {TABLE} SET file = {file_of('line', found.files)}, line = {line_of('line')} "
        f'WHERE "table" = ? AND file = ?',
        [found.table, found.file],
    )


def _shown(value: str) -> str:
    """Text that any file and screen can take."""
    plain = value.replace("\udcff", "\ufffd").replace("\udcfe", " ...").replace("\0", "\u2400")
    return plain.encode("utf-8", "replace").decode()[:LONGEST_SHOWN]
