"""A DuckDB that reads the folders it is given and nothing else, and that no SQL of a user's can
open again.
"""

import hashlib
import os
import shutil
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from kpi_toolkit.crm.quoting import literals, name
from kpi_toolkit.crm.sql_text import unknown_column, unknown_table
from kpi_toolkit.crm.tables import TABLES
from kpi_toolkit.errors import DataError, first_line

# A stream is looked up in what it is joined to, never the other way round: that would hold all of
# it in memory, and lose its order, which one thread keeps. What does not fit goes to the disk.
STREAMING: dict[str, str | int] = {
    "disabled_optimizers": "build_side_probe_side",
    "memory_limit": "1GB",
    "threads": 1,
}
# Of less than this, a second thread costs more than it brings.
BYTES_A_THREAD = 64 << 20


def locked(
    folders: Sequence[Path] = (), settings: Mapping[str, str | int] | None = None
) -> duckdb.DuckDBPyConnection:
    """An in-memory database in UTC, without network, extensions or variables of Python; its
    settings are final.
    """
    # DuckDB silently allows the folder of temp_directory too: it has to be an empty one of its own.
    scratch = tempfile.mkdtemp(prefix="kpi-")
    connection = duckdb.connect(
        ":memory:",
        config={
            "temp_directory": scratch,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
            # Without a sample, an object column is text, and no later value can contradict the
            # first thousand.
            "pandas_analyze_sample": 0,
            **(settings or {}),
        },
    )
    weakref.finalize(connection, shutil.rmtree, scratch, ignore_errors=True)
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    # In a notebook that has ipywidgets it is on, and would be shown in the report; in one that has
    # not, the engine refuses to be told.
    if connection.execute("SELECT current_setting('enable_progress_bar')").fetchall()[0][0]:
        connection.execute("SET enable_progress_bar = false")
    connection.execute(f"SET allowed_directories = [{literals(map(str, folders))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def reading(folder: Path) -> duckdb.DuckDBPyConnection:
    """A locked database for the Parquet files of a folder."""
    return locked([folder], {"threads": threads_for(folder)})


def threads_for(folder: Path) -> int:
    """How many threads the Parquet files of a folder are worth."""
    size = sum(path.stat().st_size for path in folder.glob("*.parquet"))
    return min(os.cpu_count() or 1, 1 + size // BYTES_A_THREAD)


def select_only(connection: duckdb.DuckDBPyConnection, sql: str, file: str, into: str) -> None:
    """Run one SELECT of the user's in a read-only transaction and put its result into a table of
    its own.

    Both are needed: an allowed folder also allows COPY TO, and WITH x AS (DELETE ...) SELECT counts
    as a SELECT. Raises DataError.
    """
    try:
        statements = connection.extract_statements(sql)
    except duckdb.Error as error:
        raise DataError(f"{file}: it cannot be read: {first_line(error)}") from None
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise DataError(f"{file}: expected one SELECT")
    with connection.cursor() as cursor:
        cursor.execute("BEGIN TRANSACTION READ ONLY")
        try:
            result = cursor.sql(statements[0].query).to_arrow_table()
        except duckdb.Error as error:
            said, known = first_line(error), _visible(connection)
            told = unknown_table(said, sorted(known)) or unknown_column(said, _columns(known))
            raise DataError(f"{file}: {told or said}") from None
    connection.register("_result", result)
    connection.execute(f'CREATE OR REPLACE TABLE "{into}" AS FROM _result')
    connection.unregister("_result")


def _visible(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The canonical and the raw tables that there are, the latter being views, with their columns;
    ours begin with _.
    """
    found = connection.execute(
        "SELECT table_name, list(column_name ORDER BY column_name) FROM duckdb_columns() "
        f"WHERE (table_name IN ({literals(TABLES)}) OR table_name IN "
        "(SELECT view_name FROM duckdb_views() WHERE NOT internal AND NOT temporary)) "
        "AND NOT internal AND NOT starts_with(column_name, '_') GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return dict(found)


def _columns(tables: dict[str, list[str]]) -> list[str]:
    return sorted({column for columns in tables.values() for column in columns})


def types(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """The columns of a table or view with their SQL types, in order."""
    found = connection.execute(f"DESCRIBE {name(relation)}").fetchall()
    return {row[0]: row[1] for row in found}


def content_hash(
    connection: duckdb.DuckDBPyConnection, types: Mapping[str, Mapping[str, str]], told: str
) -> str:
    """What some tables hold, in whatever order their rows are, and what was told of others."""
    digest = hashlib.sha256(told.encode())
    for table in sorted(types):
        sql = f"SELECT count(*), bit_xor(hash(t)) FROM {name(table)} AS t"
        digest.update(
            repr((table, sorted(types[table]), connection.execute(sql).fetchall())).encode()
        )
    return digest.hexdigest()[:16]
