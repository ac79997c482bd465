"""What a test defines leaves the registry with it; what it asks its `crm` is noted."""

import pytest

from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.kpis import registry
from kpi_toolkit.measures import registry as home


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "_REGISTRY", dict(registry()))


@pytest.fixture
def log(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The queries that the CRM of a test is asked, in order."""
    asked: list[str] = []
    query = crm.query

    def logged(sql: str, *parameters: object) -> list[tuple]:
        asked.append(sql)
        return query(sql, *parameters)  # type: ignore[arg-type]

    monkeypatch.setattr(crm, "query", logged)
    return asked
