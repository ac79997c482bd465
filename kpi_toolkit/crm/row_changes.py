"""Which records of a table differ between two snapshots: entered late, edited, deleted, by id.

Personal columns are neither compared nor shown.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Literal

from kpi_toolkit.crm import database
from kpi_toolkit.crm.freshness import PLANNED
from kpi_toolkit.crm.kept import Snapshot
from kpi_toolkit.crm.quoting import literal, name
from kpi_toolkit.crm.tables import TABLES, is_personal

RowKind = Literal["deleted", "edited", "late", "new", "related", "mapped"]
_SEPARATOR = "/"


@dataclass(frozen=True)
class Edit:
    """A column of a record that holds something else; None stands for nothing."""

    column: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class RowChange:
    """A record that differs. late: it is dated before the earlier records' moment of knowledge, and
    was not among them; new: it is dated after that, or not dated; related: the record is the same,
    and one that it belongs to is not; mapped: kpi.toml makes something else of it.
    """

    table: str
    id: str
    kind: RowKind
    edits: tuple[Edit, ...] = ()


def id_columns(table: str, columns: Collection[str]) -> tuple[str, ...]:
    """What identifies a record: the table's id, else the first two of its columns that are there
    and not personal, of which a table of lines may have several rows.
    """
    declared = TABLES[table]
    own = [c for c in declared.columns if c in columns and not is_personal(table, c)]
    return declared.id_of(columns) or tuple(own[:2])


def id_text(table: str, columns: Collection[str], alias: str = "") -> str:
    """SQL of a record's id as one text."""
    prefix = f"{name(alias)}." if alias else ""
    parts = [f"CAST({prefix}{name(c)} AS VARCHAR)" for c in id_columns(table, columns)]
    return f"concat_ws({literal(_SEPARATOR)}, {', '.join(parts)})" if parts else "NULL"


def compared_columns(table: str, columns: Collection[str]) -> tuple[str, ...]:
    """The columns by which two states of a record are told apart, in the order of their names."""
    return tuple(sorted(c for c in columns if not c.startswith("_") and not is_personal(table, c)))


def changes(
    before: Snapshot,
    after: Snapshot,
    table: str,
    known_at: dt.datetime,
    ids: Collection[str] | None = None,
) -> list[RowChange]:
    """The records of a table that differ, by kind and id; `known_at` is the earlier snapshot's
    moment of knowledge, UTC.

    With `ids`, only those records, and a column that one of both lacks counts as empty there;
    without, the columns that both have are compared.
    """
    old, new = before.tables.get(table, {}), after.tables.get(table, {})
    shared = {c for c in old if c in new}
    if not shared or not id_columns(table, shared):
        return []
    sides = (before, after)
    with closing(database.locked([before.folder, after.folder])) as connection:
        if ids is None:
            found = connection.execute(_differing(table, sides, shared)).fetchall()
            ids, columns = [row[0] for row in found], compared_columns(table, shared)
        else:
            columns = compared_columns(table, {**old, **new})
        sql = _query(table, sides, shared, columns)
        rows = connection.execute(sql, [list(ids), known_at]).fetchall() if ids else []
    return list(_read(table, columns, rows))


def _differing(table: str, sides: Sequence[Snapshot], shared: Collection[str]) -> str:
    """The ids of the records that differ, found by a hash a row: texts of a million rows would cost
    ten times as much.
    """
    columns = [
        name(c) if len({side.tables[table][c] for side in sides}) == 1 else _text(c)
        for c in compared_columns(table, shared)
    ]
    rows = [
        f"SELECT {id_text(table, shared)} AS id, hash({', '.join(columns)}) AS h "
        f"FROM {_parquet(side, table)}"
        for side in sides
    ]
    one, other = (f"({first} EXCEPT ALL {then})" for first, then in (rows, rows[::-1]))
    return f"SELECT DISTINCT id FROM ({one} UNION ALL {other})"


def _query(
    table: str, sides: Sequence[Snapshot], shared: Collection[str], columns: Sequence[str]
) -> str:
    """One row for each of the ids $1 that differs: how many rows went and came, whether what came
    is dated before $2, and the texts of its columns where one row stands for one.
    """
    before, after = (_side(table, side, shared, columns) for side in sides)
    texts = [
        f"CASE WHEN count(*) = 2 THEN {chosen} END"
        for i, _ in enumerate(columns)
        for chosen in (f"max(c{i}) FILTER (WHERE gone)", f"max(c{i}) FILTER (WHERE NOT gone)")
    ]
    return (
        f"WITH b AS ({before}), a AS ({after}), d AS ("
        f"SELECT *, TRUE AS gone FROM (FROM b EXCEPT ALL FROM a) UNION ALL "
        f"SELECT *, FALSE AS gone FROM (FROM a EXCEPT ALL FROM b)) "
        f"SELECT id, count_if(gone), count_if(NOT gone), "
        f"coalesce(bool_or(NOT gone AND dated < $2), FALSE)"
        f"{''.join(', ' + text for text in texts)} FROM d GROUP BY id ORDER BY id"
    )


def _side(table: str, side: Snapshot, shared: Collection[str], columns: Sequence[str]) -> str:
    has, key = side.tables[table], id_text(table, shared)
    picked = [f"{_text(c) if c in has else 'NULL::VARCHAR'} AS c{i}" for i, c in enumerate(columns)]
    return (
        f"SELECT {key} AS id, {dated(table, shared)} AS dated, {', '.join(picked)} "
        f"FROM {_parquet(side, table)} WHERE {key} IN (SELECT unnest($1::VARCHAR[]))"
    )


def _parquet(side: Snapshot, table: str) -> str:
    return f"read_parquet({literal(str(side.path(table)))})"


def _text(column: str) -> str:
    return f"CAST({name(column)} AS VARCHAR)"


def dated(table: str, columns: Collection[str]) -> str:
    """The moment at which a record began, as SQL: it was created, else the first thing happened."""
    moments = [
        f"CAST({name(c.name)} AS TIMESTAMP)"
        for c in TABLES[table].columns.values()
        if c.name in columns
        and (c.type == "instant" or c.name == "day")
        and c.name not in (*PLANNED, "updated_at")
    ]
    if "created_at" in columns and "created_at" in TABLES[table].columns:
        moments.insert(0, f"CAST({name('created_at')} AS TIMESTAMP)")
        return f"coalesce({moments[0]}, {_least(moments)})"
    return _least(moments)


def _least(moments: Collection[str]) -> str:
    return f"least({', '.join([*moments, 'NULL::TIMESTAMP'])})"


def _read(
    table: str, columns: Collection[str], rows: Collection[tuple[Any, ...]]
) -> Iterator[RowChange]:
    for found, gone, came, late, *texts in rows:
        pairs = zip(columns, texts[::2], texts[1::2], strict=True)
        edits = tuple(Edit(c, old, new) for c, old, new in pairs if old != new)
        yield RowChange(table, found, kind_of(gone, came, late), edits)


def kind_of(gone: int, came: int, late: bool) -> RowKind:
    """What became of a record, by how many rows of it went and came."""
    if gone:
        return "edited" if came else "deleted"
    return "late" if late else "new"
