"""Arrow batches, of a Parquet file or of DuckDB -> rows."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from kpi_toolkit.crm.sources import packed
from kpi_toolkit.crm.sources.stream import ROWS, Batch, File
from kpi_toolkit.crm.sources.typed_cells import judged
from kpi_toolkit.errors import DataError, first_line

if TYPE_CHECKING:
    import pyarrow as pa


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
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise DataError(
                f"{file.name}: it is damaged, or not a Parquet file: {first_line(error)}"
            ) from None


def rows(schema: "pa.Schema", batches: "Iterable[pa.RecordBatch]") -> Iterator[Batch]:
    """The header, then the rows; what lies within a struct is a column of its own, as a.b."""
    yield [(0, _flat(schema.empty_table()).column_names)]
    line = 0
    for batch in batches:
        columns = [_values(column) for column in _flat(batch).columns]
        yield [judged(line + n, row) for n, row in enumerate(zip(*columns, strict=True), 1)]
        line += batch.num_rows


def _flat(table: "pa.Table | pa.RecordBatch") -> "pa.Table":
    import pyarrow as pa

    if isinstance(table, pa.RecordBatch):
        table = pa.Table.from_batches([table])
    while any(pa.types.is_struct(field.type) for field in table.schema):
        table = table.flatten()
    return table


def _values(column: "pa.ChunkedArray") -> list[Any]:
    """Python's values; bytes that are text are one, as Spark and Impala write them."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return [None if value is None else _text(value) for value in column.to_pylist()]
    return column.to_pylist()


def _text(value: bytes) -> str | bytes:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value
