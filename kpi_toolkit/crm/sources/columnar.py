"""Arrow batches, of a Parquet file or of DuckDB -> columns of text, made column by column."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from kpi_toolkit.crm.casting import TYPED
from kpi_toolkit.crm.sources import packed
from kpi_toolkit.crm.sources.settled import settled
from kpi_toolkit.crm.sources.stream import Batch, Columns, Fault, File
from kpi_toolkit.crm.sources.typed_cells import FORBIDDEN, judged, shown
from kpi_toolkit.errors import DataError, first_line

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 1 << 14
# From here on a float's digits are no longer those of a whole number.
_GREATEST_FLOAT = 1e15


def parquet(file: File) -> Iterator[Batch]:
    """The columns of a Parquet file, and its rows counted from 1. Raises DataError."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    with packed.unpacked(file) as path:
        try:
            with ParquetFile(path) as found:
                yield from rows(found.schema_arrow, found.iter_batches(ROWS))
        except FileNotFoundError as error:
            raise DataError(f"{file.path}: {error.strerror}") from None
        except (pa.ArrowException, OSError) as error:
            raise DataError(
                f"{file.name}: it is damaged, or not a Parquet file: {first_line(error)}"
            ) from None


def rows(schema: "pa.Schema", batches: "Iterable[pa.RecordBatch]") -> Iterator[Batch]:
    """The header, then the rows; what lies within a struct is a column of its own, as a.b."""
    yield [(0, _flat(schema.empty_table()).column_names)]
    line = 0
    for batch in batches:
        yield _columns(_flat(batch), line)
        line += batch.num_rows


def _flat(table: "pa.Table | pa.RecordBatch") -> "pa.Table":
    import pyarrow as pa

    if isinstance(table, pa.RecordBatch):
        table = pa.Table.from_batches([table])
    while any(pa.types.is_struct(field.type) for field in table.schema):
        table = table.flatten()
    return table.combine_chunks()


def _columns(table: "pa.Table", line: int) -> Columns:
    """Rows from line + 1 on; one with a text that is none is a fault."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = [_plain(column.combine_chunks()) for column in table.columns]
    bad = np.zeros(table.num_rows, bool)
    for column in columns:
        if pa.types.is_string(column.type):
            odd = pc.match_substring_regex(column, FORBIDDEN).fill_null(False)
            bad |= odd.to_numpy(zero_copy_only=False)
    faults = [
        judged(line + int(row) + 1, [column[row].as_py() for column in columns])
        for row in np.flatnonzero(bad)
    ]
    kept = pa.array(~bad)
    texts = [_text(column.filter(kept)) for column in columns]
    lines = pa.array(np.arange(line + 1, line + 1 + table.num_rows)[~bad], pa.int64())
    return Columns(lines, dict(enumerate(texts)), tuple(f for f in faults if isinstance(f, Fault)))


def _plain(column: "pa.Array") -> "pa.Array":
    """A column of strings where it is one: of words of a dictionary, or of bytes that are text, as
    Spark and Impala write them.
    """
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        return _plain(column.cast(column.type.value_type))
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        try:
            return column.cast(pa.string())
        except pa.ArrowInvalid:
            return column
    texts = (pa.types.is_large_string, pa.types.is_string_view)
    return column.cast(pa.string()) if any(kind(column.type) for kind in texts) else column


def _text(column: "pa.Array") -> "pa.Array":
    """The texts of a column, behind TYPED where they are values; "" for none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_string(column.type):
        texts = column
    elif _is_told_by_arrow(column):
        # Midnight is told to the microsecond.
        digits = pc.replace_substring_regex(column.cast(pa.string()), r"\.0+(\D|$)", r"\1")
        texts = pc.binary_join_element_wise(TYPED, digits, "")
    else:
        texts = pa.array([_shown(value) for value in column.to_pylist()], pa.string())
    return settled(texts.fill_null(""))


def _is_told_by_arrow(column: "pa.Array") -> bool:
    """Whether Arrow writes the values as `shown` does, but for an offset without a colon."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_floating(kind):
        greatest = pc.max(pc.abs(column)).as_py()
        return greatest is None or greatest < _GREATEST_FLOAT
    exact = (pa.types.is_integer, pa.types.is_boolean, pa.types.is_date32, pa.types.is_timestamp)
    return any(is_kind(kind) for is_kind in exact)


def _shown(value: Any) -> str:
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            pass
    return shown(value)
