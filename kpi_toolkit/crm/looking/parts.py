"""The tables of a file that holds several: sheets of a workbook, tables of a database."""

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

from kpi_toolkit.crm.sources import File, packed

WORKBOOKS = (".xlsx", ".xlsm")
DATABASES = (".duckdb", ".sqlite", ".sqlite3", ".db")
MOST_PARTS = 40
_LONGEST_LIST = 1 << 20


def parts_of(path: Path) -> tuple[File, ...]:
    """The file once for each of its sheets or tables, and once where it has one or is damaged: what
    is wrong is then told by who reads it. Raises DataError for an archive that is none.
    """
    whole = File(path)
    suffix = packed.format_suffix(whole)
    if suffix in WORKBOOKS:
        sheets = _sheets(whole)
        return tuple(File(path, sheet=sheet) for sheet in sheets) if len(sheets) > 1 else (whole,)
    if suffix in DATABASES:
        tables = _tables(whole)
        return tuple(File(path, table=table) for table in tables) if len(tables) > 1 else (whole,)
    return (whole,)


def _sheets(file: File) -> list[str]:
    """The names in the workbook's own list; what is damaged is told when it is read."""
    from xml.etree import ElementTree

    try:
        with packed.unpacked(file) as path, zipfile.ZipFile(path) as archive:
            if archive.getinfo("xl/workbook.xml").file_size > _LONGEST_LIST:
                return []
            listed = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    except (*packed.DAMAGES, KeyError, ElementTree.ParseError):
        return []
    names = (part.get("name", "") for part in listed.iter() if part.tag.endswith("}sheet"))
    return [name for name in names if name][:MOST_PARTS]


def _tables(file: File) -> list[str]:
    with packed.unpacked(file) as path:
        try:
            with path.open("rb") as data:
                is_sqlite = data.read(6) == b"SQLite"
            return _of_sqlite(path) if is_sqlite else _of_duckdb(path)
        except (OSError, sqlite3.Error):
            return []


def _of_sqlite(path: Path) -> list[str]:
    sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
        return sorted(name for (name,) in database.execute(sql))[:MOST_PARTS]


def _of_duckdb(path: Path) -> list[str]:
    import duckdb

    locked: dict[str, str | bool | int | float | list[str]] = {"enable_external_access": False}
    sql = "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal ORDER BY ALL"
    try:
        with duckdb.connect(str(path), read_only=True, config=locked) as database:
            found = database.execute(sql).fetchall()
    except duckdb.Error:
        return []
    return [f"{s}.{t}".removeprefix("main.") for s, t in found][:MOST_PARTS]
