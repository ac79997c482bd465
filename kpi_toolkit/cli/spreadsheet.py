"""Rows for a spreadsheet: a CSV file in which no text of the data is a formula."""

from pathlib import Path
from typing import TYPE_CHECKING

from kpi_toolkit.errors import ConfigError, DataError

if TYPE_CHECKING:
    from pandas import DataFrame

    from kpi_toolkit.config import Config

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def spare_inputs(path: Path | None, config: "Config", file: Path) -> None:
    """Raises ConfigError when `path` is kpi.toml itself, the `file`, or what it reads."""
    from kpi_toolkit.crm import mapping

    if path and path.exists():
        for read in (file, *mapping.paths(config)):
            if read.exists() and path.samefile(read):
                raise ConfigError(f"{path}: the project reads that file; name another one")


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
