"""Workbooks, databases, JSON lines, Parquet and packed files are looked at as CSV is."""

import datetime as dt
import gzip
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from kpi_toolkit.config import ProjectConfig
from kpi_toolkit.crm.looking import propose
from kpi_toolkit.errors import DataError
from tests.crm.looking.conftest import Proposal

HEAD = ["Deal ID", "Stage", "Amount", "Created at"]
ROWS: list[list[Any]] = [
    ["D1", "Won", 1234.5, dt.datetime.fromisoformat("2024-01-31")],
    ["D2", "Lost", 2.25, dt.datetime.fromisoformat("2024-02-01")],
]
PLAIN = [[*row[:3], row[3].isoformat()] for row in ROWS]


def workbook(path: Path, titles: int = 0, other: bool = False) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    if other:
        sheet.append(["Exported for Ann"])
        sheet = book.create_sheet("Deals")
    for row in [["Export"]] * titles + [HEAD, *ROWS]:
        sheet.append(row)
    book.save(path)


def json_lines(path: Path) -> None:
    lines = [json.dumps(dict(zip(HEAD, row, strict=True))) for row in PLAIN]
    path.write_text("\n".join(lines))


def sqlite(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute('CREATE TABLE deals ("Deal ID", "Stage", "Amount", "Created at")')
        database.executemany("INSERT INTO deals VALUES (?, ?, ?, ?)", PLAIN)
        database.execute("CREATE TABLE weather (town, rain)")
        database.commit()


def duck(path: Path) -> None:
    with duckdb.connect(str(path)) as database:
        database.execute(
            'CREATE TABLE deals ("Deal ID" VARCHAR, "Stage" VARCHAR, "Amount" DECIMAL(9, 2), '
            '"Created at" TIMESTAMP)'
        )
        database.executemany("INSERT INTO deals VALUES (?, ?, ?, ?)", ROWS)
        if path.suffix == ".parquet":
            database.execute(f"COPY deals TO '{path}.new' (FORMAT parquet)")
    if path.suffix == ".parquet":
        Path(f"{path}.new").replace(path)


def packed(path: Path) -> None:
    lines = [";".join(map(str, row)).replace(".", ",") for row in [HEAD, *PLAIN]]
    path.write_bytes(gzip.compress("\n".join(lines).encode("cp1252")))


@pytest.mark.parametrize(
    ("name", "write", "settings"),
    [
        ("deals.xlsx", workbook, {}),
        ("titled.xlsx", lambda path: workbook(path, titles=2), {"skip": 2}),
        ("book.xlsx", lambda path: workbook(path, other=True), {"sheet": "Deals"}),
        ("deals.jsonl", json_lines, {}),
        ("crm.sqlite", sqlite, {"table": "deals"}),
        ("crm.duckdb", duck, {}),
        ("deals.parquet", duck, {}),
        ("deals.csv.gz", packed, {"delimiter": ";", "decimal": ","}),
    ],
)
def test_a_file_of_any_format_is_proposed_and_read(
    name: str, write: Any, settings: dict[str, Any], tmp_path: Path
) -> None:
    write(tmp_path / name)
    text = propose([tmp_path / name], ProjectConfig(time_zone="UTC"), tmp_path).text
    found = Proposal(text, tmp_path)
    table = found.tables["deals"]
    assert {
        key: value for key, value in table.items() if key not in ("file", "columns")
    } == settings
    sql = "SELECT deal_id, status, CAST(amount AS DOUBLE), created_at FROM deals ORDER BY 1"
    wanted = [(row[0], str(row[1]).lower(), *row[2:]) for row in ROWS]
    assert found.connect().query(sql) == wanted


def test_a_workbook_of_empty_sheets_is_one_sentence(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("more")
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(DataError, match="none of its 2 sheets or tables has a row"):
        propose([tmp_path / "x.xlsx"], ProjectConfig())


@pytest.mark.parametrize("name", ["x.xlsx", "x.sqlite", "x.duckdb", "x.parquet", "x.jsonl"])
def test_a_damaged_file_is_one_sentence(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"SQLite format 3\0 and then nothing of the kind")
    with pytest.raises(DataError) as told:
        propose([tmp_path / name], ProjectConfig())
    assert "\n" not in str(told.value)
