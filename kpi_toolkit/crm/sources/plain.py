"""Delimited text, most of which is plain, into columns; what is not plain goes record by record
through the exact reader, which starts at its line and stops before the next plain one.
"""

import io
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Protocol

import numpy as np

from kpi_toolkit.crm.sources.block import Block
from kpi_toolkit.crm.sources.settled import composed, is_composed
from kpi_toolkit.crm.sources.stream import ROWS, Batch, Columns, Fault, Row

CHARACTERS = 1 << 20  # of a block


class Text(Protocol):
    """What lines are read from."""

    def readline(self, limit: int) -> str:
        """The next line with its end, or `limit` characters of it; "" behind the last."""
        ...


class Records(Protocol):
    """The exact reader: rows and faults, and the number of the last line that it took."""

    @property
    def number(self) -> int:
        """Of the last line that was taken."""
        ...

    def __iter__(self) -> "Iterator[Row | Fault]": ...

    def __next__(self) -> "Row | Fault": ...


@dataclass(frozen=True)
class Plain:
    """What is plain, and who reads the rest: `exact` is given lines, and the number of the line
    before them.
    """

    delimiter: str
    quote: str
    width: int
    forbidden: Sequence[str]
    longest: int
    exact: Callable[[Text, int], Records]

    @property
    def possible(self) -> bool:
        """Whether plain lines can be told at all: marks of one byte, and two columns or more, since
        a blank line of one is no record.
        """
        marks = self.delimiter + self.quote
        return self.width > 1 and marks.isascii() and self.delimiter != self.quote

    def batches(self, handle: IO[str], number: int) -> Iterator[Batch]:
        """All rows and faults of a text whose line ends stand as they were written; `number` lines
        stand before it.
        """
        data, final = b"", False
        while not final:
            more = handle.read(CHARACTERS).encode("utf-8", "surrogatepass")
            data, final = data + more, not more
            whole = data[: data.rfind(b"\n") + 1]
            if final and data != whole:
                whole = data + b"\n"
            if _has_long_line(more, final) or _has_lone_return(whole):
                yield from self._exactly(_Rest(data, handle), number)
                return
            if whole:
                columns, taken, lines = self._columns(whole, number, final)
                yield columns
                data, number = data[taken:], number + lines

    def _columns(self, data: bytes, number: int, final: bool) -> tuple[Columns, int, int]:
        """The rows of whole lines, and how many bytes and lines they took."""
        import pyarrow as pa

        block = Block(data, self.delimiter, self.quote, self.width)
        marks = [mark.encode("utf-8", "surrogatepass") for mark in self.forbidden]
        block.forbid(marks, self.longest)
        others, lines = self._others(block, number, final)
        cells = block.cells()
        cells.settle()
        if rows := [record for record in others if not isinstance(record, Fault)]:
            cells.add([line - number - 1 for line, _ in rows], [texts for _, texts in rows])
        faults = tuple(record for record in others if isinstance(record, Fault))
        texts = cells.arrays()
        if not is_composed(data):
            texts = {n: composed(column) for n, column in texts.items()}
        columns = Columns(pa.array(cells.lines + (number + 1)), texts, faults)
        return columns, int(block.ends[lines - 1]) + 1 if lines else 0, lines

    def _others(self, block: Block, number: int, final: bool) -> "tuple[list[Row | Fault], int]":
        """The records that begin on a line that is not plain, and how many lines are done: the last
        record may need lines of the next block.
        """
        found: list[Row | Fault] = []
        done, count = 0, len(block.plain)
        for first in np.flatnonzero(~block.plain).tolist():
            if first < done:
                continue
            lines = _Lines(block, first)
            records = self.exact(lines, number + first)
            done = count
            for record in records:
                if lines.ended and isinstance(record, Fault) and not final:
                    block.plain[first:] = False
                    return found, record.line - number - 1
                found.append(record)
                done = records.number - number
                if done == count or block.plain[done]:
                    break
            else:
                done = count
            block.plain[first:done] = False
        return found, count

    def _exactly(self, text: Text, number: int) -> Iterator[Batch]:
        """All that is left, by the exact reader."""
        records = self.exact(text, number)
        while batch := list(itertools.islice(records, ROWS)):
            yield batch


class _Lines:
    """The lines of a block from one on, as text; `ended` when more were wanted."""

    def __init__(self, block: Block, first: int) -> None:
        self.block, self.next, self.ended = block, first, False

    def readline(self, limit: int) -> str:
        if self.next == len(self.block.plain):
            self.ended = True
            return ""
        start, end = self.block.starts[self.next], self.block.ends[self.next] + 1
        self.next += 1
        return self.block.data[start:end].decode("utf-8", "surrogatepass")


class _Rest:
    """What was read of a text, and what is left of it."""

    def __init__(self, data: bytes, handle: IO[str]) -> None:
        # A CR and its LF belong together.
        whole = data.decode("utf-8", "surrogatepass")
        while whole.endswith("\r") and (after := handle.read(1)):
            whole += after
        self.read = io.StringIO(whole, newline="")
        self.handle = handle

    def readline(self, limit: int) -> str:
        line = self.read.readline(limit)
        if len(line) == limit or line.endswith(("\n", "\r")):
            return line
        return line + self.handle.readline(limit - len(line))


def _has_long_line(more: bytes, final: bool) -> bool:
    """Whether a line is longer than what is read at once, so that no block would hold it."""
    return not final and b"\n" not in more


def _has_lone_return(data: bytes) -> bool:
    """Whether a CR ends a line alone, so that lines are not what stands between LFs."""
    returns = data.count(b"\r")
    return returns > 0 and returns != data.count(b"\r\n")
