"""A user's mistake is one sentence on stderr and a documented exit code, never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import Result

from kpi_toolkit.cli import archive, errors
from tests.cli.conftest import called
from tests.run.project import CONFIG, write_project


def refused(result: Result, code: int, sentence: str) -> None:
    assert result.exit_code == code
    assert sentence in " ".join(result.stderr.split())
    assert "Traceback" not in result.output
    assert code in dict(errors.EXIT_CODES)


def test_no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    refused(called("check"), 2, "kpi: there is no kpi.toml in")


def test_a_wrong_key_of_the_configuration(tmp_path: Path) -> None:
    config = write_project(tmp_path, config=CONFIG.replace("schedule", "shedule"))
    refused(called("list", "--config", config), 2, "did you mean 'schedule'?")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("value", "decided_win_rat", "--period", "2026-Q3"), "did you mean 'decided_win_rate'?"),
        (("value", "decided_win_rate", "--period", "2026-Q5"), "period '2026-Q5'"),
        (("value", "decided_win_rate", "--period", "2026-09-14"), "ask for a week"),
        (("value", "won_value", "--period", "2026", "--by", "ownr"), "did you mean 'owner'?"),
        (("value", "won_value", "--period", "2026", *("--by", "owner") * 3), "two dimensions"),
        (("value", "won_value", "--period", "2026", "--option", "x"), "expected name=value"),
        (("value", "won_value", "--period", "2026", "--option", "x=1"), "option 'x'"),
        (("value", "won_value", "--period", "2026", "--as-of", "soon"), "as_of 'soon'"),
        (("explain", "won_value", "--sql"), "--sql: it needs a period"),
        (("run", "sale"), "report 'sale': did you mean 'sales'?"),
        (("run", "sales", "--parameter", "deal=4"), "did you mean 'deals'?"),
        (("run", "sales", "--language", "de"), "language 'de'"),
        (("run", "--period", "soon"), "period 'soon'"),
    ],
)
def test_a_wrong_argument(fresh: Path, arguments: tuple[str, ...], sentence: str) -> None:
    refused(called(*arguments, "--config", fresh), 2, sentence)


def test_an_unknown_option_of_the_command() -> None:
    refused(called("check", "--confg", "x"), 2, "No such option")


@pytest.mark.parametrize("verb", ["explain", "value"])
def test_a_verb_without_its_kpi_says_where_to_find_one(verb: str) -> None:
    refused(called(verb), 2, "Missing argument 'KPI'. `kpi list` names them all")


def test_output_that_nobody_reads_ends_the_command_quietly() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "kpi_toolkit", "plan", "--all"]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_pipe_that_a_server_broke_is_a_fault(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(config: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(archive, "opened", broken)
    refused(called("archive", "list", "--config", fresh), 1, "BrokenPipeError")


def test_data_that_cannot_be_read(fresh: Path) -> None:
    (fresh.parent / "deals.csv").write_text("deal_id\n\x00\n", encoding="utf-8")
    refused(called("check", "--config", fresh), 3, "deals.csv")


def test_a_kpi_that_the_data_lack(fresh: Path) -> None:
    result = called("value", "churn_rate", "--period", "2026-Q3", "--config", fresh)
    refused(result, 4, "the data lack accounts")


def test_an_archive_that_is_none(fresh: Path) -> None:
    (fresh.parent / "reports").mkdir()
    (fresh.parent / "reports" / "archive.sqlite").write_text("not an archive at all")
    refused(called("archive", "list", "--config", fresh), 5, "archive")


def test_a_failed_notebook(tmp_path: Path) -> None:
    config = write_project(tmp_path, "1 / 0")
    result = called("run", "--config", config)
    refused(result, 6, "report sales: notebook sales.ipynb, cell 4 (1 / 0): ZeroDivisionError")


def test_a_fault_of_the_program(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "opened", lambda config: 1 / 0)
    result = called("archive", "list", "--config", fresh)
    refused(result, 1, "ZeroDivisionError: division by zero (this is a fault of the program")


def test_the_traceback_of_a_fault_is_shown_on_demand(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KPI_DEBUG", "1")
    monkeypatch.setattr(archive, "opened", lambda config: 1 / 0)
    with pytest.raises(AssertionError):
        called("archive", "list", "--config", fresh)


def test_the_help_documents_every_exit_code() -> None:
    said = " ".join(called("--help").output.split())
    for code, meaning in errors.EXIT_CODES:
        assert f"{code} {meaning}" in said
