"""SQLite, DuckDB and Parquet files become rows of text, whatever their names end in."""

import datetime as dt
import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from pyarrow import parquet

from kpi_toolkit.crm.sources import Fault, File, open_source, parts_of
from kpi_toolkit.errors import DataError

CREATE = "CREATE TABLE deals (id TEXT, amount DECIMAL(10, 2), won BOOLEAN)"
INSERT = "INSERT INTO deals VALUES ('007', 12.50, true), ('8', NULL, false)"


def read(path: Path, **settings: Any) -> tuple[list[str], list[Any]]:
    stream = open_source(File(path, **settings))
    return stream.header, [row for batch in stream.batches for row in batch]


def in_sqlite(path: Path, *statements: str) -> Path:
    database = sqlite3.connect(path)
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()
    return path


def in_duckdb(path: Path, *statements: str) -> Path:
    with duckdb.connect(str(path)) as database:
        for statement in statements:
            database.execute(statement)
    return path


def query(folder: Path, sql: str) -> Path:
    path = folder / "deals.sql"
    path.write_text(sql, encoding="utf-8")
    return path


def test_the_only_table_of_a_sqlite_file_is_read(tmp_path: Path) -> None:
    header, rows = read(in_sqlite(tmp_path / "crm.db", CREATE, INSERT))
    assert header == ["id", "amount", "won"]
    assert rows == [(1, ["007", "\x0212.5", "\x021"]), (2, ["8", "", "\x020"])]


def test_the_only_table_of_a_duckdb_file_is_read(tmp_path: Path) -> None:
    header, rows = read(in_duckdb(tmp_path / "crm.db", CREATE, INSERT))
    assert header == ["id", "amount", "won"]
    assert rows == [(1, ["007", "\x0212.50", "\x02true"]), (2, ["8", "", "\x02false"])]


@pytest.mark.parametrize("make", [in_sqlite, in_duckdb])
def test_a_table_or_query_is_declared(tmp_path: Path, make: Any) -> None:
    path = make(tmp_path / "crm.sqlite", CREATE, INSERT, "CREATE VIEW won AS SELECT id FROM deals")
    with pytest.raises(DataError, match=r"it holds 2 tables \(deals, won\): declare table"):
        read(path)
    with pytest.raises(DataError, match="table 'deal': did you mean 'deals'"):
        read(path, table="deal")
    assert read(path, table="won") == (["id"], [(1, ["007"]), (2, ["8"])])
    found = read(path, query=query(tmp_path, "SELECT count(*) AS n FROM deals"))
    assert found == (["n"], [(1, ["\x022"])])


@pytest.mark.parametrize("make", [in_sqlite, in_duckdb])
@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM deals",
        "SELECT 1; SELECT 2",
        "ATTACH 'other.db' AS other",
        "PRAGMA user_version = 3",
        "SELEC",
        "",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT load_extension('x')",
    ],
)
def test_a_query_only_selects(tmp_path: Path, make: Any, sql: str) -> None:
    path = make(tmp_path / "crm.sqlite", CREATE, INSERT)
    before = path.read_bytes()
    with pytest.raises(DataError, match=r"crm\.sqlite: deals\.sql: "):
        read(path, query=query(tmp_path, sql))
    assert path.read_bytes() == before


def test_a_table_of_another_schema_has_its_name(tmp_path: Path) -> None:
    path = in_duckdb(tmp_path / "crm.duckdb", "CREATE SCHEMA s", CREATE.replace("deals", "s.deals"))
    assert read(path, table="s.deals")[0] == ["id", "amount", "won"]


def test_names_of_tables_are_only_names(tmp_path: Path) -> None:
    evil = '"x""; DROP TABLE deals; --"'
    for make, name in ((in_sqlite, "a.db"), (in_duckdb, "b.db")):
        path = make(tmp_path / name, CREATE, CREATE.replace("deals", evil))
        assert read(path, table='x"; DROP TABLE deals; --')[1] == []


def test_a_text_of_sqlite_that_is_none_is_named(tmp_path: Path) -> None:
    path = in_sqlite(
        tmp_path / "crm.db",
        "CREATE TABLE deals (id)",
        "INSERT INTO deals VALUES (CAST(x'e9' AS TEXT)), ('a' || char(0)), ('b'), (x'e9')",
    )
    _, rows = read(path)
    assert [isinstance(row, Fault) for row in rows] == [True, True, False, False]
    assert rows[2:] == [(3, ["b"]), (4, ["\x02#e9"])]


def test_two_tables_of_one_duckdb_file_are_read_at_once(tmp_path: Path) -> None:
    path = in_duckdb(tmp_path / "crm.duckdb", CREATE, INSERT)
    first, second = open_source(File(path)), open_source(File(path))
    assert list(first.batches) == list(second.batches)


@pytest.mark.parametrize("name", ["crm.db", "crm.duckdb", "crm.sqlite", "crm.parquet"])
def test_another_content_is_one_sentence(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with pytest.raises(DataError, match="No such file"):
        read(path)
    for data in (b"", b"id,name\n1,2\n", b"SQLite format 3\0" + b"x" * 99, b"PAR1" * 9):
        path.write_bytes(data)
        with pytest.raises(DataError, match=f"{name}: .*(neither|damaged|not a|malformed)"):
            read(path)


def test_a_cut_duckdb_file_is_one_sentence(tmp_path: Path) -> None:
    path = in_duckdb(tmp_path / "crm.duckdb", CREATE, INSERT)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(DataError, match=r"crm\.duckdb: "):
        read(path)


def test_a_text_of_parquet_that_is_none_is_named(tmp_path: Path) -> None:
    table = pa.table({"id": ["a", "b\0", "c\x02", " d "], "n": [1, 2, 3, None]})
    parquet.write_table(table, tmp_path / "deals.parquet")
    _, rows = read(tmp_path / "deals.parquet")
    assert [row.line if isinstance(row, Fault) else row for row in rows] == [
        (1, ["a", "\x021"]),
        2,
        3,
        (4, ["d", ""]),
    ]


def test_odd_values_of_parquet_are_told_whole(tmp_path: Path) -> None:
    table = pa.table(
        {
            "big": pa.array([1e20, 0.5]),
            "bytes": pa.array([b"\xe9", b"ab"]),
            "list": pa.array([[1, 2], None]),
            "at": pa.array([1_500_000, 0], pa.timestamp("us")),
            "none": pa.nulls(2),
        }
    )
    parquet.write_table(table, tmp_path / "deals.parquet")
    _, rows = read(tmp_path / "deals.parquet")
    first = ["\x02100000000000000000000", "\x02#e9", "\x02[1, 2]", "\x021970-01-01 00:00:01.500000"]
    assert rows[0] == (1, [*first, ""])
    assert rows[1] == (2, ["\x020.5", "ab", "", "\x021970-01-01 00:00:00", ""])


@pytest.mark.parametrize("make", [in_sqlite, in_duckdb])
def test_each_table_and_view_is_a_part_and_reads(tmp_path: Path, make: Any) -> None:
    path = make(tmp_path / "crm.db", CREATE, INSERT)
    assert parts_of(File(path)) == [File(path)]
    make(path, "CREATE VIEW sqlites_won AS SELECT id FROM deals WHERE won")
    parts = parts_of(File(path))
    assert sorted(part.table for part in parts) == ["deals", "sqlites_won"]
    assert {part.table: open_source(part).header for part in parts}["sqlites_won"] == ["id"]


def test_parquet_keeps_digits_offsets_and_structs(tmp_path: Path) -> None:
    at = dt.datetime.fromisoformat("2024-02-01 10:00:00+02:00")
    table = pa.table(
        {
            "id": pa.array(["007", None]),
            "amount": pa.array([Decimal("12.50"), None], pa.decimal128(10, 2)),
            "at": pa.array([at, None], pa.timestamp("us", "Europe/Helsinki")),
            "day": pa.array([at.date(), None], pa.date32()),
            "p": pa.array([{"owner": {"name": "Ann"}}, None]),
            "raw": pa.array([b"Lyon", None]),
            "kind": pa.array(["new", None]).dictionary_encode(),
            "share": pa.array([0.1, 7.0]),
        }
    )
    parquet.write_table(table, tmp_path / "deals.parquet")
    header, rows = read(tmp_path / "deals.parquet")
    assert header == ["id", "amount", "at", "day", "p.owner.name", "raw", "kind", "share"]
    first = ["007", "\x0212.50", "\x022024-02-01 10:00:00+0200", "\x022024-02-01", "Ann", "Lyon"]
    assert rows == [(1, [*first, "new", "\x020.1"]), (2, [*[""] * 7, "\x027"])]
