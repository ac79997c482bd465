"""The fast reader of delimited text gives what the exact one gives: rows, faults and lines."""

import random
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

import pytest

from kpi_toolkit.crm.casting import TRIMMED
from kpi_toolkit.crm.sources import Fault, File, Row, open_source, plain
from kpi_toolkit.crm.sources.plain import Plain

PIECES = [
    '"', '""', ",", ";", "\n", "\r\n", "\r", '"\n', ',"', '",', '","', "\n\n", "\0", "\x02", " ",
    "\t", "a", "é", "É", "\u00a0", "\u202f", "\u2009", "\ufeff", "\u2028", "e\u0301", "\x0b",
    "\x85", "7,5", "twelve bytes", "thirteen bytes", "a longer text, which no view holds", "\udcff",
]  # fmt: skip
ENCODINGS = ["utf-8", "utf-8", "utf-8", "cp1252", "utf-16", "latin-1"]


def good(rng: random.Random) -> str:
    end = rng.choice(["\n", "\n", "\r\n"])
    notes = ["", "plain", '"a, b"', '"said ""no"""', f'"two{end}lines"', "été", '""', " padded "]
    rows = (
        f'{n:03},{rng.choice(notes)},"{rng.randint(0, 999)},50",{rng.choice(notes)}'
        for n in range(rng.randint(1, 60))
    )
    return end.join(["id,name,amount,note", *rows]) + rng.choice([end, ""])


def mutated(rng: random.Random, text: str, encoding: str) -> bytes:
    for _ in range(rng.randint(0, 8)):
        start = rng.randrange(len(text) + 1)
        stop = min(len(text), start + rng.choice([0, 0, 1, 3, 40]))
        text = text[:start] + rng.choice([*PIECES, "", text[start:stop] * 2]) + text[stop:]
    data = text.encode(encoding, "ignore")
    if rng.random() < 0.2:
        at = rng.randrange(len(data) + 1)
        data = data[:at] + rng.randbytes(rng.randint(1, 3)) + data[at + rng.randint(0, 2) :]
    return data


def read(file: File) -> "list[Row | Fault]":
    found = [record for batch in open_source(file).batches for record in batch]
    return [r if isinstance(r, Fault) else (r[0], [_settled(cell) for cell in r[1]]) for r in found]


def _settled(text: str) -> str:
    return normalize("NFC", text.strip(TRIMMED))


def answer(file: File) -> object:
    try:
        return read(file)
    except Exception as error:
        return type(error), str(error)


Both = Callable[[File], None]


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> Both:
    """Compare what the two readers make of a file."""

    def compare(file: File) -> None:
        fast = answer(file)
        with monkeypatch.context() as patch:
            patch.setattr(Plain, "possible", False)
            assert fast == answer(file)

    return compare


@pytest.mark.parametrize("seed", range(8))
def test_mutated_files_give_the_same(
    both: Both, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    path = tmp_path / "file.csv"
    rng = random.Random(seed)
    for _ in range(100):
        encoding = rng.choice(ENCODINGS)
        path.write_bytes(mutated(rng, good(rng), encoding))
        monkeypatch.setattr(plain, "CHARACTERS", rng.choice([40, 200, 1000, 1 << 20]))
        both(File(path, encoding=encoding, quote=rng.choice(['"', '"', '"', "", "'"])))


def test_returns_before_a_line_end_at_the_end_of_a_block_are_one_line_each(
    both: Both, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"id,name\n1,a\r\r\n2,b\r\r\r\n3,c")
    for characters in range(1, 12):
        monkeypatch.setattr(plain, "CHARACTERS", characters)
        both(File(path))


def test_a_field_that_is_too_long_is_a_fault_of_its_own(both: Both, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(f"id,name\n1,a\n2,{'x' * 1_048_577}\n3,{'x' * 1_048_570}\n", encoding="utf-8")
    both(File(path))
    assert [fault.line for fault in read(File(path)) if isinstance(fault, Fault)] == [3]


def test_records_over_the_end_of_a_block_are_whole(
    both: Both, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file.csv"
    rows = "".join(f'{n},"first line\nsecond ""line""\n"\n' for n in range(50))
    path.write_text(f"id,name\n{rows}", encoding="utf-8")
    for characters in range(20, 120, 7):
        monkeypatch.setattr(plain, "CHARACTERS", characters)
        both(File(path))
    assert read(File(path))[1] == (5, ["1", 'first line\nsecond "line"\n'])


@pytest.mark.parametrize(
    ("delimiter", "quote"), [("§", '"'), ('"', '"'), (" ", '"'), ("\t", ""), ("spaces", '"')]
)
def test_marks_that_no_block_can_tell_apart_go_the_exact_way(
    both: Both, tmp_path: Path, delimiter: str, quote: str
) -> None:
    path = tmp_path / "file.csv"
    mark = " " if delimiter == "spaces" else delimiter
    path.write_text(mark.join("abc") + "\n" + mark.join("123") + "\n", encoding="utf-8")
    both(File(path, delimiter=delimiter, quote=quote))


def test_one_column_and_blank_lines(both: Both, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text('a\n1\n\n""\n \n2\n', encoding="utf-8")
    both(File(path))
    path.write_text("a,b\n\n1,2\n\n\n  \n3,4\n\n", encoding="utf-8")
    both(File(path))
    assert [line for line, _ in read(File(path))] == [3, 7]
