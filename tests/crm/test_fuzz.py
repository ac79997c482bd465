"""Random damage to good files: a sentence at most, and never a lost line.

Every line of a damaged file is the header, blank, kept, or set aside with its number. Files are
read many at a time, as the files of one table, since the engine takes longest to be asked.
KPI_FUZZ says how many files are damaged, as a share of 2,000.
"""

import gzip
import io
import random
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pytest

from kpi_toolkit.config import load
from kpi_toolkit.crm import mapping, quarantine, reading, remarks
from kpi_toolkit.crm.casting import TRIMMED
from kpi_toolkit.crm.database import locked
from kpi_toolkit.crm.plans import TablePlan
from kpi_toolkit.crm.sources import File
from kpi_toolkit.crm.table_read import FILE_SPAN
from kpi_toolkit.errors import DataError
from tests.damage import BREAK, SHARE, Found, clear, damaged, streamed

COLUMNS = ["id", "name", "amount", "day", "note"]
TOML = """[project]
time_zone = "Europe/Paris"
[tables.deals]
file = "deals.csv"
bad_rows = "100%"
may_be_empty = true
decimal = ","
date_format = "%d/%m/%Y"
[tables.deals.columns]
deal_id = "id"
owner = "name"
amount = "amount"
created_at = "day"
note = { column = "note", dimension = true }
"""


@dataclass(frozen=True)
class Kind:
    """Files of one format: how many are damaged, and how they are declared."""

    suffix: str
    count: int
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'


KINDS = [
    Kind(".csv", 700),
    Kind(".csv", 250, "cp1252", ";"),
    Kind(".csv", 250, "utf-16", ","),
    Kind(".tsv", 200, "latin-1", "\t", "'"),
    Kind(".csv", 100, delimiter="|", quote=""),
    Kind(".csv.gz", 200),
    Kind(".csv.zip", 100),
]


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with locked() as made:
        yield made


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> TablePlan:
    folder = tmp_path_factory.mktemp("plan")
    (folder / "kpi.toml").write_text(TOML, encoding="utf-8")
    (folder / "deals.csv").write_text("id\n", encoding="utf-8")
    return mapping.plans(load(folder / "kpi.toml"))[0]


def good(rng: random.Random, kind: Kind, n: int) -> str:
    quote = kind.quote
    notes = ["", "plain", "été", "NA"]
    if quote:
        notes += [
            f"{quote}a{kind.delimiter} b{quote}",
            f"{quote}said {quote * 2}no{quote * 2}{quote}",
        ]
        notes += [f"{quote}two\nlines{quote}"]
    rows = [
        [
            f"{n}-{line}",
            rng.choice(["NA", "Zoë", "Ann"]),
            f"{quote}{rng.randint(0, 999)},50{quote}" if quote else str(rng.randint(0, 999)),
            f"{rng.randint(1, 28):02}/0{rng.randint(1, 9)}/2024",
            rng.choice(notes),
        ]
        for line in range(rng.randint(1, 40))
    ]
    return "".join(kind.delimiter.join(cells) + "\n" for cells in [COLUMNS, *rows])


def packed(rng: random.Random, data: bytes, kind: Kind) -> bytes:
    """As the suffix says; of one in three it is the pack that is damaged."""
    if kind.suffix.endswith(".gz"):
        whole = gzip.compress(data, 1, mtime=0)
    elif kind.suffix.endswith(".zip"):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("deals.csv", data)
        whole = buffer.getvalue()
    else:
        return data
    return damaged(rng, whole, "utf-8") if rng.random() < 0.3 else whole


def uncovered(data: bytes, encoding: str, found: Found) -> list[tuple[int, str]]:
    """The lines that are neither header nor blank, and in no record."""
    codec = encoding.replace("utf-8", "utf-8-sig")
    lines = BREAK.split(data.decode(codec, "kpi_mark"))
    full = [n for n, line in enumerate(lines, 1) if line.strip() and line.strip() != '""']
    rest = [n for n in full if n > full[0] + found.header_breaks]
    return [(n, lines[n - 1]) for n in rest if n not in found.covered]


def read_together(
    connection: duckdb.DuckDBPyConnection, plan: TablePlan, files: list[File]
) -> tuple[dict[int, str | None], set[int]]:
    """The ids of the rows kept, and the rows set aside, by the number of the row."""
    clear(connection)
    quarantine.create(connection)
    remarks.create(connection)
    reading.read(connection, replace(plan, files=tuple(files)))
    kept = connection.execute("SELECT _line, deal_id FROM deals").fetchall()
    bad = connection.execute("SELECT DISTINCT line FROM quarantine").fetchall()
    return dict(kept), {line for (line,) in bad}


def survivors(files: Iterator[tuple[File, bytes]], encoding: str) -> dict[File, Found]:
    """The files that are not refused as a whole, with what they gave; no line of theirs is lost."""
    found: dict[File, Found] = {}
    for file, data in files:
        try:
            given = streamed(file)
        except DataError as error:
            assert "\n" not in str(error)
            continue
        assert not uncovered(data, encoding, given), file.path.name
        if all(given.header.count(name) == 1 for name in COLUMNS):
            found[file] = given
    return found


def made(folder: Path, kind: Kind, seed: int) -> Iterator[tuple[File, bytes]]:
    for n in range(round(kind.count * SHARE)):
        rng = random.Random(f"{seed} {n}")
        data = damaged(rng, good(rng, kind, n).encode(kind.encoding), kind.encoding)
        path = folder / f"{n}{kind.suffix}"
        path.write_bytes(packed(rng, data, kind))
        yield File(path, kind.delimiter, kind.encoding, kind.quote), data


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: f"{k.suffix} {k.encoding} {k.delimiter!r}")
def test_no_line_of_a_damaged_file_is_lost(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, plan: TablePlan, kind: Kind
) -> None:
    given = survivors(made(tmp_path, kind, KINDS.index(kind)), kind.encoding)
    assert len(given) > kind.count * SHARE / 5, "damage so great that nothing is tested"
    kept, bad = read_together(connection, plan, list(given))
    every = {
        k * FILE_SPAN + line: (found.rows.get(line), found.header)
        for k, found in enumerate(given.values())
        for line in (*found.rows, *found.faults)
    }
    assert kept.keys() | bad == every.keys()
    assert not kept.keys() & bad
    assert len(kept) > len(bad) / 2 > 0
    for line, deal in kept.items():
        cells, header = every[line]
        assert cells is not None
        assert deal == unicodedata.normalize("NFC", cells[header.index("id")].strip(TRIMMED))
