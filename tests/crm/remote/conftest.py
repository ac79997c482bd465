"""A project whose records are in a SQLite database, named by the environment."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from kpi_toolkit.crm.connect import Crm, connect

VARIABLE = "CRM_URL"
SOURCE = (
    f'[project]\ntime_zone = "Europe/Paris"\n[source]\nkind = "database"\nurl = "env:{VARIABLE}"\n'
)
Make = Callable[[str, str], Crm]


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty database file, to which the environment leads."""
    file = tmp_path / "crm.sqlite"
    sqlite3.connect(file).close()
    monkeypatch.setenv(VARIABLE, f"sqlite:///{file}")
    return file


@pytest.fixture
def filled(database: Path, tmp_path: Path) -> Make:
    """Run some SQL in the database, and connect to it by the [tables] of a kpi.toml."""

    def make(sql: str, tables: str) -> Crm:
        write(database, sql)
        (tmp_path / "kpi.toml").write_text(SOURCE + tables, encoding="utf-8")
        return connect(tmp_path / "kpi.toml", as_of="2026-06-01")

    return make


def write(database: Path, sql: str) -> None:
    """Run SQL in a SQLite file."""
    connection = sqlite3.connect(database)
    connection.executescript(sql)
    connection.close()
