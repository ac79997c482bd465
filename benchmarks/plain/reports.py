"""The four reports, from tables that all of them share."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import duckdb
import pandas as pd

from benchmarks.plain import charts, deals, forecast, kpis, members
from benchmarks.plain.charts import both
from benchmarks.plain.pages import Page
from benchmarks.plain.records import END, MONTHS, QUARTER, QUARTERS, YEAR_AGO

SALES = [
    "won_value",
    "won_deals",
    "average_won_deal",
    "decided_win_rate",
    "opportunity_to_customer_rate",
    "sales_cycle",
    "pipeline_value",
    "opportunities_created",
    "new_customer_revenue",
    "retention_rate",
]
PIPELINE = [
    "pipeline_value",
    "pipeline_deals",
    "average_opportunity_value",
    "opportunities_created",
    "lead_to_opportunity_rate",
    "pipeline_velocity",
    "sales_cycle",
    "time_in_stage",
    "sales_cycle_survival",
]
LOST = [
    "lost_value",
    "lost_deals",
    "decided_win_rate",
    "close_rate",
    "opportunity_to_customer_rate",
    "lead_response_time",
    "time_in_stage",
    "sales_cycle",
]
EXECUTIVE = [
    "opportunities_created",
    "lead_response_time",
    "pipeline_value",
    "won_value",
    "decided_win_rate",
    "sales_cycle",
    "retention_rate",
]


@dataclass(frozen=True)
class Computed:
    """What the reports share, each part computed when a report first needs it."""

    connection: duckdb.DuckDBPyConnection

    @cached_property
    def months(self) -> pd.DataFrame:
        """KPIs by month."""
        return kpis.by_period(self.connection, "month", MONTHS)

    @cached_property
    def quarters(self) -> pd.DataFrame:
        """KPIs by quarter."""
        found = kpis.by_period(self.connection, "quarter", QUARTERS)
        return found.join(self.survival)

    @cached_property
    def survival(self) -> pd.Series:
        """Kaplan-Meier medians by quarter."""
        return kpis.survival(self.connection)

    @cached_property
    def limits(self) -> pd.DataFrame:
        """The natural limits of each KPI."""
        return kpis.judged(self.months)

    @cached_property
    def closed(self) -> members.Broken:
        """Deals decided, by dimension."""
        return members.closed_by(self.connection)

    @cached_property
    def open(self) -> members.Broken:
        """Deals open, by dimension."""
        return members.open_by(self.connection)

    @cached_property
    def stages(self) -> pd.DataFrame:
        """How long deals stayed in a stage."""
        return members.of_stages(self.connection)

    @cached_property
    def forecast(self) -> forecast.Forecast:
        """What the open deals bring."""
        return forecast.forecast(self.connection)

    def trend(self, name: str) -> list[str]:
        """A KPI's course."""
        return both(charts.trend(self.months[name].tail(24), self.limits.loc[name]))

    def by(self, dimension: str, name: str) -> list[str]:
        """A KPI by member, beside a year ago."""
        frame = self.stages if name == "time_in_stage" else self.closed[dimension]
        return both(charts.difference(frame.loc[QUARTER, name], frame.loc[YEAR_AGO, name]))

    def driven(self, name: str, parts: pd.DataFrame) -> list[str]:
        """What the members added to a KPI's change."""
        before, now = self.quarters[name].iloc[-2:]
        effects = parts[parts.columns.intersection(["volume", "mix", "rate"])].sum(axis=1)
        steps = pd.concat([pd.Series({"before": before}), effects, pd.Series({"now": now})])
        return both(charts.waterfall(steps))


def page(found: Computed, name: str) -> Page:
    """One of REPORTS."""
    title, kpi_names, make = REPORTS[name]
    card = kpis.scorecard(found.quarters, found.months, kpi_names)
    sparks = {n: charts.spark(found.months[n].tail(13)) for n in kpi_names if n in found.months}
    tables, drawn = make(found)
    return Page(title, {"Key figures": card, **tables}, sparks, drawn)


Parts = tuple[dict[str, pd.DataFrame], dict[str, list[str]]]


def _sales(found: Computed) -> Parts:
    by, parts = members.causes(found.closed, "won_value", "won_deals")
    drawn = {
        "Won value": both(charts.variance(found.months["won_value"])),
        f"Won value, causes by {by}": found.driven("won_value", parts),
        "Won value by owner": found.by("owner", "won_value"),
        "Sales cycle": found.trend("sales_cycle"),
        "Time in stage": found.by("stage", "time_in_stage"),
        "Win rate": found.trend("decided_win_rate"),
        "Win rate by source": found.by("source", "decided_win_rate"),
        "Pipeline": found.trend("pipeline_value"),
    }
    largest = deals.largest(found.connection, "won", "region", 10)
    return {"Causes": parts, "Largest deals": largest}, drawn


def _pipeline(found: Computed) -> Parts:
    by, parts = members.causes(found.open, "pipeline_value", "pipeline_deals")
    stages, bridge = members.funnel(found.connection), deals.bridge(found.connection)
    median = found.stages.loc[QUARTER, "time_in_stage_median"]
    drawn = {
        "Bridge": both(charts.waterfall(bridge)),
        f"Pipeline, causes by {by}": found.driven("pipeline_value", parts),
        "Funnel": both(charts.funnel(stages, median)),
        "Pipeline by stage": both(charts.bars(members.by_stage(found.connection))),
        "Time in stage": found.by("stage", "time_in_stage"),
        "Forecast": _fan(found),
        **{name: found.trend(name) for name in (*PIPELINE[:1], PIPELINE[3], *PIPELINE[6:8])},
    }
    ends = (END - pd.DateOffset(months=3 * back) for back in (1, 2))
    earlier = [forecast.forecast(found.connection, end, 3).months for end in ends]
    tables = {
        "Earlier forecasts": pd.concat(earlier),
        "Bridge": bridge.to_frame("amount"),
        "Stages": stages,
        "Forecast": found.forecast.months,
        "Open deals": found.forecast.deals.head(20)[["deal_id", "owner", "amount", "probability"]],
        "At risk": deals.at_risk(found.connection),
    }
    return tables, drawn


def _lost(found: Computed) -> Parts:
    lost = {by: found.closed[by].loc[QUARTER] for by in ("close_reason", "stage", "segment")}
    rate = members.causes_of_rate(found.closed["source"], "won_deals", "decided")
    cohorts = deals.cohorts(found.connection)
    drawn = {
        "Reasons": both(charts.pareto(_some(lost["close_reason"]["lost_deals"]))),
        "Reasons by amount": both(charts.pareto(_some(lost["close_reason"]["lost_value"]))),
        "Lost value by reason": found.by("close_reason", "lost_value"),
        "Stages": both(charts.pareto(_some(lost["stage"]["lost_deals"]))),
        "Segments": both(charts.pareto(lost["segment"]["lost_deals"])),
        "Win rate, causes by source": found.driven("decided_win_rate", rate),
        "Cohorts": both(charts.triangle(cohorts), 90),
        "Lost value": found.trend("lost_value"),
        "Win rate": found.trend("decided_win_rate"),
        "Close rate": found.trend("close_rate"),
        "Sales cycle": found.trend("sales_cycle"),
    }
    largest = deals.largest(found.connection, "lost", "close_reason", 12)
    crossed = members.crossed(found.connection)
    return {
        "Crossed": crossed,
        "Causes": rate,
        "Cohorts": cohorts,
        "Largest losses": largest,
    }, drawn


def _executive(found: Computed) -> Parts:
    by, parts = members.causes(found.closed, "won_value", "won_deals")
    drawn = {
        f"Won value, causes by {by}": found.driven("won_value", parts),
        "Forecast": _fan(found),
        **{name: found.trend(name) for name in EXECUTIVE},
    }
    targets = deals.targets(found.connection, found.quarters.iloc[-1])
    return {"Targets": targets, "Causes": parts, "Forecast": found.forecast.months}, drawn


def _fan(found: Computed) -> list[str]:
    return both(charts.fan(found.months["won_value"].tail(13), found.forecast.months))


def _some(values: pd.Series) -> pd.Series:
    return values[values > 0]


REPORTS: dict[str, tuple[str, list[str], Callable[[Computed], Parts]]] = {
    "sales": ("Sales", SALES, _sales),
    "pipeline": ("Pipeline", PIPELINE, _pipeline),
    "lost_deals": ("Lost deals", LOST, _lost),
    "executive": ("Executive summary", EXECUTIVE, _executive),
}
