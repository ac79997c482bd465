"""Random damage to files that are no delimited text: a sentence at most, and never a lost row."""

import gzip
import io
import json
import random
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from kpi_toolkit.crm.sources import File
from kpi_toolkit.errors import DataError
from tests.damage import SHARE, Found, damaged, streamed

Make = Callable[[random.Random, Path], None]


def objects(rng: random.Random) -> list[dict[str, object]]:
    return [
        {
            "id": f"{n:03}",
            "name": rng.choice(["NA", "Zoë", None]),
            "amount": rng.choice([1, 12.5, "7,5", None]),
            "note": rng.choice(["plain", "two\nlines", {"a": 1}, [1, 2], True]),
        }
        for n in range(rng.randint(1, 30))
    ]


def json_lines(rng: random.Random, path: Path) -> None:
    data = "".join(
        json.dumps(found, ensure_ascii=rng.random() < 0.5) + "\n" for found in objects(rng)
    )
    data = damaged(rng, data.encode(), "utf-8")
    path.write_bytes(gzip.compress(data, 1, mtime=0) if path.suffix == ".gz" else data)


def json_list(rng: random.Random, path: Path) -> None:
    path.write_bytes(damaged(rng, json.dumps({"deals": objects(rng)}).encode(), "utf-8"))


def parquet(rng: random.Random, path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    rows = [found | {"amount": 1.5, "note": "x"} for found in objects(rng)]
    parquet.write_table(pa.Table.from_pylist(rows), path)
    whole = path.read_bytes()
    # Its last third is the schema, and hardly any damage there leaves something to read.
    middle = len(whole) // 2
    path.write_bytes(damaged(rng, whole[:middle], "utf-8") + whole[middle:])
    if rng.random() < 0.5:
        path.write_bytes(damaged(rng, whole, "utf-8"))


def sqlite(rng: random.Random, path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE deals (id TEXT, name TEXT, amount)")
        rows = [(found["id"], found["name"], found["amount"]) for found in objects(rng)]
        database.executemany("INSERT INTO deals VALUES (?, ?, ?)", rows)
    path.write_bytes(damaged(rng, path.read_bytes(), "utf-8"))


def workbook(rng: random.Random, path: Path) -> None:
    """One part of the workbook is damaged and packed anew, so that more than its sum is wrong."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["id", "name", "amount", "note"])
    for found in objects(rng):
        sheet.append(
            [str(value) if isinstance(value, dict | list) else value for value in found.values()]
        )
    plain = io.BytesIO()
    book.save(plain)
    with (
        zipfile.ZipFile(plain) as read,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        unlucky = rng.choice(read.namelist())
        for name in read.namelist():
            data = read.read(name)
            written.writestr(name, damaged(rng, data, "utf-8") if name == unlucky else data)
    if rng.random() < 0.2:
        path.write_bytes(damaged(rng, path.read_bytes(), "utf-8"))


KINDS: list[tuple[str, Make, int]] = [
    (".jsonl", json_lines, 100),
    (".jsonl.gz", json_lines, 30),
    (".json", json_list, 100),
    (".parquet", parquet, 100),
    (".sqlite", sqlite, 40),
    (".xlsx", workbook, 40),
]


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
@pytest.mark.parametrize(("suffix", "make", "count"), KINDS, ids=[kind[0] for kind in KINDS])
def test_a_damaged_file_is_a_sentence_or_its_rows(
    tmp_path: Path, suffix: str, make: Make, count: int
) -> None:
    read = 0
    for n in range(round(count * SHARE)):
        rng = random.Random(f"{suffix} {n}")
        path = tmp_path / f"{n}{suffix}"
        make(rng, path)
        table = "deals" if suffix in (".json", ".sqlite") else ""
        try:
            found = streamed(File(path, table=table))
        except DataError as error:
            assert "\n" not in str(error), n
            assert path.name in str(error), n
            continue
        read += 1
        if suffix == ".jsonl":
            assert not lost(path, found), n
    assert read, "damage so great that nothing is tested"


def lost(path: Path, found: Found) -> set[int]:
    """The lines that are not blank, and in no row or fault."""
    lines = path.read_bytes().split(b"\n")
    full = {n for n, line in enumerate(lines, 1) if line.strip(b" \t\r\xef\xbb\xbf")}
    return full - found.rows.keys() - found.faults.keys()
