"""A block of lines of delimited text, and which of its lines are plain.

A line is plain when csv.reader would take it alone for one record of the right width: each of its
quotes opens or closes a whole cell or is doubled, and nothing that is forbidden stands in it.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from kpi_toolkit.crm.sources.cells import Cells

_LINE_END, _RETURN = 10, 13


class Block:
    """Complete lines in UTF-8, each ended by LF or CRLF; no CR stands anywhere else.

    `starts` and `ends` are where each line begins and where its LF stands; `plain` is by line, and
    a line that is read in another way is taken out of it.
    """

    def __init__(self, data: bytes, delimiter: str, quote: str, width: int) -> None:
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
            self._judge_quotes(self.quote)
        found = np.cumsum(self.separators)[self.last]
        self.plain &= np.diff(found, prepend=0) == width

    def _judge_quotes(self, quote: int) -> None:
        """Quotes open and close in turn: where one opens, a cell begins, and where one closes, it
        ends; or the two are one doubled quote.
        """
        quotes = self.kinds == quote
        self.seen = np.cumsum(quotes)
        self.before = np.concatenate(([0], self.seen[self.last][:-1]))
        inside = ((self.seen - self.before[self.line]) & 1).astype(bool)
        self.separators = ~quotes & ~inside
        opening, closing = np.flatnonzero(quotes & inside), np.flatnonzero(quotes & ~inside)
        beside = np.zeros(256, bool)
        beside[[self.delimiter, quote, _LINE_END]] = True
        # Before the first byte of the block stands its last one, a line end.
        begins = beside[self.bytes[self.at[opening] - 1]]
        beside[_RETURN] = True
        finishes = beside[self.bytes[self.at[closing] + 1]]
        self.plain[self.line[opening[~begins]]] = False
        self.plain[self.line[closing[~finishes]]] = False
        self.plain[inside[self.last]] = False

    def forbid(self, marks: Iterable[bytes], longest: int) -> None:
        """Lines that hold one of the marks, or more than so many bytes, are not plain."""
        self.plain &= self.ends - self.starts <= longest
        least, greatest = self.bytes.min(), self.bytes.max()
        for mark in marks:
            at = self.data.find(mark) if least <= mark[0] <= greatest else -1
            while at >= 0:
                line = int(self.ends.searchsorted(at))
                self.plain[line] = False
                at = self.data.find(mark, int(self.ends[line]))

    def cells(self) -> Cells:
        """The cells of the plain lines; lines count from 0."""
        chosen = self.separators & self.plain[self.line]
        lines = np.flatnonzero(self.plain)
        stops = np.ascontiguousarray(self._by_column(self.at[chosen]))
        starts = np.empty_like(stops)
        starts[0], starts[1:] = self.starts[lines], stops[:-1] + 1
        stops[-1] -= self.bytes[stops[-1] - 1] == _RETURN
        cells = Cells(self.data, lines, starts, stops)
        if self.quote is not None:
            seen = self._by_column(self.seen[chosen])
            quotes = np.diff(seen, axis=0, prepend=self.before[lines][None])
            cells.unquote(quotes, self.quote)
        return cells

    def _by_column(self, found: "npt.NDArray[np.int64]") -> "npt.NDArray[np.int64]":
        return found.reshape(-1, self.width).T
