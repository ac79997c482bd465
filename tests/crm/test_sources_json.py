"""JSON becomes rows of text: nested values by their paths, numbers with their digits, lists as one
cell.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from kpi_toolkit.crm.sources import Fault, File, open_source
from kpi_toolkit.errors import DataError


def read(tmp_path: Path, data: str | bytes, name: str = "deals.jsonl", **settings: Any) -> Any:
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    stream = open_source(File(path, **settings))
    return stream.header, [row for batch in stream.batches for row in batch]


def test_every_key_of_any_line_is_a_column(tmp_path: Path) -> None:
    data = '\ufeff{"id": "007", "v": 1.50}\n\n{"id": "8", "w": true, "v": null}\n'
    assert read(tmp_path, data) == (
        ["id", "v", "w"],
        [(1, ["007", "\x021.50", ""]), (3, ["8", "", "\x02true"])],
    )


def test_nested_values_are_found_by_their_path(tmp_path: Path) -> None:
    data = '{"id": 1, "properties": {"amount": 12.0, "owner": {"name": "A"}}, "tags": [1.5, "b"]}\n'
    header, rows = read(tmp_path, data)
    assert header == ["id", "properties.amount", "properties.owner.name", "tags"]
    assert rows == [(1, ["\x021", "\x0212.0", "A", '\x02[1.5, "b"]'])]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "Expecting property name"),
        ("[1]", "expected { ... }"),
        ('{"id": 1, "id": 2}', "a key appears twice"),
        ('{"a": {"b": 1}, "a.b": 2}', "a key appears twice"),
        (b'{"id": "\xe9"}', "bytes that are not UTF-8"),
        ("[" * 100_000, "recursion"),
        ('{"id": 1} {"id": 2}', "Extra data"),
    ],
)
def test_a_line_that_is_no_object_is_named(tmp_path: Path, line: str | bytes, reason: str) -> None:
    raw = line if isinstance(line, bytes) else line.encode()
    _, rows = read(tmp_path, b'{"id": "a"}\n' + raw + b'\n{"id": "c"}')
    assert [row.line if isinstance(row, Fault) else row for row in rows] == [
        (1, ["a"]),
        2,
        (3, ["c"]),
    ]
    assert rows[1].reason.startswith("not a JSON object: ")
    assert reason in rows[1].reason


@pytest.mark.parametrize("text", ["a\\u0000b", "\\ud800", "\\u00021.5"])
def test_a_text_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    _, rows = read(tmp_path, f'{{"id": "{text}"}}\n{{"id": "b"}}\n')
    assert isinstance(rows[0], Fault)
    assert rows[1] == (2, ["b"])


@pytest.mark.parametrize("whole", ["{}", '{{"results": {}, "paging": {{"next": 1}}}}'])
def test_a_list_of_objects_is_a_table(tmp_path: Path, whole: str) -> None:
    data = whole.replace("{}", json.dumps([{"id": "a"}, 3, {"id": "b"}], indent=1), 1)
    header, rows = read(tmp_path, data.replace("{{", "{").replace("}}", "}"), "deals.json")
    assert header == ["id"]
    assert (rows[0], rows[1].line, rows[2]) == ((1, ["a"]), 2, (3, ["b"]))


def test_one_of_several_lists_is_declared(tmp_path: Path) -> None:
    data = '{"tickets": [{"id": 1}], "users": [{"name": "a"}]}'
    with pytest.raises(DataError, match=r"it holds 2 lists \(tickets, users\): declare table"):
        read(tmp_path, data, "deals.json")
    assert read(tmp_path, data, "deals.json", table="users")[0] == ["name"]
    with pytest.raises(DataError, match="table 'user': did you mean 'users'"):
        read(tmp_path, data, "deals.json", table="user")


def test_json_lines_may_be_called_json(tmp_path: Path) -> None:
    assert len(read(tmp_path, '{"id": 1}\n{"id": 2}\n', "deals.json")[1]) == 2


@pytest.mark.parametrize(
    ("name", "data"),
    [("deals.jsonl", ""), ("deals.jsonl", "id\n1\n"), ("deals.json", "[1]"), ("deals.json", "id")],
)
def test_a_file_without_an_object_is_refused(tmp_path: Path, name: str, data: str) -> None:
    with pytest.raises(DataError, match=f"{name}: it (holds no JSON object|is not JSON)"):
        read(tmp_path, data, name)
