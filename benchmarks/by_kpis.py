"""The toolkit's side: the KPIs of sales and customers, asked for in one call."""

from collections.abc import Iterable
from pathlib import Path

from benchmarks.tables import LAST_DAY, TABLES
from kpi_toolkit.crm.building import Home, columns
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.crm.database import reading
from kpi_toolkit.kpis import find
from kpi_toolkit.measures.evaluate import Ask, Evaluation
from kpi_toolkit.period import Calendar, Period, parse_period

Values = dict[tuple[str | None, ...], float | None]
MONTHS = 13
# Those that are written by hand beside us.
KPIS = (
    *("opportunity_to_customer_rate", "close_rate", "decided_win_rate", "sales_cycle"),
    *("sales_cycle_median", "sales_cycle_survival", "time_in_stage", "average_won_deal"),
    *("pipeline_value", "won_value", "new_customer_revenue", "retention_rate", "churn_rate"),
)


def open_tables(folder: Path) -> Crm:
    """A Crm over the Parquet files."""
    connection = reading(folder)
    for table in TABLES:
        connection.execute(f"CREATE VIEW {table} AS FROM read_parquet('{folder / table}.parquet')")
    calendar = Calendar("UTC")
    return Crm(
        connection,
        columns(connection, TABLES),
        home=Home(calendar, "EUR"),
        as_of=calendar.instant(parse_period(LAST_DAY, calendar, None).start),
        folder=folder,
    )


def values(crm: Crm, kpis: Iterable[str] = KPIS) -> Values:
    """Current period, the one before, 13 months and two breakdowns of each KPI, by (kpi, ...)."""
    keys = {ask: (ask.bound.kpi.name, ask.period.key, *ask.by) for ask in asks(crm, kpis)}
    found = Evaluation(crm, crm.as_of).values(keys)
    return {
        (*keys[ask], *each.members.values()): each.value
        for ask, every in found.items()
        for each in every
    }


def asks(crm: Crm, kpis: Iterable[str]) -> list[Ask]:
    """A KPI that is defined by quarter has quarters, and no months."""
    month, quarter = (parse_period(key, crm.calendar, crm.as_of) for key in ("2026-09", "2026-Q3"))
    found = []
    for kpi in map(find, kpis):
        by_quarter = kpi.finest_grain == "quarter"
        current: Period = quarter if by_quarter else month
        found += [Ask(kpi.bind(), each) for each in current.last(2 if by_quarter else MONTHS)]
        found += [Ask(kpi.bind(), current, (by,)) for by in kpi.dimensions(crm)[:2]]
    return found
