"""Where the cells of plain lines lie in a block of text; every line that is not plain is told.

A line is plain when csv.reader would take it alone for one record of the right width: each quote
opens or closes a whole cell or is doubled, and nothing that is forbidden stands in it.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kpi_toolkit.crm.casting import TRIMMED

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    Whole = npt.NDArray[np.int64]
    Truth = npt.NDArray[np.bool_]

_LINE_END, _RETURN = 10, 13
_SHORT = 12  # Arrow holds the text of a cell of up to twelve bytes in its view
_MASKS = [(1 << 8 * n) - 1 for n in range(9)]
_TRIM_FIRST = {c.encode()[0] for c in TRIMMED}
_TRIM_LAST = {c.encode()[-1] for c in TRIMMED}


class Block:
    """Complete lines in UTF-8, without a CR that ends a line alone.

    `starts` and `ends` are where each line begins and where its line end stands, `plain` which
    lines are plain; whoever reads a line otherwise takes it out of `plain`.
    """

    def __init__(self, data: bytes, delimiter: str, quote: str, width: int) -> None:
        import numpy as np

        self.data, self.width = data, width
        self.bytes = np.frombuffer(data, np.uint8)
        self.delimiter = ord(delimiter)
        self.quote = ord(quote) if quote and quote.encode() in data else None
        marks = (self.bytes == self.delimiter) | (self.bytes == _LINE_END)
        if self.quote is not None:
            marks |= self.bytes == self.quote
        self.at = np.flatnonzero(marks)
        self.kinds = self.bytes[self.at]
        self.last = np.flatnonzero(self.kinds == _LINE_END)
        self.ends = self.at[self.last]
        self.starts = np.concatenate(([0], self.ends[:-1] + 1))
        self.line = np.repeat(np.arange(len(self.last)), np.diff(self.last, prepend=-1))
        self.plain = np.ones(len(self.last), bool)
        self.separators = np.ones(len(self.at), bool)
        if self.quote is not None:
            self._judge_quotes()
        found = np.cumsum(self.separators)[self.last]
        self.plain &= np.diff(found, prepend=0) == width

    def _judge_quotes(self) -> None:
        """Every other quote of a line opens: before it a cell begins, after the next one it ends,
        or the two are a doubled quote.
        """
        import numpy as np

        quotes = self.kinds == self.quote
        self.seen = np.cumsum(quotes)
        self.before = np.concatenate(([0], self.seen[self.last][:-1]))
        inside = ((self.seen - self.before[self.line]) & 1).astype(bool)
        self.separators = ~quotes & ~inside
        opening, closing = np.flatnonzero(quotes & inside), np.flatnonzero(quotes & ~inside)
        # Before the first byte stands the last one, a line end.
        begins = self._among(self.bytes[self.at[opening] - 1], (_LINE_END,))
        finishes = self._among(self.bytes[self.at[closing] + 1], (_LINE_END, _RETURN))
        self.plain[self.line[opening[~begins]]] = False
        self.plain[self.line[closing[~finishes]]] = False
        self.plain[inside[self.last]] = False

    def _among(self, neighbours: "npt.NDArray[np.uint8]", ends: tuple[int, ...]) -> "Truth":
        return _table((self.delimiter, self.quote or 0, *ends))[neighbours]

    def forbid(self, marks: Iterable[bytes], longest: int) -> None:
        """Lines that hold one of the marks, or more than so many bytes, are not plain."""
        self.plain &= self.ends - self.starts <= longest
        for mark in marks:
            at = self.data.find(mark)
            while at >= 0:
                line = int(self.ends.searchsorted(at))
                self.plain[line] = False
                at = self.data.find(mark, int(self.ends[line]))

    def cells(self) -> "Spans":
        """The cells of the plain lines, a row each."""
        import numpy as np

        chosen = self.separators & self.plain[self.line]
        stops = self.at[chosen].reshape(-1, self.width).T.copy()
        lines = np.flatnonzero(self.plain)
        starts = np.empty_like(stops)
        starts[0], starts[1:] = self.starts[lines], stops[:-1] + 1
        stops[-1] -= self.bytes[stops[-1] - 1] == _RETURN
        spans = Spans(self.data, starts, stops)
        if self.quote is None:
            return spans
        seen = self.seen[chosen].reshape(-1, self.width).T
        return spans.unquoted(np.diff(seen, axis=0, prepend=self.before[lines][None]), self.quote)


class Spans:
    """Cells as places in a text, `starts` and `stops` with a row for each column.

    A text that does not stand there as it is meant is written behind the text.
    """

    def __init__(self, data: bytes, starts: "Whole", stops: "Whole") -> None:
        import numpy as np

        self.data, self.starts, self.stops = data, starts, stops
        self.bytes = np.frombuffer(data, np.uint8)
        self.written: list[bytes] = []
        self.size = len(data)

    def unquoted(self, quotes: "Whole", quote: int) -> "Spans":
        """The same without the quotes around cells, and each doubled one once."""
        quoted = quotes > 0
        self.starts += quoted
        self.stops -= quoted
        once, twice = bytes([quote]), bytes([quote, quote])
        for column, row in zip(*(quotes > 2).nonzero(), strict=True):
            text = self.data[self.starts[column, row] : self.stops[column, row]]
            self._write(column, row, text.replace(twice, once))
        return self

    def trimmed(self) -> "Spans":
        """The same without blanks around the texts."""
        full = self.stops > self.starts
        standing = full & (self.starts < len(self.data))
        suspect = _table(_TRIM_FIRST)[self.bytes[self.starts * standing]]
        suspect |= _table(_TRIM_LAST)[self.bytes[self.stops * standing - 1]]
        ...
        return self

    def _write(self, column: int, row: int, text: bytes) -> None:
        self.written.append(text)
        self.starts[column, row], self.size = self.size, self.size + len(text)
        self.stops[column, row] = self.size
