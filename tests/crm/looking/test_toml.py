"""No text breaks out of its string or comment."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_toolkit.config import load
from kpi_toolkit.crm.looking.lines import Line, rendered
from kpi_toolkit.crm.looking.toml import comment, string, written

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@given(TEXTS, TEXTS)
def test_a_text_comes_back_as_it_was(text: str, evidence: str) -> None:
    lines = rendered([Line(text, {"column": text}, evidence), Line("x", 1, evidence, live=False)])
    assert tomllib.loads("\n".join(lines)) == {text: {"column": text}}


@given(st.text())
def test_a_comment_is_one_line_that_any_file_can_hold(text: str) -> None:
    assert tomllib.loads(f"# {comment(text).encode().decode()}") == {}


@pytest.mark.parametrize("text", ["\0", "\ud800", "a\\u0000", "\\x00", "C:\\U00000000"])
def test_what_loading_refuses_is_not_written(text: str, tmp_path: Path) -> None:
    file = tmp_path / "kpi.toml"
    file.write_text(f"# {comment(text)}\n[project]\nname = {string(text)}\n", encoding="utf-8")
    name = load(file).project.name
    assert name == (text if len(text) > 1 else "\ufffd")


def test_values_are_toml() -> None:
    value = {"a b": [1, True, "x"], "*": "="}
    assert tomllib.loads(f"v = {written(value)}") == {"v": value}
