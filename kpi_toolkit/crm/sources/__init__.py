"""A file -> its header, then batches of text rows with their line numbers and the lines that could
not be split.

Only structure is judged here; what a cell means is `casting`'s. Every format ends in the same
stream, so that another one is one more function and one more entry of READERS.
"""

from kpi_toolkit.crm.sources.formats import READERS, format_of, misplaced, open_source, parts_of
from kpi_toolkit.crm.sources.stream import Batch, Fault, File, Row, Stream, label

__all__ = [
    "READERS",
    "Batch",
    "Fault",
    "File",
    "Row",
    "Stream",
    "format_of",
    "label",
    "misplaced",
    "open_source",
    "parts_of",
]
