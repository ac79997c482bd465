"""Delimited text -> rows with their line numbers; a line that cannot be split is named and costs no
other line.
"""

import codecs
import csv
import itertools
import re
from collections import deque
from collections.abc import Callable, Iterator
from io import TextIOWrapper
from typing import IO, TYPE_CHECKING, Literal

from kpi_toolkit.crm.casting import TYPED
from kpi_toolkit.crm.sources import misread, packed
from kpi_toolkit.crm.sources.stream import LONGEST_SHOWN, ROWS, Batch, Fault, File, Row
from kpi_toolkit.errors import DataError

if TYPE_CHECKING:
    from kpi_toolkit.crm.sources.plain import Plain, Text

MOST_LINES, MOST_CHARACTERS = (
    200,
    1 << 20,
)  # a record longer than this is a quote that was never closed
SPACES = "spaces"  # a delimiter of any run of blanks
MOST_IN_A_LINE = 1 << 24  # a longer line is not kept in memory
# Lone surrogates, which no decoder gives.
UNDECODABLE, CUT = "\udcff", "\udcfe"
BOMS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
}
_BLANKS = re.compile(r'("(?:[^"]|"")*")|[ \t]+')
FORBIDDEN = {
    "\0": "NUL byte",
    TYPED: "control character \\x02",
    UNDECODABLE: "bytes that are not in the declared encoding",
    CUT: f"line over {MOST_IN_A_LINE} characters",
}


def delimited(file: File) -> Iterator[Batch]:
    """The header as a batch of one row, then the rows. Raises DataError for the file as a whole."""
    csv.field_size_limit(MOST_CHARACTERS)
    with _opened(file) as handle:
        try:
            lines = _Lines(handle, file.delimiter == SPACES)
            for _ in range(file.skip):
                next(lines, None)
            lines.record.clear()
            records = _Records(lines, file, misread.hint_of(file))
            yield [_header(records)]
            plain = _plain(records)
            possible = plain.possible and file.delimiter != SPACES
            yield from plain.batches(handle, lines.number) if possible else _batches(records)
        except UnicodeError as error:
            hint = misread.hint_of(file)()
            raise DataError(f"{file.name}: it is not {file.encoding} ({error}){hint}") from None


class _Lines:
    """Physical lines for csv.reader, with those of the current record kept so that they can be read
    again.
    """

    def __init__(self, file: "Text", spaces: bool) -> None:
        self.file, self.spaces, self.number = file, spaces, 0
        self.again: deque[str] = deque()
        self.record: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.again.popleft() if self.again else self._physical()
        if not line:
            raise StopIteration
        self.number += 1
        self.record.append(line)
        if len(self.record) > MOST_LINES:
            raise csv.Error("unexpected end of data")
        return _single_spaced(line) if self.spaces else line

    def _physical(self) -> str:
        line = self.file.readline(MOST_IN_A_LINE)
        if len(line) < MOST_IN_A_LINE or line[-1] in "\r\n":
            return line
        rest = line
        while rest and rest[-1] not in "\r\n":
            rest = self.file.readline(MOST_IN_A_LINE)
        return f"{line[:LONGEST_SHOWN]}{CUT}\n"

    def read_again_from_second(self) -> None:
        """Hand out again the lines that a bad first line had swallowed."""
        self.again.extendleft(reversed(self.record[1:]))
        self.number -= len(self.record) - 1
        del self.record[1:]


class _Records:
    """Records and faults, one after the other; the first record is the header."""

    def __init__(self, lines: _Lines, file: File, hint: Callable[[], str]) -> None:
        self.lines, self.file, self.width = lines, file, len(file.header)
        self.hint = hint
        self.rows = self._reader()

    @property
    def number(self) -> int:
        """Of the last line that was taken."""
        return self.lines.number

    def __iter__(self) -> "_Records":
        return self

    def __next__(self) -> "Row | Fault":
        while True:
            start = self.lines.number + 1
            try:
                cells = next(self.rows)
            except csv.Error as error:
                return self._broken(start, str(error))
            record = self.lines.record
            whole = record[0] if len(record) == 1 else "".join(record)
            record.clear()
            # A blank line is not a record.
            if cells and (len(cells) > 1 or cells[0].strip()):
                return self._judged(start, cells, whole)

    def _reader(self) -> "Iterator[list[str]]":
        quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if self.file.quote else csv.QUOTE_NONE
        return csv.reader(
            self.lines,
            delimiter=_delimiter(self.file),
            quotechar=self.file.quote or None,
            strict=True,
            quoting=quoting,
        )

    def _broken(self, start: int, message: str) -> Fault:
        """Name this line only, and read the lines that it had swallowed again."""
        record = self.lines.record
        raw = record[0] if record else ""
        if len(record) > 1:
            self.lines.read_again_from_second()
        record.clear()
        self.rows = self._reader()
        return self._fault(start, raw, _reason(message))

    def _judged(self, start: int, cells: list[str], whole: str) -> "Row | Fault":
        reason = next((why for mark, why in FORBIDDEN.items() if mark in whole), None)
        if reason is None and self.width not in (0, len(cells)):
            reason = f"{len(cells)} fields, where the header has {self.width}"
        if reason:
            over = f", over lines {start}-{self.lines.number}" if self.lines.number > start else ""
            hint = self.hint() if UNDECODABLE in whole or "\0" in whole else ""
            return self._fault(start, whole, reason + over + hint)
        self.width = self.width or len(cells)
        return start, cells

    def _fault(self, start: int, raw: str, reason: str) -> Fault:
        if not self.width:
            raise DataError(f"{self.file.name}: line {start}, the header: {reason}")
        return Fault(start, raw.rstrip("\r\n")[:LONGEST_SHOWN], reason)


def _header(records: _Records) -> Row:
    declared = records.file.header
    header = (0, list(declared)) if declared else next(records, None)
    if header is None:
        raise DataError(f"{records.file.name}: it is empty")
    assert isinstance(header, tuple)
    return header


def _batches(records: _Records) -> Iterator[Batch]:
    while batch := list(itertools.islice(records, ROWS)):
        yield batch


def _plain(records: _Records) -> "Plain":
    """The fast reader of the rows behind a header; this one reads what it cannot."""
    from kpi_toolkit.crm.sources.plain import Plain  # with numpy, which a snapshot does not need

    file, width = records.file, records.width

    def exact(text: "Text", number: int) -> _Records:
        lines = _Lines(text, False)
        lines.number = number
        others = _Records(lines, file, records.hint)
        others.width = width
        return others

    return Plain(_delimiter(file), file.quote, width, tuple(FORBIDDEN), MOST_CHARACTERS, exact)


def _delimiter(file: File) -> str:
    if file.delimiter == SPACES:
        return " "
    return file.delimiter or ("\t" if ".tsv" in file.path.suffixes else ",")


def _reason(message: str) -> str:
    if "end of data" in message:
        return "quote never closed"
    if "expected after" in message:
        return "text after a closing quote"
    return f"field over {MOST_CHARACTERS} characters" if "field limit" in message else message


def _single_spaced(line: str) -> str:
    """Runs of blanks outside quotes as one space."""
    body = line.rstrip("\r\n")
    single = _BLANKS.sub(lambda found: found[1] or " ", body.strip(" \t"))
    return single + line[len(body) :]


def _opened(file: File) -> IO[str]:
    try:
        codec = codecs.lookup(file.encoding).name
        data = packed.opened(file)
        bom = BOMS.get(codec, b"")
        if bom and data.peek(len(bom)).startswith(bom):  # type: ignore[attr-defined]
            data.read(len(bom))
        return TextIOWrapper(data, encoding=file.encoding, errors="kpi_mark", newline="")
    except LookupError:
        raise DataError(
            f"encoding {file.encoding!r}: not known; use utf-8, cp1252, utf-16 ..."
        ) from None
    except OSError as error:
        raise DataError(f"{file.path}: {error.strerror}") from None


def _mark(error: UnicodeError) -> tuple[str, int]:
    """A lone surrogate marks the spot, in every encoding."""
    assert isinstance(error, UnicodeDecodeError)
    return UNDECODABLE, error.end


codecs.register_error("kpi_mark", _mark)
