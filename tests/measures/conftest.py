"""What a test defines leaves the registry with it."""

import pytest

from kpi_toolkit.kpis import registry
from kpi_toolkit.measures import registry as home


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "_REGISTRY", dict(registry()))
