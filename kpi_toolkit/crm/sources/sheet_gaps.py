"""What a sheet's XML tells beside its values: formulas whose result was never stored, and merged
cells, of which only the first has the value. Both would be read as empty cells.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.parsers import expat

_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})\Z", re.ASCII)
_TOLD = re.compile(rb"<(?:\w+:)?(?:f|mergeCell)[\s/>]")
_PIECE = 1 << 20


@dataclass
class Gaps:
    """The first cell without a stored result of each row, and merged ranges: first and last row,
    first and last column; in the end from the last to the first.
    """

    unknown: dict[int, int] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    _near: list[tuple[int, int, int, int]] = field(default_factory=list)

    def reason(self, row: int, width: int) -> str:
        """Why a row cannot be read as it stands, "" when it can; to be asked row after row."""
        if self.unknown.get(row, width) < width:
            name = f"{_letters(self.unknown[row])}{row}"
            return f"the formula in {name} has no stored result; open it in Excel and save it"
        while self.merged and self.merged[-1][0] <= row:
            self._near.append(self.merged.pop())
        self._near = [found for found in self._near if found[1] >= row]
        for top, _, left, right in self._near:
            if left < width and (row > top or right > left):
                first = f"{_letters(left)}{top}"
                return f"merged cells, of which only {first} has a value; unmerge and fill them"
        return ""


def gaps_of(path: Path, sheet: str) -> Gaps:
    """The gaps of one sheet, by its name within the workbook's archive."""
    gaps = Gaps()
    with zipfile.ZipFile(path) as archive:
        with archive.open(sheet) as data:
            if not any(_TOLD.search(piece) for piece in _pieces(data)):
                return gaps
        with archive.open(sheet) as data:
            _Reader(gaps).read(data)
    gaps.merged.sort(reverse=True)
    return gaps


def _pieces(data: IO[bytes]) -> Iterator[bytes]:
    last = b""
    while piece := data.read(_PIECE):
        yield last + piece
        last = piece[-64:]


class _Reader:
    """Elements of a sheet: <c r="B7"><f>A7*2</f><v>4</v></c> ... <mergeCell ref="A2:A4"/>."""

    def __init__(self, gaps: Gaps) -> None:
        self.gaps = gaps
        self.cell, self.kind = "", ""
        self.formula = self.stored = self.within = False
        self.row = self.column = 0

    def read(self, data: IO[bytes]) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.ParseFile(data)

    def _start(self, tag: str, given: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "row":
            self.row, self.column = int(given.get("r", self.row + 1)), -1
        elif name == "c":
            self.kind = given.get("t", "")
            place = _CELL.match(given.get("r", ""))
            self.column = _number(place[1]) if place else self.column + 1
            self.formula = self.stored = False
        elif name == "f":
            self.formula = True
        elif name == "v":
            self.within = True
            # An empty text is a result too.
            self.stored = self.kind == "str"
        elif name == "mergeCell":
            self._merge(given.get("ref", ""))

    def _text(self, text: str) -> None:
        self.stored = self.stored or self.within

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "v":
            self.within = False
        elif name == "c" and self.formula and not self.stored:
            self.gaps.unknown.setdefault(self.row, self.column)

    def _merge(self, ref: str) -> None:
        first, _, last = ref.partition(":")
        start, end = _CELL.match(first), _CELL.match(last or first)
        if start and end:
            self.gaps.merged.append(
                (int(start[2]), int(end[2]), _number(start[1]), _number(end[1]))
            )


def _number(letters: str) -> int:
    """Column A is 0."""
    found = 0
    for letter in letters:
        found = found * 26 + ord(letter) - 64
    return found - 1


def _letters(number: int) -> str:
    found, number = "", number + 1
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(65 + rest) + found
    return found
