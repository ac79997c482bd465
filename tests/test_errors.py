"""A user's mistake is one sentence, in a notebook too, with an exit code of its kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell

from kpi_toolkit import errors
from kpi_toolkit.errors import KpiError, first_line, near_misses

CODES = {
    "ConfigError": 2,
    "DefinitionError": 2,
    "PeriodError": 2,
    "DataError": 3,
    "NotAvailable": 4,
    "ArchiveError": 5,
    "RunError": 6,
    "RenderError": 7,
}


@pytest.mark.parametrize(("name", "code"), CODES.items())
def test_every_kind_has_its_exit_code(name: str, code: int) -> None:
    kind = getattr(errors, name)
    assert issubclass(kind, KpiError)
    assert kind.exit_code == code


def test_a_notebook_shows_the_sentence_without_a_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    InteractiveShell().run_cell(
        "from kpi_toolkit.errors import DataError\nraise DataError('deals.csv: it is empty')"
    )
    shown = capsys.readouterr().out
    assert "DataError: deals.csv: it is empty" in shown
    assert "Traceback" not in shown
    assert "raise DataError" not in shown


@pytest.mark.parametrize(
    ("given_name", "known", "sentence"),
    [
        ("ownr", ["owner", "team"], "did you mean 'owner'?"),
        ("close", ["close_rate", "closed"], "did you mean 'closed' or 'close_rate'?"),
        ("zzz", ["owner", "team"], "expected one of owner, team"),
        ("zzz", [], "nothing is known here"),
        ("zzz", [f"column {i}" for i in range(20)], "column 11 ..."),
    ],
)
def test_near_misses(given_name: str, known: list[str], sentence: str) -> None:
    assert near_misses(given_name, known).endswith(sentence)


@given(st.text(), st.lists(st.text(), max_size=30))
def test_near_misses_always_say_something(given_name: str, known: list[str]) -> None:
    assert near_misses(given_name, known)


def test_the_first_line_of_a_message() -> None:
    assert first_line(ValueError("no\nmore")) == "no"
    assert first_line(ValueError()) == "ValueError"
