"""The changes that kpi.toml declares, checked against the KPIs that there are."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_toolkit.config import ShiftConfig
from kpi_toolkit.errors import ConfigError, near_misses
from kpi_toolkit.insight.change.reading import Shift
from kpi_toolkit.kpis import registry


def declared(shifts: Sequence[ShiftConfig]) -> tuple[Shift, ...]:
    """The shifts of kpi.toml. Raises ConfigError that names every KPI that there is not."""
    known = registry()
    faults = [
        f"shifts of {shift.day}: kpis {kpi!r}: {near_misses(kpi, known)}"
        for shift in shifts
        for kpi in shift.kpis
        if kpi not in known
    ]
    if faults:
        raise ConfigError("kpi.toml: " + "\n  ".join(faults))
    return tuple(Shift(shift.day, shift.what, shift.kpis) for shift in shifts)
