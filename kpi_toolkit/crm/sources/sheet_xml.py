"""The XML of a workbook's parts as it comes: shared strings, the rows of a sheet, merged ranges.

Read by expat without a tree: openpyxl's own reading takes three times as long, and tells neither
formulas without a stored result nor merged cells.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

LAST_ROW, LAST_COLUMN = 1 << 20, 1 << 14
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})\Z", re.ASCII)
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']([A-Z]+[0-9]+:[A-Z]+[0-9]+)[\"']")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PIECE = 1 << 16


@dataclass(slots=True)
class Cell:
    """A cell as it stands: its type, the number of its style, its text, if it has a formula."""

    kind: str
    style: int
    text: str | None = None
    formula: bool = False


XmlRow = tuple[int, dict[int, Cell]]


def strings(data: IO[bytes]) -> list[str]:
    """The shared strings of a workbook. Raises ExpatError."""
    reader = _Texts()
    for _ in _parsed(reader, data):
        pass
    return reader.texts


def rows(data: IO[bytes]) -> Iterator[XmlRow]:
    """Each row's number and its cells by column, of which A is 0. Raises ExpatError, ValueError."""
    reader = _Rows()
    for _ in _parsed(reader, data):
        yield from reader.rows
        reader.rows.clear()


def merged(data: IO[bytes]) -> list[tuple[int, int, int, int]]:
    """Merged ranges: first and last row, first and last column."""
    found: list[tuple[int, int, int, int]] = []
    rest = b""
    while piece := data.read(_PIECE):
        piece = rest + piece
        end = 0
        for match in _MERGED.finditer(piece):
            first, last = (_place(name) for name in match[1].decode().split(":"))
            found.append((first[0], last[0], first[1], last[1]))
            end = match.end()
        rest = piece[max(end, len(piece) - 256) :]
    return found


def letters(column: int) -> str:
    """The name of a column."""
    found, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


class _Reader:
    """Text of the elements that hold it; what is read aloud of Japanese names is none."""

    holders: tuple[str, ...] = ("t",)

    def __init__(self) -> None:
        self.held: list[str] | None = None
        self.aloud = False

    def start(self, tag: str, given: dict[str, str]) -> None:
        if tag == "rPh":
            self.aloud = True
        elif tag in self.holders and not self.aloud:
            self.held = []

    def text(self, text: str) -> None:
        if self.held is not None:
            self.held.append(text)

    def end(self, tag: str) -> None:
        if tag == "rPh":
            self.aloud = False


class _Texts(_Reader):
    """<si><t>Ann</t></si>, or in runs <si><r><t>An</t></r><r><t>n</t></r></si>."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.runs: list[str] = []

    def end(self, tag: str) -> None:
        super().end(tag)
        if tag == "t" and self.held is not None:
            self.runs += self.held
            self.held = None
        elif tag == "si":
            self.texts.append(unescaped("".join(self.runs)))
            self.runs = []


class _Rows(_Reader):
    """<row r="7"><c r="B7" s="1" t="s"><f>A7</f><v>4</v></c></row>."""

    holders = ("v", "t")

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[XmlRow] = []
        self.row, self.column = 0, -1
        self.cells: dict[int, Cell] = {}
        self.cell = Cell("", 0)

    def start(self, tag: str, given: dict[str, str]) -> None:
        if tag == "c":
            place = given.get("r")
            self.column = _place(place)[1] if place else self.column + 1
            self.cell = Cell(given.get("t", "n"), int(given.get("s", "0")))
        elif tag == "f":
            self.cell.formula = True
        elif tag == "row":
            self.row, self.column, self.cells = _next(self.row, given.get("r")), -1, {}
        else:
            super().start(tag, given)

    def end(self, tag: str) -> None:
        if tag in self.holders and self.held is not None:
            self.cell.text = (self.cell.text or "") + "".join(self.held)
            self.held = None
        elif tag == "c":
            self.cells[self.column] = self.cell
        elif tag == "row":
            self.rows.append((self.row, self.cells))
        else:
            super().end(tag)


def unescaped(text: str) -> str:
    """A character that XML cannot hold is written _x000D_."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _parsed(reader: _Reader, data: IO[bytes]) -> Iterator[None]:
    """Pieces that the reader has been told of."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda tag, given: reader.start(tag.rpartition(":")[2], given)
    parser.EndElementHandler = lambda tag: reader.end(tag.rpartition(":")[2])
    parser.CharacterDataHandler = reader.text
    while piece := data.read(_PIECE):
        parser.Parse(piece)
        yield
    parser.Parse(b"", True)
    yield


def _next(row: int, given: str | None) -> int:
    found = int(given) if given else row + 1
    if not row < found <= LAST_ROW:
        raise ValueError(f"row {found} stands after row {row}")
    return found


def _place(name: str) -> tuple[int, int]:
    """The row and column of B7."""
    found = _PLACE.match(name)
    column = 0
    for letter in found[1] if found else "":
        column = column * 26 + ord(letter) - 64
    if not found or column > LAST_COLUMN:
        raise ValueError(f"{name!r} is no cell")
    return int(found[2]), column - 1
