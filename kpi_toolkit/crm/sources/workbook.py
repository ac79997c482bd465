"""An Excel workbook -> the rows of one sheet, with Excel's own row numbers. Formulas give the
result that Excel has stored.
"""

import warnings
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

from kpi_toolkit.crm.casting import TYPED
from kpi_toolkit.crm.sources import packed
from kpi_toolkit.crm.sources.sheet_gaps import Gaps, gaps_of
from kpi_toolkit.crm.sources.stream import LONGEST_SHOWN, ROWS, Batch, Fault, File, Row
from kpi_toolkit.crm.sources.typed_cells import Typed, judged, shown
from kpi_toolkit.errors import DataError, first_line, near_misses

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

_LAST_ROW = 1_048_576
# The head of what Excel wrote before 2007, and of a workbook with a password.
_OLE = b"\xd0\xcf\x11\xe0"


def excel(file: File) -> Iterator[Batch]:
    """The header and the rows below it; `skip` leaves out rows above. Raises DataError."""
    with packed.unpacked(file) as path, _bytes(file, path) as data:
        book = _opened(file, path, data)
        try:
            sheet = _sheet(file, book)
            sheet.reset_dimensions()  # some writers state a wrong size, and rows would be lost
            gaps = gaps_of(path, sheet._worksheet_path)
            yield from _batches(file, _rows(file, sheet), gaps)
        finally:
            book.close()


def sheets(file: File) -> list[str]:
    """The names of its sheets. Raises DataError."""
    with packed.unpacked(file) as path, _bytes(file, path) as data:
        return [sheet.title for sheet in _opened(file, path, data).worksheets]


def old_excel(file: File) -> NoReturn:
    """What only Excel itself reads. Raises DataError."""
    raise DataError(f"{file.name}: save it as .xlsx (in Excel: File, Save as, Excel workbook)")


def _bytes(file: File, path: Path) -> IO[bytes]:
    """Opened here, since openpyxl leaves a workbook that it cannot read open."""
    try:
        return path.open("rb")
    except OSError as error:
        raise DataError(f"{file.path}: {error.strerror}") from None


def _opened(file: File, path: Path, data: IO[bytes]) -> "Workbook":
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        if data.read(4) == _OLE:
            raise DataError(
                f"{file.name}: it has a password, or is an old .xls; open it in Excel and "
                "save it as .xlsx without a password"
            )
        with zipfile.ZipFile(path) as archive:
            size = sum(info.file_size for info in archive.infolist())
        packed.check_swell(file, path.stat().st_size, size)
        with warnings.catch_warnings(action="ignore"):
            return openpyxl.load_workbook(data, read_only=True, data_only=True)
    except (*packed.DAMAGES, KeyError, TypeError, InvalidFileException, SyntaxError) as error:
        raise DataError(
            f"{file.name}: it is damaged, or not an .xlsx workbook: {first_line(error)}"
        ) from None


def _sheet(file: File, book: "Workbook") -> "ReadOnlyWorksheet":
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    if file.sheet and file.sheet not in sheets:
        raise DataError(f"{file.name}: sheet {file.sheet!r}: {near_misses(file.sheet, sheets)}")
    if not file.sheet and len(sheets) != 1:
        raise DataError(
            f"{file.name}: it has {len(sheets)} sheets ({', '.join(sheets)}): declare sheet = ..."
        )
    return sheets[file.sheet or next(iter(sheets))]


def _rows(file: File, sheet: "ReadOnlyWorksheet") -> Iterator[tuple[int, Sequence[Any]]]:
    """Rows with their numbers; empty ones are none."""
    rows = enumerate(sheet.iter_rows(), 1)
    try:
        while True:
            # Warnings belong to everybody: they are silenced while a piece is read, not in between.
            with warnings.catch_warnings(action="ignore"):
                piece = list(islice(rows, ROWS))
            if not piece:
                return
            if piece[0][0] > _LAST_ROW:
                raise DataError(f"{file.name}: it has rows below the last one of a sheet")
            yield from (found for found in piece if any(c.value is not None for c in found[1]))
    except (*packed.DAMAGES, KeyError, TypeError, SyntaxError) as error:
        raise DataError(
            f"{file.name}: sheet {sheet.title!r} is damaged: {first_line(error)}"
        ) from None


def _batches(file: File, rows: Iterator[tuple[int, Sequence[Any]]], gaps: Gaps) -> Iterator[Batch]:
    rows = ((n, row) for n, row in rows if n > file.skip)
    header = list(file.header)
    if not header:
        _, first = next(rows, (0, ()))
        header = [shown(_value(cell)).lstrip(TYPED) for cell in first]
        while header and not header[-1]:
            header.pop()
    if not header:
        raise DataError(f"{file.name}: it is empty")
    yield [(0, header)]
    found = (_row(n, row, len(header), gaps) for n, row in rows)
    while batch := list(islice(found, ROWS)):
        yield batch


def _row(number: int, row: Sequence[Any], width: int, gaps: Gaps) -> Row | Fault:
    values = [_value(cell) for cell in row]
    reason = gaps.reason(number, width)
    if any(value is not None for value in values[width:]):
        last = max(n for n, value in enumerate(values, 1) if value is not None)
        reason = f"{last} cells, where the header has {width}"
    if reason:
        told = ", ".join(shown(value).lstrip(TYPED) for value in values)
        return Fault(number, told[:LONGEST_SHOWN], reason)
    return judged(number, [*values[:width], *[None] * (width - len(values))])


def _value(cell: Any) -> Any:
    """An error such as #N/A is typed, and no kind of column takes it; a number that its format
    shows as 007 is that; what XML cannot hold, as _x000D_, is the character.
    """
    from openpyxl.utils.escape import unescape

    value = cell.value
    if isinstance(value, str) and "_x" in value:
        value = unescape(value)
    if cell.data_type == "e" and value is not None:
        return Typed(TYPED + str(value))
    if isinstance(value, int) and not isinstance(value, bool):
        zeros = cell.number_format
        if set(zeros) == {"0"}:
            return Typed(f"{TYPED}{'-' if value < 0 else ''}{str(abs(value)).zfill(len(zeros))}")
    return value
