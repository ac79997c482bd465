"""Cells that have a type in their source -> plain text behind TYPED, which declared text formats do
not touch: the number 1.234 is not "1.234" with a thousands separator.
"""

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from kpi_toolkit.crm.casting import TYPED
from kpi_toolkit.crm.sources.stream import LONGEST_SHOWN, ROWS, Batch, Fault, Row

# What no text may hold: the engine's end of a text and our own mark; and half a character.
FORBIDDEN = rf"[\x00\x{ord(TYPED):02x}]"
_FORBIDDEN = re.compile(f"{FORBIDDEN}|[\ud800-\udfff]")
_TYPED_WITHIN = re.compile(rf'"\\u{ord(TYPED):04x}([^"]*)"')


class Typed(str):
    """A text that has its mark already."""


def shown(value: Any) -> str:
    """A value as text: ISO dates with their offset, all digits of a number, 7 for 7.0, JSON for
    what holds other values; "" for none. A text stays as it is.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return TYPED + _plain(value)


def judged(line: int, values: Sequence[Any]) -> Row | Fault:
    """A row of cells, or why it is none."""
    texts = [value for value in values if type(value) is str]
    if _FORBIDDEN.search("\n".join(texts)):
        told = ", ".join(v.lstrip(TYPED) if isinstance(v, Typed) else str(v) for v in values)
        reason = "NUL byte" if "\0" in told else "a character that is no text"
        return Fault(line, told[:LONGEST_SHOWN], reason)
    return line, [shown(value) for value in values]


def batched(rows: Iterable[Row | Fault]) -> Iterator[Batch]:
    """Rows in batches."""
    rows = iter(rows)
    while batch := list(islice(rows, ROWS)):
        yield batch


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.datetime):
        return _instant(value)
    if isinstance(value, bytes):
        # No kind of column takes what begins so.
        return f"#{value.hex()}"
    if isinstance(value, dict | list):
        # Numbers within have their mark too, and their digits.
        return _TYPED_WITHIN.sub(r"\1", json.dumps(value, ensure_ascii=False, default=str))
    return str(value)


def _instant(value: dt.datetime) -> str:
    offset = value.utcoffset()
    # Local mean times of long ago have seconds in their offset, which ISO has not.
    odd = offset is not None and offset.seconds % 60
    return (value.astimezone(dt.UTC) if odd else value).isoformat(" ")
