"""A terminal sees a bar and drawn tables; a pipe sees neither."""

import io
import sys

import pytest

from kpi_toolkit.cli.output import print_table
from kpi_toolkit.cli.progress import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_the_cell_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    with progress("sales 2026-Q3") as on_progress:
        on_progress("reading", 0, 1)
        on_progress("cells", 4, 12)
    assert "sales 2026-Q3" in terminal.getvalue()
    assert "executing, cell 5 of 12" in terminal.getvalue()


def test_a_log_sees_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    with progress("sales 2026-Q3") as on_progress:
        on_progress("pages", 0, 1)
    assert log.getvalue() == ""


def test_square_brackets_in_data_are_no_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("TERM", "dumb")
    print_table(("name", "n"), [("[bold]Ann[/bold]", 2)], right=(1,))
    assert "[bold]Ann[/bold]" in terminal.getvalue()
