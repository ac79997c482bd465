"""The hash of a declaration changes with what kpi.toml makes of the records, and only with it."""

from pathlib import Path

import pytest

from kpi_toolkit.config import load
from kpi_toolkit.crm.declaration import declaration_hash
from tests.crm.conftest import Project

TOML = """
[project]
name = "Ours"
as_of = 2026-01-01
[tables.deals]
file = "june.csv"
[tables.deals.joins.teams]
file = "teams.csv"
on = { agent = "owner" }
[tables.deals.columns]
deal_id = "id"
status = { column = "stage", values = { Won = "won", "*" = "open" } }
[tables.accounts]
sql = "accounts_of.sql"
"""


@pytest.fixture
def written(project: Project) -> Path:
    return project(TOML, accounts_of_sql="SELECT 1")


@pytest.mark.parametrize(
    ("this", "that"),
    [
        ('Won = "won"', 'Gone = "lost", Won = "won"'),
        ('deal_id = "id"', 'deal_id = "number"'),
        ('on = { agent = "owner" }', 'on = { agent = "seller" }'),
        ('file = "june.csv"', 'file = "june.csv"\nwhere = "stage <> \'x\'"'),
        ('name = "Ours"', 'currency = "CHF"'),
        ('name = "Ours"', 'time_zone = "UTC"'),
        ('name = "Ours"', 'business_hours = "Mon-Sat 10:00-18:00"'),
    ],
)
def test_another_mapping_has_another_hash(written: Path, this: str, that: str) -> None:
    before = declaration_hash(load(written))
    written.write_text(TOML.replace(this, that), encoding="utf-8")
    assert declaration_hash(load(written)) != before


def test_another_select_has_another_hash(written: Path) -> None:
    before = declaration_hash(load(written))
    (written.parent / "accounts_of.sql").write_text("SELECT 2", encoding="utf-8")
    assert declaration_hash(load(written)) != before


@pytest.mark.parametrize(
    ("this", "that"),
    [
        ("june.csv", "july.csv"),
        ("teams.csv", "teams-2.csv"),
        ('name = "Ours"', 'name = "Theirs"'),
        ("as_of = 2026-01-01", "as_of = 2026-02-01"),
    ],
)
def test_another_file_name_or_date_is_the_same_mapping(written: Path, this: str, that: str) -> None:
    before = declaration_hash(load(written))
    written.write_text(TOML.replace(this, that), encoding="utf-8")
    assert declaration_hash(load(written)) == before
