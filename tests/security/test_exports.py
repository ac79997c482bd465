"""What is written for a spreadsheet is no formula."""

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kpi_toolkit.cli.app import app
from tests.run.project import write_project

DEALS = """deal_id,owner,status,amount,created_at,closed_at
1,=cmd|' /C calc'!A0,won,-5,2026-07-01,2026-08-01
2,+33,won,1,2026-07-01,2026-08-01
3,@x,won,1,2026-07-01,2026-08-01
4,Ann,won,1,2026-07-01,2026-08-01
"""


def test_a_text_of_the_records_is_no_formula_and_a_number_stays_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_project(tmp_path)
    (tmp_path / "deals.csv").write_text(DEALS)
    monkeypatch.chdir(tmp_path)
    asked = ["value", "won_value", "--period", "2026-Q3", "--records"]
    done = CliRunner().invoke(app, [*asked, "out.csv"])
    assert done.exit_code == 0, done.output
    with Path("out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["owner"] for row in rows] == ["'=cmd|' /C calc'!A0", "'+33", "'@x", "Ann"]
    assert rows[0]["amount"] == "-5.0"
    nowhere = CliRunner().invoke(app, [*asked, "no/such/out.csv"])
    assert nowhere.exit_code == 3
    assert "None" not in nowhere.output
