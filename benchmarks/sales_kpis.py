"""All KPIs of sales and pipeline that are counted, asked for in one call; those that a model learns
are measured with it.
"""

from pathlib import Path

from benchmarks import by_kpis
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.kpis import registry

TARGET = 0.5

open_tables = by_kpis.open_tables


def names(crm: Crm) -> tuple[str, ...]:
    """The KPIs that the tables suffice for."""
    return tuple(
        kpi.name
        for kpi in registry().values()
        if kpi.family == "sales" and not kpi.is_modelled and not kpi.lacks(crm)
    )


def values(crm: Crm) -> by_kpis.Values:
    """Current period, the one before, 13 months and two breakdowns of each."""
    return by_kpis.values(crm, names(crm))


def count(folder: Path) -> int:
    """How many KPIs are measured."""
    return len(names(open_tables(folder)))
