"""The head of a file: how it is written, its columns and their cells, as the reader itself splits
it.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from kpi_toolkit.crm.casting import TRIMMED
from kpi_toolkit.crm.looking.dialects import Dialect, dialect_of
from kpi_toolkit.crm.looking.encodings import Encoding, encoding_of
from kpi_toolkit.crm.looking.headers import names_of, without_header
from kpi_toolkit.crm.looking.lines import Line
from kpi_toolkit.crm.looking.toml import shown
from kpi_toolkit.crm.sources import Fault, File, Row, format_of, open_source, packed, parts_of
from kpi_toolkit.crm.sources.stream import Rows
from kpi_toolkit.errors import DataError

# Enough to see how a file is written and which table it is; what its columns hold is then counted
# over all of it.
MOST_BYTES = 1 << 20
MOST_ROWS = 5_000
MOST_TITLES = 8


def trimmed(cell: str) -> str:
    """A cell as the reader takes it."""
    return unicodedata.normalize("NFC", cell.strip(TRIMMED))


@dataclass
class Column:
    """One column of the head: each text with how often it stands and the line where first."""

    name: str
    cells: dict[str, tuple[int, int]] = field(default_factory=dict)
    _ordered: list[str] = field(default_factory=list, repr=False)

    def add(self, cell: str, line: int, times: int = 1) -> None:
        """Count a cell."""
        text = trimmed(cell)
        count, first = self.cells.get(text, (0, line))
        self.cells[text] = (count + times, first)
        self._ordered.clear()

    @property
    def filled(self) -> int:
        """How many cells hold a text."""
        return sum(count for text, (count, _) in self.cells.items() if text)

    @property
    def texts(self) -> Sequence[str]:
        """The different texts, most frequent first."""
        if not self._ordered:
            found = (text for text in self.cells if text)
            self._ordered += sorted(found, key=lambda text: (-self.cells[text][0], text))
        return self._ordered


@dataclass(frozen=True)
class Head:
    """What the head of a file shows; `written` are the settings that it needs to be read so. A
    scan adds all `files` of the table and, of those that it read to their end, the last records.
    """

    file: File
    written: tuple[Line, ...]
    columns: tuple[Column, ...]
    rows: int
    whole: bool
    faults: tuple[Fault, ...] = ()
    ends: tuple[Row, ...] = ()
    files: tuple[File, ...] = ()

    @property
    def path(self) -> Path:
        """The file's."""
        return self.file.path

    @property
    def part(self) -> str:
        """Its sheet or table, of a file with several."""
        return self.file.sheet or self.file.table

    @property
    def title(self) -> str:
        """The file's name, with that of its sheet or table."""
        return f"{self.path.name}: {self.part}" if self.part else self.path.name

    @property
    def names(self) -> tuple[str, ...]:
        """The header."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def nameable(self) -> frozenset[str]:
        """What can be named in kpi.toml: names that stand once."""
        return frozenset(name for name, n in Counter(self.names).items() if name and n == 1)

    @property
    def size(self) -> str:
        """How much was looked at, in words."""
        return f"all {self.rows:,} rows" if self.whole else f"the first {self.rows:,} rows"


def heads_of(path: Path) -> list[Head]:
    """The head of a file, or of each of its sheets or tables that is not empty. Raises DataError
    when it cannot be opened or holds nothing.
    """
    if "delimiter" in format_of(File(path)).settings:
        return [_delimited(path)]
    parts = parts_of(File(path))
    if len(parts) == 1:
        return [_below_titles(parts[0], ())]
    found = []
    for part in parts:
        name = Line("sheet" if part.sheet else "table", part.sheet or part.table)
        with suppress(DataError):
            found.append(_below_titles(part, (name,)))
    if not found:
        raise DataError(f"{path.name}: none of its {len(parts)} sheets or tables has a row")
    return found


def _delimited(path: Path) -> Head:
    raw, whole = _first_bytes(path)
    encoding = encoding_of(raw, whole)
    text = _whole_lines(raw.decode(encoding.name, "replace").removeprefix("\ufeff"), whole)
    if not text.strip():
        raise DataError(f"{path.name}: it is empty")
    dialect = dialect_of(text)
    file = File(
        path,
        delimiter=dialect.delimiter,
        encoding=encoding.name,
        quote=dialect.quote,
        skip=dialect.skip,
    )
    return _read(file, _settings(encoding, dialect, packed.format_suffix(file)))


def _settings(encoding: Encoding, dialect: Dialect, suffix: str) -> tuple[Line, ...]:
    usual = "\t" if suffix == ".tsv" else ","
    found = [Line("delimiter", dialect.delimiter, dialect.evidence)]
    if dialect.delimiter == usual and dialect.width > 1:
        found = []
    if encoding.name != "utf-8":
        found.append(Line("encoding", encoding.name, encoding.evidence))
    if dialect.quote != '"':
        found.append(Line("quote", dialect.quote, dialect.quote_evidence))
    if dialect.skip:
        found.append(Line("skip", dialect.skip, dialect.skipped))
    return tuple(found)


def _below_titles(file: File, written: tuple[Line, ...]) -> Head:
    """The head of a sheet, whose first rows may be titles: wider rows below show that."""
    found = _read(file, written)
    if 2 * len(found.faults) <= found.rows or "skip" not in format_of(file).settings:
        return found
    for skip in range(1, MOST_TITLES + 1):
        with suppress(DataError):
            told = f"rows above the header, such as {shown(found.names[0])}"
            below = _read(replace(file, skip=skip), (*written, Line("skip", skip, told)))
            if 10 * len(below.faults) <= below.rows:
                return below
    return found


def _read(file: File, written: tuple[Line, ...]) -> Head:
    """The rows as the reader splits them; without a header line once more, with names for them."""
    header, batches, whole = _batches(file)
    rows = [row for batch in batches for row in batch if not isinstance(row, Fault)]
    evidence = without_header(header, [cells for _, cells in rows])
    if evidence and "header" in format_of(file).settings:
        names = names_of(len(header))
        file = replace(file, header=names)
        header, batches, whole = _batches(file)
        rows = [row for batch in batches for row in batch if not isinstance(row, Fault)]
        written = (*written, Line("header", names, evidence))
    columns = tuple(Column(name.strip(TRIMMED)) for name in header)
    for line, cells in rows:
        for column, cell in zip(columns, cells, strict=True):
            column.add(cell, line)
    faults = tuple(row for batch in batches for row in batch if isinstance(row, Fault))
    return Head(file, written, columns, len(rows) + len(faults), whole, faults)


def _batches(file: File) -> "tuple[Sequence[str], list[Rows], bool]":
    stream = open_source(file)
    found: list[Rows] = []
    rows = characters = 0
    for batch in stream.batches:
        found.append(list(batch)[: MOST_ROWS - rows])
        rows += len(found[-1])
        characters += sum(
            len(row.value) if isinstance(row, Fault) else sum(map(len, row[1])) for row in found[-1]
        )
        if rows >= MOST_ROWS or characters > 4 * MOST_BYTES:
            return stream.header, found, False
    return stream.header, found, True


def _first_bytes(path: Path) -> tuple[bytes, bool]:
    with packed.opened(File(path)) as data:
        head = data.read(MOST_BYTES + 1)
    return head[:MOST_BYTES], len(head) <= MOST_BYTES


def _whole_lines(text: str, whole: bool) -> str:
    """Without the last line where the head ends within it."""
    end = max(text.rfind("\n"), text.rfind("\r"))
    return text if whole or end < 0 else text[: end + 1]


def told_faults(head: Head) -> str:
    """The lines that cannot be split, in a sentence; "" where there is none."""
    if not head.faults:
        return ""
    first = head.faults[0]
    return (
        f"{len(head.faults):,} of {head.rows:,} lines cannot be split and will be set aside, the "
        f"first is line {first.line} ({first.reason}): {shown(first.value, 60)}"
    )
