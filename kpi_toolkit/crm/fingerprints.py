"""What stays of a snapshot that is removed: each record's id and a hash, a fourth of its size.

The hash is made of texts by MD5, so that every machine and every release of the engine gives the
same one. Personal columns are no part of it.
"""

import datetime as dt
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from kpi_toolkit.config import Config
from kpi_toolkit.crm import database
from kpi_toolkit.crm.kept import Snapshot
from kpi_toolkit.crm.quoting import literal, name
from kpi_toolkit.crm.row_changes import (
    RowChange,
    compared_columns,
    dated,
    id_columns,
    id_text,
    kind_of,
)
from kpi_toolkit.errors import DataError

_FOLDER = "fingerprints"
_COLUMNS = "columns"
_NONE = "SELECT '' AS \"table\", '' AS id, 0::UBIGINT AS print, NULL::DATE AS dated LIMIT 0"


@dataclass(frozen=True)
class Fingerprints:
    """A file of them, and the columns that each table's were made of."""

    path: Path
    columns: Mapping[str, tuple[str, ...]]


def keep(found: Snapshot) -> Path:
    """Write the fingerprints of a snapshot beside the snapshots, whole or not at all. Raises
    DataError.
    """
    folder = found.folder.parent.parent / _FOLDER
    path = folder / f"{found.folder.name}.parquet"
    columns = _columns(found)
    rows = " UNION ALL ".join(_rows(found, table, told) for table, told in columns.items())
    told = json.dumps(columns)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        with (
            tempfile.TemporaryDirectory(dir=folder) as scratch,
            closing(database.locked([found.folder, Path(scratch)])) as connection,
        ):
            made = Path(scratch, path.name)
            connection.execute(
                f"COPY ({rows or _NONE}) TO {literal(str(made))} (FORMAT parquet, "
                f"COMPRESSION zstd, KV_METADATA {{{_COLUMNS}: {literal(told)}}})"
            )
            made.chmod(0o600)
            os.replace(made, path)  # noqa: PTH105
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from None
    return path


def kept(config: Config, input_hash: str | None) -> Fingerprints | None:
    """The fingerprints of an input hash; None where there are none."""
    path = config.root / ".kpi" / _FOLDER / f"{input_hash}.parquet"
    if not input_hash or not input_hash.isalnum() or not path.is_file():
        return None
    with closing(database.locked([path.parent])) as connection:
        sql = f"SELECT decode(value) FROM parquet_kv_metadata({literal(str(path))})"
        found = json.loads(connection.execute(sql).fetchall()[0][0])
    return Fingerprints(path, {table: tuple(columns) for table, columns in found.items()})


def differing(
    before: Snapshot | Fingerprints, after: Snapshot | Fingerprints, known_at: dt.datetime
) -> dict[str, list[RowChange]]:
    """The records that differ between two moments of which one has only fingerprints left, by
    table; what was edited in them is no longer known. A table of other columns is left out.
    `known_at` is the earlier moment of knowledge, UTC.
    """
    sides = (before, after)
    told = before.columns if isinstance(before, Fingerprints) else _columns(after)
    columns = {t: c for t, c in told.items() if all(_has(side, t, c) for side in sides)}
    folders = [s.folder if isinstance(s, Snapshot) else s.path.parent for s in sides]
    found = {}
    with closing(database.locked(folders)) as connection:
        for table, compared in columns.items():
            old, new = (_relation(side, table, compared) for side in sides)
            rows = connection.execute(_query(old, new), [known_at.date()]).fetchall()
            found[table] = [RowChange(table, i, kind_of(*facts)) for i, *facts in rows]
    return {table: rows for table, rows in found.items() if rows}


def _columns(side: Snapshot | Fingerprints) -> Mapping[str, tuple[str, ...]]:
    if isinstance(side, Fingerprints):
        return side.columns
    return {t: compared_columns(t, c) for t, c in side.tables.items() if id_columns(t, c)}


def _has(side: Snapshot | Fingerprints, table: str, columns: Sequence[str]) -> bool:
    """Whether fingerprints of these columns are there, or can be made."""
    if isinstance(side, Fingerprints):
        return side.columns.get(table) == tuple(columns)
    return {*columns} <= {*side.tables.get(table, ())}


def _relation(side: Snapshot | Fingerprints, table: str, columns: Sequence[str]) -> str:
    if isinstance(side, Snapshot):
        return _rows(side, table, columns)
    path = literal(str(side.path))
    return f'SELECT "table", id, print, dated FROM {path} WHERE "table" = {literal(table)}'


def _query(before: str, after: str) -> str:
    return (
        f"WITH b AS ({before}), a AS ({after}), d AS ("
        f"SELECT *, TRUE AS gone FROM (FROM b EXCEPT ALL FROM a) UNION ALL "
        f"SELECT *, FALSE AS gone FROM (FROM a EXCEPT ALL FROM b)) "
        f"SELECT id, count_if(gone), count_if(NOT gone), "
        f"coalesce(bool_or(NOT gone AND dated < $1), FALSE) FROM d GROUP BY id ORDER BY id"
    )


def _rows(found: Snapshot, table: str, columns: Sequence[str]) -> str:
    """The SELECT of a table's fingerprints."""
    types = found.tables[table]
    texts = ", ".join(_text(column, types[column]) for column in columns)
    return (
        f'SELECT {literal(table)} AS "table", {id_text(table, types)} AS id, '
        f"md5_number_lower(concat_ws(chr(31), {texts})) AS print, "
        f"CAST({dated(table, types)} AS DATE) AS dated "
        f"FROM read_parquet({literal(str(found.path(table)))})"
    )


def _text(column: str, kind: str) -> str:
    """A value in one spelling; one that is not there differs from an empty text."""
    whole = f"epoch_us({name(column)})" if kind.startswith("TIMESTAMP") else name(column)
    return f"coalesce(CAST({whole} AS VARCHAR), chr(30))"
