"""A file that is a database, SQLite's or DuckDB's (which one its content says, not its name) -> the
rows of one table or SELECT, numbered from 1.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kpi_toolkit.crm.quoting import name
from kpi_toolkit.crm.sources import columnar, packed
from kpi_toolkit.crm.sources.stream import ROWS, Batch, File
from kpi_toolkit.crm.sources.typed_cells import batched, judged
from kpi_toolkit.crm.sql_text import text_of
from kpi_toolkit.errors import DataError, first_line, near_misses

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_READING = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}


def stored(file: File) -> Iterator[Batch]:
    """The columns and rows of `table` or `query`; of the only table where none is declared. Raises
    DataError.
    """
    with packed.unpacked(file) as path:
        yield from _sqlite(file, path) if _is_sqlite(file, path) else _duckdb(file, path)


def tables(file: File) -> list[str]:
    """The names of its tables and views. Raises DataError."""
    with packed.unpacked(file) as path:
        if _is_sqlite(file, path):
            with _opened_sqlite(file, path) as database:
                return list(_sqlite_tables(database))
        with _opened_duckdb(file, path) as stored:
            return list(_duckdb_tables(stored))


def companions(path: Path) -> list[Path]:
    """Files beside a database in which its latest changes may be; SQLite makes an empty one when it
    only reads.
    """
    beside = [path.with_name(path.name + ending) for ending in ("-wal", ".wal")]
    return [other for other in beside if other.exists() and other.stat().st_size]


def _is_sqlite(file: File, path: Path) -> bool:
    """Whether SQLite has written it; else DuckDB has. Raises DataError."""
    try:
        with path.open("rb") as data:
            head = data.read(16)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from None
    if head == b"SQLite format 3\0":
        return True
    if head[8:12] == b"DUCK":
        return False
    raise DataError(f"{file.name}: it is neither a SQLite nor a DuckDB database")


def _sqlite(file: File, path: Path) -> Iterator[Batch]:
    with _opened_sqlite(file, path) as database:
        select = _select(file, _sqlite_tables(database))
        database.set_authorizer(_only_reading)
        cursor = database.execute(select)
        if cursor.description is None:
            raise DataError(f"{file.name}: {_query_name(file)}expected one SELECT")
        yield [(0, [column[0] for column in cursor.description])]
        cursor.arraysize = ROWS
        yield from batched(judged(n, row) for n, row in enumerate(cursor, 1))


@contextmanager
def _opened_sqlite(file: File, path: Path) -> Iterator[sqlite3.Connection]:
    address = f"{path.resolve().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True, check_same_thread=False)) as database:
            database.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
            database.execute("PRAGMA trusted_schema = OFF")
            yield database
    except (sqlite3.Error, sqlite3.Warning, UnicodeDecodeError) as error:
        raise DataError(f"{file.name}: {_query_name(file)}{first_line(error)}") from None


def _only_reading(action: int, *_: str | None) -> int:
    return sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY


def _sqlite_tables(database: sqlite3.Connection) -> dict[str, str]:
    found = database.execute(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
        "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    )
    return {table: name(table) for (table,) in found}


def _duckdb(file: File, path: Path) -> Iterator[Batch]:
    import duckdb

    with _opened_duckdb(file, path) as database:
        select = _select(file, _duckdb_tables(database))
        found = database.extract_statements(select)
        if len(found) != 1 or found[0].type != duckdb.StatementType.SELECT:
            raise DataError(f"{file.name}: {_query_name(file)}expected one SELECT")
        reader = database.sql(found[0].query).to_arrow_reader(ROWS)
        yield from columnar.rows(reader.schema, reader)


@contextmanager
def _opened_duckdb(file: File, path: Path) -> "Iterator[DuckDBPyConnection]":
    import duckdb

    locked: dict[str, str | bool | int | float | list[str]] = {
        "enable_external_access": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "python_enable_replacements": False,
    }
    try:
        with duckdb.connect(str(path), read_only=True, config=locked) as database:
            database.execute("SET TimeZone = 'UTC'")
            yield database
    except duckdb.Error as error:
        raise DataError(f"{file.name}: {_query_name(file)}{first_line(error)}") from None


def _duckdb_tables(database: "DuckDBPyConnection") -> dict[str, str]:
    found = database.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal UNION ALL "
        "SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal ORDER BY ALL"
    ).fetchall()
    tables = {f"{schema}.{table}": f"{name(schema)}.{name(table)}" for schema, table in found}
    return {known.removeprefix("main."): sql for known, sql in tables.items()}


def _select(file: File, tables: dict[str, str]) -> str:
    """The SELECT of the query's file, or of a table, by its name as the database tells it."""
    if file.query:
        return text_of(file.query)
    if file.table and file.table not in tables:
        raise DataError(f"{file.name}: table {file.table!r}: {near_misses(file.table, tables)}")
    if not file.table and len(tables) != 1:
        raise DataError(f"{file.name}: it holds {_told(list(tables))}")
    return f"SELECT * FROM {tables[file.table or next(iter(tables))]}"


def _told(tables: Sequence[str]) -> str:
    if not tables:
        return "no table"
    shown = ", ".join(tables[:12]) + (" ..." if len(tables) > 12 else "")
    return f"{len(tables)} tables ({shown}): declare table = ..."


def _query_name(file: File) -> str:
    return f"{file.query.name}: " if file.query else ""
