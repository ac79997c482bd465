"""SQL that the user has written, and what to say when it names what is not there."""

import re
from collections.abc import Iterable
from pathlib import Path

from kpi_toolkit.errors import DataError, near_misses

_UNKNOWN_TABLE = re.compile(r"Table with name (.+) does not exist!")
_UNKNOWN = re.compile(r'column "([^"]+)" not found|does not have a column named "([^"]+)"')


def text_of(path: Path) -> str:
    """The text of a .sql file, with or without BOM. Raises DataError."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: it is not UTF-8 (byte {error.start})") from None


def unknown_table(message: str, tables: Iterable[str]) -> str:
    """The sentence about a table that a SELECT does not find among `tables`; "" when the message is
    of something else.
    """
    found = _UNKNOWN_TABLE.search(message)
    if not found:
        return ""
    return (
        f"table {found[1]!r}: {near_misses(found[1], tables)}; a SELECT sees the tables that "
        "kpi.toml reads: ours from [tables.NAME] with a file, any other from [staging.NAME]"
    )


def unknown_column(message: str, columns: Iterable[str]) -> str:
    """The sentence about a column that a SELECT over the tables does not find among `columns`; ""
    when the message is of something else.
    """
    found = _UNKNOWN.search(message)
    if not found:
        return ""
    column = found[1] or found[2]
    return (
        f"column {column!r}: {near_misses(column, columns)}; a SELECT sees the tables as kpi.toml "
        "declares them: a column of the file that is not canonical is declared with "
        "dimension = true or a type, and [staging.NAME] has all of a file"
    )
