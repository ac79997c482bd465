"""What every source becomes: a header, then batches of text rows with their line numbers, and the
lines that could not be split.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROWS = 2048  # one DuckDB vector


@dataclass(frozen=True)
class File:
    """A file and how it is written."""

    path: Path
    delimiter: str = ","
    encoding: str = "utf-8"
    quote: str = '"'
    skip: int = 0


@dataclass(frozen=True)
class Fault:
    """A line, or a cell of it, that is no record."""

    line: int
    value: str
    reason: str


Row = tuple[int, list[str]]
Batch = list["Row | Fault"]


@dataclass(frozen=True)
class Stream:
    """The header of a source, and its rows."""

    header: list[str]
    batches: Iterator[Batch]
