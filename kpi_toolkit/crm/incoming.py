"""The files of one table as one relation of text in the engine; each column is found by its name in
each file.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from kpi_toolkit.crm.casting import TRIMMED
from kpi_toolkit.crm.expressions import Ref, alias
from kpi_toolkit.crm.quoting import name
from kpi_toolkit.crm.remote.relation import Relation
from kpi_toolkit.crm.sources import Batch, Fault, File, Stream, open_source
from kpi_toolkit.crm.sources.settled import settled
from kpi_toolkit.crm.sources.stream import Columns, Rows
from kpi_toolkit.crm.table_read import FILE_SPAN
from kpi_toolkit.errors import DataError, near_misses

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection


class Incoming:
    """Opened files, and what they showed on their way into the engine: rows, lines that are none,
    and an error of ours, since the engine hands on its own.
    """

    def __init__(self, files: Sequence[File]) -> None:
        self.files = tuple(files)
        self.rows = 0
        self.faults: list[Fault] = []
        self.error: BaseException | None = None
        self._first = _opened(self.files[0])

    @property
    def names(self) -> list[str]:
        """The column names of the first file."""
        return _names(self._first.header)

    @property
    def found(self) -> int:
        """How many rows and bad lines came in."""
        return self.rows + len(self.faults)

    def register(
        self,
        connection: "DuckDBPyConnection",
        relation: str,
        wanted: Iterable[str],
        known: Collection[str] | None = (),
    ) -> None:
        """Make the relation: `_line` and each wanted column under its alias. It can be read once.

        Of `known` columns (None: of any), a later file may have none that is not wanted, since it
        would be lost.
        Raises DataError when the first file lacks a column; that of a later one is in `error`.
        """
        import pyarrow as pa

        columns = list(dict.fromkeys(wanted))
        positions(self._first.header, columns, self.files[0].name)
        # Numbers name the columns: header names that differ in case only would clash in the engine.
        fields = [
            ("_line", pa.int64()),
            *((f"c{n}", pa.string_view()) for n in range(len(columns))),
        ]
        connection.register(
            "_stream",
            pa.RecordBatchReader.from_batches(pa.schema(fields), self._arrow(columns, known)),
        )
        shown = ["_line", *(f"c{n} AS {name(alias(Ref('', c)))}" for n, c in enumerate(columns))]
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {relation} AS SELECT {', '.join(shown)} FROM _stream"
        )

    def _arrow(
        self, columns: list[str], known: Collection[str] | None
    ) -> "Iterator[pa.RecordBatch]":
        try:
            for k, file in enumerate(self.files):
                stream = self._first if k == 0 else _opened(file)
                at = list(positions(stream.header, columns, file.name).values())
                names = _names(stream.header)
                found = names if known is None else [column for column in names if column in known]
                self._check_more([column for column in found if column not in columns], file)
                yield from self._rows(stream.batches, at, k * FILE_SPAN)
        except Exception as error:
            self.error = error
            raise

    def _check_more(self, more: Sequence[str], file: File) -> None:
        if more:
            raise DataError(
                f"{file.name}: it has the column {more[0]!r}, which {self.files[0].name} lacks; "
                "columns that are to be read from all of them are declared"
            )

    def _rows(
        self, batches: Iterator[Batch], at: list[int], offset: int
    ) -> "Iterator[pa.RecordBatch]":
        for batch in batches:
            found = batch if isinstance(batch, Columns) else _columns(batch, at)
            self.faults += [fault.moved(offset) for fault in found.faults]
            self.rows += len(found.lines)
            if len(found.lines):
                yield _record_batch(found, at, offset)


def positions(header: list[str], wanted: Iterable[str], file: str) -> dict[str, int]:
    """Where each wanted column stands: there, and only once. Raises DataError."""
    names = _names(header)
    for column in wanted:
        if names.count(column) > 1:
            raise DataError(
                f"{file}: column {column!r} appears {names.count(column)} times in the header"
            )
        if column not in names:
            alone = "; it has one column: is the delimiter right?" if len(names) == 1 else ""
            raise DataError(
                f"{file}: column {column!r} is missing: {near_misses(column, names)}{alone}"
            )
    return {column: names.index(column) for column in wanted}


def _opened(file: File) -> Stream:
    return file.opened() if isinstance(file, Relation) else open_source(file)


def _names(header: list[str]) -> list[str]:
    return [heading.strip(TRIMMED) for heading in header]


def _columns(batch: Rows, at: Iterable[int]) -> Columns:
    """Rows as columns; those that are not wanted are left empty."""
    import pyarrow as pa

    rows = [row for row in batch if not isinstance(row, Fault)]
    texts: dict[int, pa.Array] = {}
    for n in at:
        column = pa.array([cells[n] for _, cells in rows], pa.string())
        texts[n] = settled(column)
    faults = tuple(fault for fault in batch if isinstance(fault, Fault))
    return Columns(pa.array([line for line, _ in rows], pa.int64()), texts, faults)


def _record_batch(found: Columns, at: list[int], offset: int) -> "pa.RecordBatch":
    import pyarrow as pa
    import pyarrow.compute as pc

    return pa.record_batch(
        [pc.add(found.lines, offset), *(found.texts[n] for n in at)],
        names=["_line", *(f"c{n}" for n in range(len(at)))],
    )
