"""Names and values of the user's on their way into SQL."""

import datetime as dt
from collections.abc import Iterable

from kpi_toolkit.errors import DataError


def name(text: str) -> str:
    """A quoted identifier: the only way a name of a file, a header or a frame reaches SQL."""
    if "\0" in text:
        raise DataError(f"name {text!r}: it holds a NUL character")
    return '"' + text.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A quoted string: the only way a value of a configuration reaches SQL; DuckDB has no backslash
    escapes.
    """
    if "\0" in text:
        raise DataError(f"value {text!r}: it holds a NUL character")
    return "'" + text.replace("'", "''") + "'"


def literals(texts: Iterable[str]) -> str:
    """Quoted strings with commas between them."""
    return ", ".join(literal(text) for text in texts)


def instant(moment: dt.datetime) -> str:
    """A UTC instant as a SQL literal."""
    return (
        f"TIMESTAMP '{moment:%Y-%m-%d %H:%M:%S.%f}'"
        if moment.year >= 1000
        else "TIMESTAMP '0001-01-01 00:00:00'"
    )
