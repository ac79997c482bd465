"""A PostgreSQL server, and projects whose records it holds."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kpi_toolkit.crm.connect import Crm, connect
from tests.system.postgresql.server import Server, grant, running

AS_OF = "2026-10-05T06:00:00"
PROJECT = '[project]\ntime_zone = "Europe/Paris"\ncurrency = "EUR"\n'
Connect = Callable[..., Crm]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One for all tests."""
    with running() as found:
        yield found


@pytest.fixture
def at(server: Server, tmp_path: Path) -> Connect:
    """Connect to the tables of a kpi.toml, in place unless the mode is another."""

    def make(tables: str, mode: str = "in place") -> Crm:
        return connected(tmp_path, server, tables, mode)

    return make


def connected(folder: Path, server: Server, tables: str, mode: str) -> Crm:
    """The Crm of a project in a folder."""
    source = f'[source]\nkind = "database"\nurl = "env:CRM_URL"\nmode = "{mode}"\n'
    (folder / "kpi.toml").write_text(PROJECT + source + tables, encoding="utf-8")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CRM_URL", server.url())
        return connect(folder / "kpi.toml", as_of=AS_OF)


def made(server: Server, schema: str, *statements: str) -> None:
    """A schema made anew by statements, which the reader may read."""
    server.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE", f"CREATE SCHEMA {schema}")
    server.execute(f"SET search_path = {schema}; " + "; ".join(statements))
    grant(server, schema)
