"""Cells as places in a text -> Arrow columns that show the text where it stands, without a copy."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from kpi_toolkit.crm.casting import TRIMMED

if TYPE_CHECKING:
    import pyarrow as pa

Whole = npt.NDArray[np.int64]
_SHORT = 12  # a text of up to twelve bytes stands in its view, a longer one is shown there
_BEGINNING = np.array([(1 << 8 * min(n, 4)) - 1 << 32 for n in range(13)], np.uint64)
_REST = np.array([(1 << 8 * max(n - 4, 0)) - 1 for n in range(13)], np.uint64)
_BEFORE = bytes(4)


def _table(values: "set[int]") -> "npt.NDArray[np.bool_]":
    found = np.zeros(256, bool)
    found[list(values)] = True
    return found


_BLANKS = [blank.encode() for blank in TRIMMED]
_FIRST, _LAST = (_table({blank[at] for blank in _BLANKS}) for at in (0, -1))


class Cells:
    """Rows of cells: the line of each row, and where each cell starts and stops, a row of the
    arrays for each column.

    A text that does not stand in the data as it is meant is written behind it.
    """

    def __init__(self, data: bytes, lines: Whole, starts: Whole, stops: Whole) -> None:
        self.data, self.lines, self.starts, self.stops = data, lines, starts, stops
        self.doubled = np.zeros(starts.shape, bool)
        self.quote = b""
        self.written: list[bytes] = []
        self.size = len(data)

    def unquote(self, quotes: Whole, quote: int) -> None:
        """Leave out the quotes around cells, of which `quotes` tells how many each one holds."""
        quoted = quotes > 0
        self.starts += quoted
        self.stops -= quoted
        self.doubled, self.quote = quotes > 2, bytes([quote])

    def settle(self) -> None:
        """Trim the texts, and make each doubled quote one."""
        read = np.frombuffer(self.data, np.uint8)
        padded = _FIRST[read[self.starts]] | _LAST[read[self.stops - 1]]
        padded &= self.stops > self.starts
        where = np.flatnonzero(padded | self.doubled)
        once, twice = self.quote, self.quote * 2
        marks = (self.starts, self.stops, self.doubled, padded)
        found = zip(*(mark.ravel()[where].tolist() for mark in marks), strict=True)
        places = []
        for start, stop, is_doubled, is_padded in found:
            text = self.data[start:stop]
            text = text.replace(twice, once) if is_doubled else text
            places.append(self._written(_trimmed(text) if is_padded else text))
        settled = np.array(places, np.int64).reshape(-1, 2)
        self.starts.flat[where], self.stops.flat[where] = settled[:, 0], settled[:, 1]

    def add(self, lines: Sequence[int], rows: Sequence[Sequence[str]]) -> None:
        """More rows, from text; all are put into the order of their lines."""
        places = [[self._written(text.strip(TRIMMED).encode()) for text in row] for row in rows]
        more = np.array(places, np.int64).transpose(2, 1, 0)
        order = np.argsort(np.concatenate([self.lines, lines]))
        self.lines = np.concatenate([self.lines, lines])[order]
        self.starts = np.concatenate([self.starts, more[0]], axis=1)[:, order]
        self.stops = np.concatenate([self.stops, more[1]], axis=1)[:, order]

    def _written(self, text: bytes) -> tuple[int, int]:
        self.written.append(text)
        start, self.size = self.size, self.size + len(text)
        return start, self.size

    def arrays(self) -> "dict[int, pa.Array]":
        """A column of string views each, by its position, all into one buffer."""
        text = b"".join([_BEFORE, self.data, *self.written, bytes(16)])
        places = zip(self.starts + len(_BEFORE), self.stops + len(_BEFORE), strict=True)
        return {n: _views(text, *found) for n, found in enumerate(places)}


def _trimmed(text: bytes) -> bytes:
    return text.decode().strip(TRIMMED).encode()


def _views(text: bytes, starts: Whole, stops: Whole) -> "pa.Array":
    """Of each text 16 bytes: its size in four; then itself, or its first four and its place."""
    import pyarrow as pa

    # The bytes from four before a text on are laid out as its view is, but for the size.
    around = np.lib.stride_tricks.as_strided(
        np.frombuffer(text, "V16", 1), (len(text) - 15,), (1,), writeable=False
    )
    views = around[starts - 4].view(np.uint64).reshape(-1, 2)
    sizes = stops - starts
    shown = np.minimum(sizes, _SHORT)
    views[:, 0] &= _BEGINNING[shown]
    views[:, 0] |= sizes.view(np.uint64)
    views[:, 1] &= _REST[shown]
    long = np.flatnonzero(sizes > _SHORT)
    views[long, 1] = starts[long].view(np.uint64) << 32
    buffers = [None, pa.py_buffer(views), pa.py_buffer(text)]
    return pa.Array.from_buffers(pa.string_view(), len(starts), buffers)
