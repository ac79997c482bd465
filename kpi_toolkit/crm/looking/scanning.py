"""All rows of a table's files, where heads would mislead: the newest date, the words of a column
and the marks of its numbers may stand far down.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kpi_toolkit.crm.looking.heads import Column, Head
from kpi_toolkit.crm.looking.trials import Trials
from kpi_toolkit.crm.sources import Batch, Fault, File, Row, open_source
from kpi_toolkit.crm.sources.stream import Columns

if TYPE_CHECKING:
    import pyarrow as pa

# A quarter of a minute. Longer files are proposed from this much, and the proposal says so.
MOST_ROWS = 500_000
# Of a column that nothing of ours is: with more different texts, what its head shows is enough.
MOST_TEXTS = 20_000
_RECORDS = 20_000


def scanned(heads: Sequence[Head], wanted: set[str], trials: Trials) -> Head:
    """The heads of files with the same header as one, with the cells of all their rows: of the
    columns `wanted` all texts, of others unless there are too many. Raises DataError.
    """
    scan = _Scan(heads[0], wanted, trials)
    for head in heads:
        scan.add(head)
    return scan.result()


def cells_of(head: Head, *wanted: Column) -> "pa.Table":
    """The cells of some columns of a scanned head, `c0`, `c1` and so on, row by row."""
    import pyarrow as pa

    places = [head.names.index(column.name) for column in wanted]
    names = [f"c{n}" for n in range(len(wanted))]
    parts, rows = [], 0
    for file in head.files:
        for lines, columns, _ in _chunks(open_source(file).batches):
            if rows < MOST_ROWS:
                cells = [columns[place].cast(pa.string()) for place in places]
                parts.append(pa.table(cells, names=names))
            rows += len(lines)
    return pa.concat_tables(parts)


class _Scan:
    """Counts the texts of the columns."""

    def __init__(self, head: Head, wanted: set[str], trials: Trials) -> None:
        self.head, self.wanted, self.trials = head, wanted, trials
        self.columns = [Column(name) for name in head.names]
        self.counted = set(range(len(head.names)))
        self.rows, self.whole = 0, True
        self.faults: list[Fault] = []
        self.ends: list[Row] = []
        self.files: list[File] = []

    def add(self, head: Head) -> None:
        """The rows of one file."""
        last: Row | None = None
        self.files.append(head.file)
        for lines, columns, faults in _chunks(open_source(head.file).batches):
            if self.rows >= MOST_ROWS:
                self.whole = False
                return
            self.faults += faults
            self.rows += len(lines) + len(faults)
            if lines:
                self._count(lines, columns)
                last = (lines[-1], [column[-1].as_py() for column in columns])
        self.ends += [last] if last else []

    def result(self) -> Head:
        """What was counted; of columns with too many texts what the head shows."""
        columns = tuple(
            column if n in self.counted else self.head.columns[n]
            for n, column in enumerate(self.columns)
        )
        return replace(
            self.head,
            columns=columns,
            rows=self.rows,
            whole=self.whole,
            faults=tuple(self.faults),
            ends=tuple(self.ends),
            files=tuple(self.files),
        )

    def _count(self, lines: Sequence[int], columns: "Sequence[pa.Array]") -> None:
        for n in sorted(self.counted):
            column = self.columns[n]
            for text, count, line in self.trials.counts(lines, columns[n]):
                column.add(text, line, count)
            if len(column.cells) > MOST_TEXTS and column.name not in self.wanted:
                self.counted.discard(n)


_Chunk = tuple[list[int], "list[pa.Array]", list[Fault]]


def _chunks(batches: Iterator[Batch]) -> Iterator[_Chunk]:
    """Line numbers, columns and faults, of many rows together."""
    rows: list[Row] = []
    faults: list[Fault] = []
    for batch in batches:
        if isinstance(batch, Columns):
            texts = [batch.texts[n] for n in sorted(batch.texts)]
            yield batch.lines.to_pylist(), texts, list(batch.faults)
            continue
        faults += [row for row in batch if isinstance(row, Fault)]
        rows += [row for row in batch if not isinstance(row, Fault)]
        if len(rows) >= _RECORDS:
            yield _as_columns(rows, faults)
            rows, faults = [], []
    if rows or faults:
        yield _as_columns(rows, faults)


def _as_columns(rows: list[Row], faults: list[Fault]) -> _Chunk:
    import pyarrow as pa

    columns = zip(*(cells for _, cells in rows), strict=True)
    return [line for line, _ in rows], [pa.array(cells, pa.string()) for cells in columns], faults
