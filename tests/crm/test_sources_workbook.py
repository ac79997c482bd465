"""A sheet becomes rows of text with Excel's row numbers; what Excel shows and a file does not hold
is named.
"""

import datetime as dt
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kpi_toolkit.crm.sources import Fault, File, open_source
from kpi_toolkit.errors import DataError

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
Saved = Callable[..., Path]


@pytest.fixture
def saved(tmp_path: Path) -> Saved:
    """Write rows as the sheet of a workbook; `change` may do the rest."""

    def save(rows: Iterable[Iterable[Any]], change: Any = None, name: str = "deals.xlsx") -> Path:
        book = openpyxl.Workbook()
        sheet = book.active
        for row in rows:
            sheet.append(list(row))
        if change:
            change(sheet)
        book.save(tmp_path / name)
        return tmp_path / name

    return save


def read(path: Path, **settings: Any) -> tuple[list[str], list[Any]]:
    stream = open_source(File(path, **settings))
    return stream.header, [row for batch in stream.batches for row in batch]


SHEET = "xl/worksheets/sheet1.xml"


def edited(path: Path, old: bytes, new: bytes, part: str = SHEET) -> Path:
    """The workbook with other text in its first sheet, or another part."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def test_typed_cells_are_plain_text_behind_a_mark(saved: Saved) -> None:
    day, at = dt.date(2024, 2, 1), dt.datetime.fromisoformat("2024-02-01 10:30")
    path = saved([["a", "b", "c", "d", "e", "f"], ["1,5", 1.5, 7.0, True, day, at], [None, "x"]])
    header, rows = read(path)
    assert header == ["a", "b", "c", "d", "e", "f"]
    typed = ["\x021.5", "\x027", "\x02true", "\x022024-02-01 00:00:00", "\x022024-02-01 10:30:00"]
    assert rows == [(2, ["1,5", *typed]), (3, ["", "x", "", "", "", ""])]


def test_a_number_shown_with_zeros_keeps_them(saved: Saved) -> None:
    def format_(sheet: Any) -> None:
        sheet["A2"].number_format = sheet["A3"].number_format = "000"

    _, rows = read(saved([["id", "n"], [7, 7], [-7, 1]], format_))
    assert rows == [(2, ["\x02007", "\x027"]), (3, ["\x02-007", "\x021"])]


def test_texts_in_runs_and_shared_ones_are_whole(saved: Saved) -> None:
    """Excel keeps texts apart from the cells, in runs where a part of one is bold."""
    path = saved([["a", "b", "c"], ["x", "7 & 8", "y"]])
    path = edited(
        path, b'<c r="A2" t="inlineStr"><is><t>x</t></is></c>', b'<c r="A2" t="s"><v>1</v></c>'
    )
    path = edited(path, b"<is><t>y</t></is>", b"<is><r><t>y</t></r><r><t>z</t></r></is>")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    path = edited(path, b"</Types>", override.encode(), "[Content_Types].xml")
    runs = "<si><r><t>na</t></r><r><t>me_x000D_</t></r><rPh sb='0' eb='1'><t>aloud</t></rPh></si>"
    with zipfile.ZipFile(path, "a") as archive:
        head = f'<sst xmlns="{MAIN}" count="2" uniqueCount="2"><si><t>id</t></si>'
        archive.writestr("xl/sharedStrings.xml", f"{head}{runs}</sst>")
    assert read(path)[1] == [(2, ["name\r", "7 & 8", "yz"])]


def test_cells_without_places_and_with_prefixes_are_read(saved: Saved) -> None:
    path = edited(saved([["a", "b"], [1, 2]]), b' r="B2"', b"")
    path = edited(path, b'<row r="2">', f'<x:row xmlns:x="{MAIN}" r="7">'.encode())
    path = edited(path, b"</row></sheetData>", b"</x:row></sheetData>")
    assert read(path)[1] == [(7, ["\x021", "\x022"])]


def test_days_are_counted_from_where_the_workbook_begins(saved: Saved) -> None:
    def count(sheet: Any) -> None:
        sheet["A2"].number_format = "yyyy-mm-dd"
        sheet["A3"].number_format = "[h]:mm"

    path = saved([["a"], [1], [1.5], [0.5]], count)
    assert [row[1] for row in read(path)[1]] == [
        ["\x021900-01-01 00:00:00"],
        ["\x021 day, 12:00:00"],
        ["\x020.5"],
    ]
    path = edited(path, b"<workbookPr />", b'<workbookPr date1904="1" />', "xl/workbook.xml")
    assert read(path)[1][0][1] == ["\x021904-01-02 00:00:00"]


def test_rows_that_excel_cannot_have_are_damage(saved: Saved) -> None:
    path = edited(saved([["a"], [1]]), b'<row r="2"', b'<row r="9999999"')
    with pytest.raises(DataError, match="it has rows below the last one of a sheet"):
        read(path)


def test_errors_are_no_values(saved: Saved) -> None:
    path = saved([["a"], ["#N/A"], ["#DIV/0!"]])
    assert read(path)[1] == [(2, ["\x02#N/A"]), (3, ["\x02#DIV/0!"])]


def test_empty_rows_are_none_and_numbers_are_those_of_excel(saved: Saved) -> None:
    header, rows = read(saved([[], ["a", None, "b", None], [], [1, 2, 3], [], [4]]))
    assert header == ["a", "", "b"]
    assert [row[0] for row in rows] == [4, 6]


def test_a_cell_right_of_the_header_is_named(saved: Saved) -> None:
    _, rows = read(saved([["a", "b"], [1, 2, None, "x"], [3, 4, None]]))
    assert rows == [
        Fault(2, "1, 2, , x", "4 cells, where the header has 2"),
        (3, ["\x023", "\x024"]),
    ]


def test_a_formula_without_a_result_is_named(saved: Saved) -> None:
    """openpyxl, as many programs, writes formulas that only Excel works out."""
    path = saved([["a", "b"], [1, "=A2*2"], [2, 4], [3, 5]])
    _, rows = read(path)
    reason = "the formula in B2 has no stored result; open it in Excel and save it"
    assert rows[0] == Fault(2, "1, ", reason)
    path = edited(path, b"<f>A2*2</f><v />", b"<f>A2*2</f><v>2</v>")
    assert read(path)[1][0] == (2, ["\x021", "\x022"])


def test_a_formula_whose_result_is_an_empty_text_has_one(saved: Saved) -> None:
    path = saved([["a", "b"], [1, "=T(1)"]])
    path = edited(
        path, b'<c r="B2"><f>T(1)</f><v /></c>', b'<c r="B2" t="str"><f>T(1)</f><v></v></c>'
    )
    assert read(path)[1] == [(2, ["\x021", ""])]


def test_merged_cells_are_named_unless_they_are_above_the_header(saved: Saved) -> None:
    rows = [["title", None], ["a", "b"], [1, "x"], [2, None], [3, "y"], ["sum", None]]

    def merge(sheet: Any) -> None:
        for cells in ("A1:B1", "B3:B4", "A6:B6"):
            sheet.merge_cells(cells)

    header, found = read(saved(rows, merge), skip=1)
    assert header == ["a", "b"]
    assert [row.line if isinstance(row, Fault) else row for row in found] == [
        (3, ["\x021", "x"]),
        4,
        (5, ["\x023", "y"]),
        6,
    ]
    assert found[1].reason == "merged cells, of which only B3 has a value; unmerge and fill them"


def test_a_wrong_size_of_the_sheet_loses_no_row(saved: Saved) -> None:
    path = edited(saved([["a"], [1], [2]]), b'ref="A1:A3"', b'ref="A1"')
    assert len(read(path)[1]) == 2


def test_one_of_several_sheets_is_declared(saved: Saved) -> None:
    path = saved([["a"], [1]], lambda sheet: sheet.parent.create_sheet("Teams").append(["b"]))
    with pytest.raises(DataError, match=r"it has 2 sheets \(Sheet, Teams\): declare sheet"):
        read(path)
    assert read(path, sheet="Teams") == (["b"], [])
    with pytest.raises(DataError, match=r"sheet 'Team': did you mean 'Teams'"):
        read(path, sheet="Team")


def test_a_declared_header_stands_for_the_missing_one(saved: Saved) -> None:
    assert read(saved([[1, 2]]), header=("a", "b")) == (["a", "b"], [(1, ["\x021", "\x022"])])


def test_what_cannot_be_read_is_one_sentence(saved: Saved, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="it is empty"):
        read(saved([]))
    cases = {
        "old.xlsx": (b"\xd0\xcf\x11\xe0\xa1\xb1", "has a password, or is an old"),
        "text.xlsx": (b"id,name\n", "it is damaged, or not an"),
        "old.xls": (b"", r"save it as \.xlsx"),
    }
    for name, (data, sentence) in cases.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(DataError, match=sentence):
            read(tmp_path / name)
    with pytest.raises(DataError, match="No such file"):
        read(tmp_path / "missing.xlsx")


def test_a_cut_workbook_is_damaged(saved: Saved) -> None:
    path = saved([["a"], *([n] for n in range(100))])
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DataError, match="it is damaged, or not an"):
        read(path)


def test_damaged_xml_of_a_sheet_is_one_sentence(saved: Saved) -> None:
    path = edited(saved([["a"], [1], [2]]), b'</row><row r="3"', b'</row><row r="3')
    with pytest.raises(DataError, match="damaged"):
        read(path)
