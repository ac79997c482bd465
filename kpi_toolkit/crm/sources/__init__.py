"""A file -> its header, then batches of text rows with their line numbers and the lines that could
not be split.

Only structure is judged here; what a cell means is `casting`'s. Every format ends in the same
stream, so that another one is one more function and one more entry of READERS.
"""

from collections.abc import Callable, Iterator

from kpi_toolkit.crm.sources.delimited import delimited
from kpi_toolkit.crm.sources.stream import Batch, Fault, File, Row, Stream
from kpi_toolkit.errors import DataError, near_misses

READERS: dict[str, Callable[[File], Iterator[Batch]]] = dict.fromkeys(
    (".csv", ".tsv", ".txt"), delimited
)

__all__ = ["READERS", "Batch", "Fault", "File", "Row", "Stream", "open_source"]


def open_source(file: File) -> Stream:
    """The stream of a file, by the format that its name ends in. Raises DataError when it has no
    header.
    """
    reader = READERS.get(file.path.suffix.lower())
    if reader is None:
        raise DataError(f"{file.path.name}: {near_misses(file.path.suffix, READERS)}")
    batches = reader(file)
    first = next(batches)
    header = first[0]
    assert isinstance(header, tuple)
    return Stream(header[1], batches)
