"""How the lines of a text split, and whether the first one names the columns."""

import pytest

from kpi_toolkit.crm.looking.dialects import dialect_of
from kpi_toolkit.crm.looking.headers import without_header

ROWS = [["7", "a b", "1,5"], ["8", "c", "2,5"], ["9", "d", "3,5"]]


def text(mark: str, head: str = "id,name,value") -> str:
    return "\n".join([head.replace(",", mark), *(mark.join(row) for row in ROWS)]) + "\n"


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_the_mark_that_splits_all_lines_alike_is_the_delimiter(mark: str) -> None:
    found = dialect_of(text(mark))
    assert (found.delimiter, found.width, found.skip) == (mark, 3, 0)


def test_evidence_says_what_another_delimiter_would_give() -> None:
    found = dialect_of("a;b;c\n" + "1,5;2,5;x\n" * 9)
    assert found.evidence == "3 fields in 10 of the first 10 records; commas would give 1 to 3"


def test_commas_in_quotes_do_not_split() -> None:
    assert dialect_of('a;b\n"1,2,3";x\n"4,5,6";y\n').delimiter == ";"


def test_runs_of_blanks_delimit_where_no_mark_does() -> None:
    found = dialect_of(" id  day value\n 1   19970101 11.77\n 22  19970102  3.10\n")
    assert (found.delimiter, found.width) == ("spaces", 3)


def test_a_sep_line_names_the_delimiter_and_is_skipped() -> None:
    found = dialect_of("sep=;\na;b\n1;2\n")
    assert (found.delimiter, found.skip, "sep=;" in found.evidence) == (";", 1, True)


def test_lines_above_the_header_are_skipped() -> None:
    found = dialect_of("Export of 1 May\n\n" + text(";"))
    assert (found.skip, found.skipped) == (2, 'lines above the header: "Export of 1 May"')


def test_single_quotes_are_the_quote_where_they_surround_fields() -> None:
    assert dialect_of("a,b\n" + "'x,y','z'\n" * 6).quote == "'"


def test_marks_of_inches_do_not_quote() -> None:
    assert dialect_of('size;name\n"5 screen;x\n"6 screen;y\n"7 screen;z\n').quote == ""


@pytest.mark.parametrize(
    ("header", "rows", "named"),
    [
        (["id", "name", "value"], ROWS, True),
        (["6", "z", "0,5"], ROWS, False),
        (["Ann", "North"], [["Bob", "South"], ["Ann", "North"], ["Cid", "North"]], False),
        (["name", "region"], [["Bob", "South"], ["Ann", "North"]], True),
        (["id", "2023", "2024"], [["a", "1", "2"], ["b", "3", "4"]], False),
        (["id"], [], True),
    ],
)
def test_a_first_line_that_looks_like_the_others_is_a_row(
    header: list[str], rows: list[list[str]], named: bool
) -> None:
    assert (without_header(header, rows) == "") == named
