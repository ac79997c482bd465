"""The KPIs: one file a family, nothing but definitions."""

from collections.abc import Mapping
from importlib import import_module

from kpi_toolkit.measures import registry as registered
from kpi_toolkit.measures.kpi import Kpi

FAMILIES = ("sales", "orders", "subscriptions", "customers", "service", "marketing")


def registry() -> Mapping[str, Kpi]:
    """Every KPI of the package, and the analyst's own, by name."""
    for family in FAMILIES:
        import_module(f"{__name__}.{family}")
    return registered.registered()


def find(name: str) -> Kpi:
    """A KPI by name. Raises DefinitionError with near misses."""
    registry()
    return registered.find(name)
