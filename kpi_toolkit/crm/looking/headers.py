"""Whether a file's first record names its columns."""

import re
from collections.abc import Sequence

_VALUE = re.compile(r"[^A-Za-z]*\d[^A-Za-z]*(?:[TZ:][^A-Za-z]*)*\Z|\S+@\S+\.\S+\Z")


def names_of(width: int) -> tuple[str, ...]:
    """Names for columns that have none."""
    return tuple(f"column_{n}" for n in range(1, width + 1))


def without_header(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Why the first record looks like a row and not like names; "" where it looks like names."""
    if not rows:
        return ""
    columns = list(zip(*rows, strict=True))
    valued = [n for n, cells in enumerate(columns) if _holds_values(cells)]
    alike = [n for n in valued if _VALUE.match(header[n].strip())]
    if valued and len(alike) * 2 >= len(valued):
        return _told([header[n] for n in alike], "where names would stand")
    texts = [n for n in range(len(header)) if n not in valued and header[n].strip()]
    again = [n for n in texts if header[n] in columns[n]]
    if len(again) > 1 and len(again) * 2 >= len(texts):
        return _told([header[n] for n in again], "stand in the same columns further down")
    return ""


def _told(cells: Sequence[str], why: str) -> str:
    return (
        f"the first line is a row: {', '.join(map(repr, cells[:3]))} {why}; name the columns here"
    )


def _holds_values(cells: Sequence[str]) -> bool:
    """Whether most cells are numbers, dates or addresses, which no name of a column is."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and sum(map(bool, map(_VALUE.match, filled))) > 0.8 * len(filled)
