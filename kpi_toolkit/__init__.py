"""KPI functions, chart helpers and reports over CRM data.

    import kpi_toolkit as kt
    crm = kt.connect("kpi.toml")                          # or kt.from_frames(deals=my_frame)
    kt.decided_win_rate                                   # what it counts; `kpi list` has all KPIs
    kt.decided_win_rate(crm, "2026-Q3")                   # its value, which shows itself
    kt.decided_win_rate.by(crm, "2026-Q3", "source")      # a DataFrame: a row a member
    kt.decided_win_rate.series(crm, "2026-Q3", n=8)       # a row a period
    kt.decided_win_rate.records(crm, "2026-Q3")           # the rows behind the number
    kt.drivers(kt.won_value, crm, "2026-Q3", by="source").frame
    kt.pipeline_bridge(crm, "2026-Q3").frame              # and .records("lost")
    kt.monthly_forecast(crm), kt.deals_at_risk(crm).frame
    kt.archived_runs(), kt.archived_values("sales/2026-Q3")
    kt.archived_changes("sales/2026-Q2/1", "sales/2026-Q2/2")
    kt.Report("sales", period="2026-Q3").scorecard(kt.won_value)

Names are imported when they are first used, so that a command which needs few of them starts fast.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "Crm": "crm.connect",
    "connect": "crm.connect",
    "from_frames": "crm.connect",
    "Fact": "measures.fact",
    "kpi": "measures.registry",
    "KpiValue": "measures.value",
    "Period": "period",
    "Calendar": "period",
    "KpiError": "errors",
    "drivers": "insight.drivers.asked",
    "Report": "report",
    "archived_changes": "insight.editions.frames",
    "archived_runs": "insight.editions.frames",
    "archived_values": "insight.editions.frames",
    "deals_at_risk": "insight.deals.at_risk",
    "monthly_forecast": "insight.forecast.asked",
    "pipeline_bridge": "insight.deals.bridging",
    "snapshot_bridge": "insight.deals.bridging",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    # `from kpi_toolkit import resources` asks here first; the registry would import in a circle.
    if find_spec(f"{__name__}.{name}"):
        return import_module(f"{__name__}.{name}")
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    registry = import_module(f"{__name__}.kpis").registry()
    if name in registry:
        return registry[name]
    errors = import_module(f"{__name__}.errors")
    near = errors.near_misses(name, [*_HOMES, *registry])
    raise errors.UnknownName(f"kpi_toolkit has no {name!r}: {near}")


def __dir__() -> list[str]:
    registry = import_module(f"{__name__}.kpis").registry()
    return sorted([*_HOMES, *registry, "charts", "kpis", "__version__"])
