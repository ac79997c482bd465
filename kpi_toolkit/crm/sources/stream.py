"""What every source becomes: a header, then batches of text rows with their line numbers, and the
lines that could not be split.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 2048  # one DuckDB vector
LONGEST_SHOWN = 200  # characters of a value or line that is set aside


@dataclass(frozen=True)
class File:
    """A file and how it is written; "" is the default of its format.

    `header` names the columns of a file without a header line, `sheet` one of a workbook, `table`
    one of a database, `query` a .sql file with one SELECT over it, `member` one file of a .zip.
    `shown` is the name in messages.
    """

    path: Path
    delimiter: str = ""
    encoding: str = "utf-8"
    quote: str = '"'
    skip: int = 0
    header: tuple[str, ...] = ()
    sheet: str = ""
    table: str = ""
    query: Path | None = None
    member: str = ""
    shown: str = ""

    @property
    def name(self) -> str:
        """Its name in messages and in the quarantine."""
        return self.shown or self.path.name


@dataclass(frozen=True)
class Fault:
    """A line, or a cell of it, that is no record."""

    line: int
    value: str
    reason: str

    def moved(self, offset: int) -> "Fault":
        """The same, further down."""
        return replace(self, line=self.line + offset) if offset else self


@dataclass(frozen=True)
class Columns:
    """Rows as Arrow columns: their line numbers (int64), the settled texts of each column of the
    header by its position (string_view), and the faults between the rows.
    """

    lines: "pa.Array"
    texts: "Mapping[int, pa.Array]"
    faults: tuple[Fault, ...] = ()

    def __iter__(self) -> "Iterator[Row | Fault]":
        """Row by row, in the order of lines, for those who need a few."""
        columns = [self.texts[n].to_pylist() for n in sorted(self.texts)]
        cells = map(list, zip(*columns, strict=True))
        rows: Rows = list(zip(self.lines.to_pylist(), cells, strict=True))
        yield from heapq.merge(rows, self.faults, key=_line)


Row = tuple[int, list[str]]
Rows = list["Row | Fault"]
Batch = Rows | Columns


def _line(record: "Row | Fault") -> int:
    return record.line if isinstance(record, Fault) else record[0]


@dataclass(frozen=True)
class Stream:
    """The header of a source, and its rows."""

    header: list[str]
    batches: Iterator[Batch]


def label(files: Sequence[File]) -> str:
    """One name for the files of a table."""
    names = [file.name for file in files]
    return ", ".join(names) if len(names) < 4 else f"{names[0]} and {len(names) - 1} more"
