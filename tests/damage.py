"""Random damage to the bytes of a good file, and what a reader makes of it."""

import os
import random
import re
from dataclasses import dataclass

import duckdb

from kpi_toolkit.crm.casting import TRIMMED
from kpi_toolkit.crm.sources import Fault, File, open_source

# How many files are damaged: $KPI_FUZZ is the sum of all tests, 2,000 unless told.
SHARE = int(os.environ.get("KPI_FUZZ", "2000")) / 2000
BREAK = re.compile("\r\n|\r|\n")
BITS = ['"', ",", ";", "\t", "\n", "\r", "\r\n", "\0", "\ufeff", '""', '"\n', ',"', "é", " "]
BITS += ["\u2028", "\x0b", "\x1c", "\x85", "'", "\\", "-", "9", "e", "()", "\x02", "{", "}", "]"]


def damaged(rng: random.Random, data: bytes, encoding: str) -> bytes:
    for _ in range(rng.randint(1, 6)):
        at, end = sorted(rng.randrange(len(data) + 1) for _ in range(2))
        end = min(end, at + rng.choice([1, 2, 8, 60]))
        bit = rng.choice(BITS).encode(encoding, "ignore")
        ways = [
            data[:at] + bit + data[at:],
            data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :],
            data[:at] + data[end:],
            data[:end] + data[at:end] + data[end:],
            data[:at] if rng.random() < 0.2 else data,
            data[:at] + rng.randbytes(rng.randint(1, 5)) + data[at:],
        ]
        data = rng.choice(ways)
    return data


@dataclass(frozen=True)
class Found:
    """What a stream gave: the cells of each row and the last line of each fault, by first line."""

    header: list[str]
    rows: dict[int, list[str]]
    faults: dict[int, int]

    @property
    def header_breaks(self) -> int:
        return sum(len(BREAK.findall(name)) for name in self.header)

    @property
    def covered(self) -> set[int]:
        spans = {
            line: line + sum(len(BREAK.findall(c)) for c in r) for line, r in self.rows.items()
        }
        return {n for first, last in (spans | self.faults).items() for n in range(first, last + 1)}


def streamed(file: File) -> Found:
    stream = open_source(file)
    records = [record for batch in stream.batches for record in batch]
    rows = [record for record in records if not isinstance(record, Fault)]
    faults = [record for record in records if isinstance(record, Fault)]
    lines = [line for line, _ in rows] + [fault.line for fault in faults]
    assert len(set(lines)) == len(lines), "one line, two records"
    header = [name.strip(TRIMMED) for name in stream.header]
    return Found(header, dict(rows), {fault.line: _last(fault) for fault in faults})


def _last(fault: Fault) -> int:
    span = re.search(r"over lines \d+-(\d+)", fault.reason)
    return int(span[1]) if span else fault.line


def clear(connection: duckdb.DuckDBPyConnection) -> None:
    sql = "SELECT view_name FROM duckdb_views() WHERE NOT internal AND NOT temporary"
    for (view,) in connection.execute(sql).fetchall():
        connection.execute(f'DROP VIEW "{view}"')
    sql = "SELECT table_name FROM duckdb_tables() WHERE NOT internal"
    for (table,) in connection.execute(sql).fetchall():
        connection.execute(f'DROP TABLE "{table}"')
