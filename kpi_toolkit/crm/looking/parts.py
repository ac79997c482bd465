"""The tables of a file that holds several: sheets of a workbook, tables of a database."""

from pathlib import Path

from kpi_toolkit.crm import sources
from kpi_toolkit.crm.sources import File


def parts_of(path: Path) -> list[File]:
    """The file once for each of its sheets or tables. Raises DataError."""
    return sources.parts_of(File(path))
