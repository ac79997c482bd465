"""Structure: every line of a nasty file is a row with its number, or a fault with its reason."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kpi_toolkit.crm.sources import Fault, File, open_source
from kpi_toolkit.errors import DataError

H = "id,name,v\n"


@dataclass(frozen=True)
class Case:
    """The bytes of a file, the rows that are kept, and the first line of each bad one."""

    name: str
    data: bytes
    kept: tuple[tuple[str, ...], ...] = ()
    bad: tuple[int, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)


def case(
    name: str, text: str | bytes, kept: str = "", bad: tuple[int, ...] = (), **options: Any
) -> Case:
    rows = tuple(tuple(row.split("|")) for row in kept.split(";") if row)
    return Case(name, text.encode() if isinstance(text, str) else text, rows, bad, options)


CASES = [
    case("plain", H + "007,NA,1\n8,null,2\n", "007|NA|1;8|null|2"),
    case("too short", H + "1,a\n2,b,c\n", "2|b|c", (2,)),
    case("too long", H + "1,a,b,c\n2,b,c\n", "2|b|c", (2,)),
    case("too long by empty fields", H + "1,a,b,,\n2,b,c\n", "2|b|c", (2,)),
    case("short and long in turn", H + "1,a\n2,b,c,d\n3,x,y\n4\n", "3|x|y", (2, 3, 5)),
    case("blank lines", H + "1,a,b\n\n2,c\n\n3,d,e\n", "1|a|b;3|d|e", (4,)),
    case("line of spaces", H + "1,a,b\n   \n2,c,d\n", "1|a|b;2|c|d"),
    case("delimiters only", H + "1,a,b\n,,\n", "1|a|b;||"),
    case("NUL in a field", H + "1,a\0b,c\n2,d,e\n", "2|d|e", (2,)),
    case("NUL block at the end", H + "1,a,b\n" + "\0" * 512, "1|a|b", (3,)),
    case("the mark of typed cells", H + "1,\x021e5,c\n2,d,e\n", "2|d|e", (2,)),
    case("BOM", "\ufeff" + H + "1,a,b\n", "1|a|b"),
    case("BOM before a quoted header", '\ufeff"id","name","v"\n1,a,b\n', "1|a|b"),
    case("cp1252", (H + "1,été €,b\n").encode("cp1252"), "1|été €|b", encoding="cp1252"),
    case(
        "undefined in cp1252",
        (H + "1,\x81,b\n2,c,d\n").encode("latin-1"),
        "2|c|d",
        (2,),
        encoding="cp1252",
    ),
    case("latin-1 read as UTF-8", (H + "1,été,b\n2,c,d\n").encode("latin-1"), "2|c|d", (2,)),
    case("UTF-16", (H + "1,été,b\n").encode("utf-16"), "1|été|b", encoding="utf-16"),
    case(
        "UTF-16, big end first",
        ("\ufeff" + H + "1,é,b\n").encode("utf-16-be"),
        "1|é|b",
        encoding="utf-16",
    ),
    case(
        "UTF-16 without a BOM", (H + "1,é,b\n").encode("utf-16-le"), "1|é|b", encoding="utf-16-le"
    ),
    case(
        "UTF-16-LE with one",
        ('\ufeff"id",name,v\n1,é,b\n').encode("utf-16-le"),
        "1|é|b",
        encoding="utf-16-le",
    ),
    case(
        "half a character of UTF-16",
        (H + "1,a,b\n2,c,d").encode("utf-16")[:-1],
        "1|a|b",
        (3,),
        encoding="utf-16",
    ),
    case("latin-1", (H + "1,été,b\n").encode("latin-1"), "1|été|b", encoding="latin-1"),
    case("UTF-8 cut in a character", (H + "1,a,b\n2,c,é").encode()[:-1], "1|a|b", (3,)),
    case("line break in quotes", H + '1,"a\nb",c\n2,d\n3,e,f\n', "1|a\nb|c;3|e|f", (4,)),
    case("doubled quotes", H + '1,"a ""b"" c",d\n', '1|a "b" c|d'),
    case("quote inside a bare field", H + '1,5" screen,b\n', '1|5" screen|b'),
    case("text after a closing quote", H + '1,"a"b,c\n2,d,e\n', "2|d|e", (2,)),
    case("quote never closed", H + '1,"a,b\n2,c,d\n3,e,f\n', "2|c|d;3|e|f", (2,)),
    case("quote never closed at the end", H + '1,a,b\n2,c,"d\n', "1|a|b", (3,)),
    case("quote closed by a later one", H + '1,"a,b\n2,"c",d\n3,e,f\n', "2|c|d;3|e|f", (2,)),
    case("no quoting", H + '1,"a,b\n', '1|"a|b', quote=""),
    case("CRLF", H.replace("\n", "\r\n") + "1,a,b\r\n2,c,d\r\n", "1|a|b;2|c|d"),
    case("CR only", "id,name,v\r1,a,b\r2,c,d\r", "1|a|b;2|c|d"),
    case("mixed line ends", "id,name,v\r\n1,a,b\n2,c,d\r3,e,f\n", "1|a|b;2|c|d;3|e|f"),
    case("mixed, with a lone CR", "id,name,v\r\n1,a,b\n2,c,d\r3,e,f\n", "1|a|b;2|c|d;3|e|f"),
    case("no last line end", H + "1,a,b\n2,c,d", "1|a|b;2|c|d"),
    case("blank lines before the header", "\n\n" + H + "1,a,b\n", "1|a|b"),
    case("tabs", "id\tname\tv\n1\ta,b\tc\n", "1|a,b|c", delimiter="\t"),
    case(
        "runs of blanks",
        'id  name\tv\n  1 a   b \n2 "c  d" e\n3 f\n',
        "1|a|b;2|c  d|e",
        (4,),
        delimiter="spaces",
    ),
    case("another quote", H + "1,'a,''b',c\n", "1|a,'b|c", quote="'"),
    case("sep= line", "sep=;\nid;name;v\n1;a;b\n", "1|a|b", delimiter=";", skip=1),
    case("2 MB in one field", H + "1," + "a" * 2_100_000 + ",b\n2,c,d\n", "2|c|d", (2,)),
    case(
        "a line without an end", H + "1,a,b\n" + "x," * (1 << 24) + "\n2,c,d\n", "1|a|b;2|c|d", (3,)
    ),
    case(
        "late quoted line breaks",
        H + "1,a,b\n" * 30_000 + '2,"x\ny",z\n3,q\n',
        "1|a|b;" * 30_000 + "2|x\ny|z",
        (30_004,),
    ),
    case("short after 3,000 good", H + "1,a,b\n" * 3000 + "1,a\n1,a,b\n", "1|a|b;" * 3001, (3002,)),
]


@pytest.mark.parametrize("given", CASES, ids=lambda given: given.name)
def test_every_line_is_a_row_or_a_fault(tmp_path: Path, given: Case) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(given.data)
    stream = open_source(File(path, **given.options))
    rows = [row for batch in stream.batches for row in batch]
    assert stream.header == ["id", "name", "v"]
    assert [tuple(row[1]) for row in rows if not isinstance(row, Fault)] == list(given.kept)
    assert tuple(row.line for row in rows if isinstance(row, Fault)) == given.bad


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "it is empty"),
        (b"\n\n\n", "it is empty"),
        ((H + "1,a,b\n").encode("utf-16"), "it reads as utf-16"),
        (b'id,"name\n1,2\n', "the header: quote never closed"),
    ],
)
def test_a_file_without_a_header_is_refused(tmp_path: Path, data: bytes, sentence: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(data)
    with pytest.raises(DataError, match=sentence):
        list(open_source(File(path)).batches)


def test_an_unknown_format_or_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file.csv").write_text(H, encoding="utf-8")
    with pytest.raises(DataError, match=r"file\.pdf: expected one of \.csv"):
        open_source(File(tmp_path / "file.pdf"))
    with pytest.raises(DataError, match="encoding 'utf-9': not known"):
        open_source(File(tmp_path / "file.csv", encoding="utf-9"))
    with pytest.raises(DataError, match="No such file"):
        open_source(File(tmp_path / "missing.csv"))


def test_a_reason_names_the_lines_a_record_goes_over(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(H + '1,"a\nb"\n', encoding="utf-8")
    (batch,) = open_source(File(path)).batches
    assert list(batch) == [Fault(2, '1,"a\nb"', "2 fields, where the header has 3, over lines 2-3")]
