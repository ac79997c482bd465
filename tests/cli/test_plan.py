"""`kpi plan` says what KPIs need before there are any data."""

import json
import tomllib
from pathlib import Path

import pytest

from kpi_toolkit.config import load
from kpi_toolkit.crm import mapping
from tests.cli.conftest import called


@pytest.fixture(autouse=True)
def nothing_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_it_needs_no_project() -> None:
    said = called("plan", "--kpi", "won_value")
    assert said.exit_code == 0, said.output
    lines = [" ".join(line.split()) for line in said.output.splitlines()]
    assert lines[0] == "won_value: Won value"
    assert "deals" in lines
    assert "status open, won, lost needed 1" in lines
    assert "deal_id text tells rows apart" in lines
    assert "region text to break down by 1" in lines


def test_words_that_are_counted_are_said() -> None:
    said = called("plan", "--kpi", "email_open_rate")
    assert "text, of which 'email' counts" in said.output


def test_every_line_fits_on_80_columns() -> None:
    assert max(map(len, called("plan", "--all").output.splitlines())) <= 80


def test_json_has_every_column_with_its_use() -> None:
    told = json.loads(called("plan", "--kpi", "new_customer_revenue", "--json").output)
    assert told["kpis"] == ["new_customer_revenue"]
    tables = {table["table"]: table for table in told["tables"]}
    assert tables["orders"]["needed"] and not tables["accounts"]["needed"]
    columns = {column["name"]: column for column in tables["orders"]["columns"]}
    assert columns["amount"] == {
        "name": "amount",
        "type": "money",
        "use": "needed",
        "kpis": ["new_customer_revenue"],
        "allowed": [],
        "personal": False,
        "words": [],
    }
    assert columns["refunded"]["use"] == "used"


def test_the_skeleton_is_a_kpi_toml_that_maps_what_is_needed(tmp_path: Path) -> None:
    said = called("plan", "--all", "--toml").output
    (tmp_path / "kpi.toml").write_text(said, encoding="utf-8")
    plans = {plan.table.name: plan for plan in mapping.plans(load(tmp_path / "kpi.toml"))}
    assert {column.name for column in plans["deal_stages"].columns} == {
        "deal_id",
        "stage",
        "entered_at",
    }


def test_what_is_optional_in_the_skeleton_needs_its_mark_taken_away_only() -> None:
    said = called("plan", "--kpi", "new_customer_revenue", "--toml").output
    sections = said[said.index("[project]") :]
    assert "accounts" not in tomllib.loads(sections)["tables"]
    whole = tomllib.loads("\n".join(line.removeprefix("# ") for line in sections.splitlines()))
    assert whole["tables"]["accounts"]["columns"]["account_id"] == "..."


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ([], "expected --kpi NAME"),
        (["--kpi", "won_vale"], "did you mean 'won_value'"),
        (["--family", "sale"], "did you mean 'sales'"),
        (["--all", "--json", "--toml"], "--toml --json: expected one of them"),
    ],
)
def test_a_mistake_is_one_sentence(asked: list[str], sentence: str) -> None:
    said = called("plan", *asked)
    assert said.exit_code == 2
    assert sentence in said.stderr
