"""An Excel workbook -> the rows of one sheet, with Excel's own row numbers. Formulas give the
result that Excel has stored.
"""

import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from xml.parsers.expat import ExpatError

from kpi_toolkit.crm.casting import TYPED
from kpi_toolkit.crm.sources import packed, sheet_xml
from kpi_toolkit.crm.sources.sheet_xml import Cell, XmlRow
from kpi_toolkit.crm.sources.stream import LONGEST_SHOWN, Batch, Fault, File, Row
from kpi_toolkit.crm.sources.typed_cells import Typed, batched, judged, shown
from kpi_toolkit.errors import DataError, first_line, near_misses

if TYPE_CHECKING:
    from openpyxl import Workbook

# The head of what Excel wrote before 2007, and of a workbook with a password.
_OLE = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class _Book:
    """What a sheet's cells refer to; `sheets` are the parts of the archive by their titles."""

    archive: zipfile.ZipFile
    styles: "Workbook"
    sheets: dict[str, str]
    strings: list[str]
    forms: "dict[int, int | Callable[[float], Any]]" = field(default_factory=dict)


def excel(file: File) -> Iterator[Batch]:
    """The header and the rows below it; `skip` leaves out rows above. Raises DataError."""
    from openpyxl.utils.exceptions import InvalidFileException

    damages = (*packed.DAMAGES, ExpatError, SyntaxError, KeyError, TypeError, AttributeError)
    with packed.unpacked(file) as path:
        _check(file, path)
        try:
            with zipfile.ZipFile(path) as archive:
                yield from _batches(file, archive)
        except (*damages, IndexError, InvalidFileException) as error:
            raise DataError(
                f"{file.name}: it is damaged, or not an .xlsx workbook: {first_line(error)}"
            ) from None


def old_excel(file: File) -> NoReturn:
    """What only Excel itself reads. Raises DataError."""
    raise DataError(f"{file.name}: save it as .xlsx (in Excel: File, Save as, Excel workbook)")


def _check(file: File, path: Path) -> None:
    try:
        with path.open("rb") as data:
            old = data.read(4) == _OLE
    except OSError as error:
        raise DataError(f"{file.path}: {error.strerror}") from None
    if old:
        raise DataError(
            f"{file.name}: it has a password, or is an old .xls; open it in Excel and save it as "
            ".xlsx without a password"
        )


def _batches(file: File, archive: zipfile.ZipFile) -> Iterator[Batch]:
    infos = archive.infolist()
    size = sum(info.file_size for info in infos)
    packed.check_swell(file, sum(info.compress_size for info in infos), size)
    book = _book(archive)
    sheet = book.sheets[_title(file, book.sheets)]
    with archive.open(sheet) as data:
        merged = sheet_xml.merged(data)
    with archive.open(sheet) as data:
        rows = (row for row in sheet_xml.rows(data) if row[0] > file.skip)
        filled = (row for row in rows if any(_is_filled(cell) for cell in row[1].values()))
        header = list(file.header) or _header(next(filled, (0, {})), book)
        if not header:
            raise DataError(f"{file.name}: it is empty")
        yield [(0, header)]
        reader = _Rows(book, len(header), merged)
        yield from batched(map(reader.row, filled))


def _book(archive: zipfile.ZipFile) -> _Book:
    """The parts of a workbook. What openpyxl knows of all kinds of them is asked of it; its own
    reading of sheets and strings is slow.
    """
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.styles.stylesheet import apply_stylesheet
    from openpyxl.xml.constants import SHARED_STRINGS

    with warnings.catch_warnings(action="ignore"):
        reader = ExcelReader(archive.fp, read_only=True, data_only=True)
        reader.read_manifest()
        reader.read_workbook()
        apply_stylesheet(archive, reader.wb)
        parts = [(sheet.name, rel) for sheet, rel in reader.parser.find_sheets()]
    sheets = {title: rel.target for title, rel in parts if "chartsheet" not in rel.Type}
    shared = reader.package.find(SHARED_STRINGS)
    if shared is None:
        return _Book(archive, reader.wb, sheets, [])
    with archive.open(shared.PartName[1:]) as data:
        return _Book(archive, reader.wb, sheets, sheet_xml.strings(data))


def _title(file: File, sheets: dict[str, str]) -> str:
    if file.sheet and file.sheet not in sheets:
        raise DataError(f"{file.name}: sheet {file.sheet!r}: {near_misses(file.sheet, sheets)}")
    if not file.sheet and len(sheets) != 1:
        raise DataError(
            f"{file.name}: it has {len(sheets)} sheets ({', '.join(sheets)}): declare sheet = ..."
        )
    return file.sheet or next(iter(sheets))


def _header(row: XmlRow, book: _Book) -> list[str]:
    names = {n: shown(_value(cell, book)).lstrip(TYPED) for n, cell in row[1].items()}
    filled = [n for n, text in names.items() if text]
    return [names.get(n, "") for n in range(max(filled, default=-1) + 1)]


def _is_filled(cell: Cell) -> bool:
    return cell.formula or cell.text not in (None, "")


class _Rows:
    """Rows of a sheet as text, asked for one after the other."""

    def __init__(self, book: _Book, width: int, merged: list[tuple[int, int, int, int]]) -> None:
        self.book, self.width = book, width
        self.merged = sorted(merged, reverse=True)
        self.near: list[tuple[int, int, int, int]] = []

    def row(self, found: XmlRow) -> Row | Fault:
        number, cells = found
        values = {n: _value(cell, self.book) for n, cell in cells.items()}
        reason = self._beside(cells) or self._unknown(number, cells) or self._merged(number)
        if reason:
            every = range(max(values) + 1)
            told = ", ".join(shown(values.get(n)).lstrip(TYPED) for n in every)
            return Fault(number, told[:LONGEST_SHOWN], reason)
        return judged(number, [values.get(n) for n in range(self.width)])

    def _beside(self, cells: dict[int, Cell]) -> str:
        last = max(n for n, cell in cells.items() if _is_filled(cell)) + 1
        return f"{last} cells, where the header has {self.width}" if last > self.width else ""

    def _unknown(self, number: int, cells: dict[int, Cell]) -> str:
        """An empty text is a result, no value is none."""
        for n, cell in cells.items():
            if cell.formula and not cell.text and (cell.kind != "str" or cell.text is None):
                name = f"{sheet_xml.letters(n)}{number}"
                return f"the formula in {name} has no stored result; open it in Excel and save it"
        return ""

    def _merged(self, number: int) -> str:
        while self.merged and self.merged[-1][0] <= number:
            self.near.append(self.merged.pop())
        self.near = [found for found in self.near if found[1] >= number]
        for top, _, left, right in self.near:
            if left < self.width and (number > top or right > left):
                first = f"{sheet_xml.letters(left)}{top}"
                return f"merged cells, of which only {first} has a value; unmerge and fill them"
        return ""


def _value(cell: Cell, book: _Book) -> Any:
    """A cell's value; an error such as #N/A is typed, and no kind of column takes it."""
    text = cell.text
    if text is None or (text == "" and cell.kind != "e"):
        return None
    if cell.kind == "s":
        return book.strings[int(text)]
    if cell.kind in ("str", "inlineStr"):
        return sheet_xml.unescaped(text)
    if cell.kind == "b":
        return text in ("1", "true")
    return _number(text, cell.style, book) if cell.kind == "n" else Typed(TYPED + text)


def _number(text: str, style: int, book: _Book) -> Any:
    """A number, the moment that it counts, or what its format shows as 007."""
    number = int(text) if text.lstrip("-").isdigit() else float(text)
    form = book.forms.get(style)
    if form is None:
        form = book.forms[style] = _form(style, book.styles)
    if isinstance(form, int):
        if form < 2 or isinstance(number, float):
            return number
        return Typed(f"{TYPED}{'-' if number < 0 else ''}{str(abs(number)).zfill(form)}")
    try:
        return form(number)
    except (OverflowError, ValueError):
        return Typed(f"{TYPED}#{text}")


def _form(style: int, styles: Any) -> "int | Callable[[float], Any]":
    """Of a style: what makes its numbers moments, or how many digits it shows at least."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
    from openpyxl.utils.datetime import from_excel

    if style in styles._date_formats:
        lasting = style in styles._timedelta_formats
        return partial(from_excel, epoch=styles.epoch, timedelta=lasting)
    known = styles._cell_styles[style].numFmtId if style else 0
    own = known - BUILTIN_FORMATS_MAX_SIZE
    shape = styles._number_formats[own] if own >= 0 else BUILTIN_FORMATS.get(known, "")
    return len(shape) if set(shape) == {"0"} else 0
