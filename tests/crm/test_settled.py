"""Texts are trimmed and composed on their way into the engine, whichever way they take."""

import sys
from pathlib import Path
from unicodedata import normalize

import pyarrow as pa

from kpi_toolkit.crm.casting import TRIMMED
from kpi_toolkit.crm.sources import File, open_source
from kpi_toolkit.crm.sources.settled import is_composed, settled


def test_a_quick_look_takes_no_text_for_composed_that_is_not() -> None:
    characters = [chr(n) for n in range(sys.maxunicode + 1) if not 0xD800 <= n < 0xE000]
    for character in characters:
        text = f"e{character}"
        assert normalize("NFC", text) == text or not is_composed(text.encode())
    assert is_composed("Zoé – l’été, 12\u202f€".encode())


def test_settled_texts_are_trimmed_and_composed() -> None:
    found = settled(pa.array([" e\u0301te\u0301\u00a0", "\u202f", "\x02 1", "\u212b"], pa.string()))
    assert found.type == pa.string_view()
    assert found.to_pylist() == ["été", "", "\x02 1", "Å"]


def test_a_file_with_combining_marks_is_composed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n e\u0301 ,Z\n\u1100\u1161,\u3000\n", encoding="utf-8")
    rows = [row for batch in open_source(File(tmp_path / "a.csv")).batches for row in batch]
    assert rows == [(2, ["é", "Z"]), (3, ["\uac00", "\u3000"])]
    assert "\u3000" not in TRIMMED
