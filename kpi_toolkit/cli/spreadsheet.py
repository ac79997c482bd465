"""Rows for a spreadsheet: a CSV file in which no text of the data is a formula."""

from pathlib import Path
from typing import TYPE_CHECKING

from kpi_toolkit.errors import DataError

if TYPE_CHECKING:
    from pandas import DataFrame

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write(frame: "DataFrame", path: Path, what: str) -> None:
    """Write a frame; `what` names it in the sentence about a file that cannot be written. Raises
    DataError.
    """
    texts = frame.select_dtypes(["object", "string", "category"]).columns
    try:
        frame.assign(**{t: frame[t].map(_inert) for t in texts}).to_csv(path, index=False)
    except OSError as error:
        raise DataError(f"{what} {path}: {error.strerror or error}") from error


def _inert(cell: object) -> object:
    """A spreadsheet takes a text that starts so for a formula; an apostrophe makes it a text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
