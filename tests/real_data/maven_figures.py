"""Which figure of a KPI each key of MavenTech's expected.json is, "|"-separated as they are.

A key that no KPI expresses has a reason instead.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import kpi_toolkit as kt
from kpi_toolkit.measures.kpi import Kpi

Figure = Callable[[kt.Crm, str], float | None]

GROUPS = {"by_region": "region", "by_product": "product"}
LATER = "a later KPI"
OTHER = "not a measure of these KPIs"

NOT_EXPRESSED = {
    r"velocity_per_day\|(closed|all).*": f"velocity is that of open deals: {OTHER}",
    r"velocity_per_day\|.*meanclosedcycle": f"the cycle ends with a signature: {OTHER}",
    r"pipeline\|weighted_by_win_rate": f"weighted pipeline: {LATER}",
    r"pipeline\|.*_age_days": f"age of open deals: {LATER}",
    r"data_quality\|completeness_all_cells|data_quality\|rows_fully_complete": (
        f"completeness of records: {LATER}"
    ),
    r"data_quality\|missing_close_value": "an open deal is mapped to its list price",
    r".*\|median_deal_value": f"the mean is the KPI: {OTHER}",
    r".*\|cycle_(mean|median)_(closed|lost)": f"the cycle ends with a signature: {OTHER}",
    r"total\|cycle_(min|max|p90)_won": f"mean and median are the KPIs: {OTHER}",
    r"new_customer_revenue_by_quarter\|2017Q2\|revenue_from_new": (
        "new for a calendar quarter; the KPI counts first orders, or an account's first months"
    ),
}


@dataclass(frozen=True)
class Totals:
    """Figures of one period, of all records or of one member of a dimension."""

    crm: kt.Crm
    period: str
    dimension: str = ""
    member: str = ""

    def of(self, kpi: Kpi, part: str = "value", **options: object) -> float | None:
        """A KPI's value, numerator, denominator or n."""
        if not self.dimension:
            return getattr(kpi(self.crm, self.period, **options), part)
        found = kpi.by(self.crm, self.period, self.dimension, **options)
        return found.loc[self.member, part]


METRICS: dict[str, Callable[[Totals], float | None]] = {
    "opportunities": lambda t: t.of(kt.opportunities_created),
    "won": lambda t: t.of(kt.won_deals),
    "lost": lambda t: t.of(kt.lost_deals),
    "open": lambda t: t.of(kt.pipeline_deals),
    "win_rate": lambda t: t.of(kt.decided_win_rate),
    "close_rate_all": lambda t: t.of(kt.close_rate),
    "revenue": lambda t: t.of(kt.won_value),
    "avg_deal_value": lambda t: t.of(kt.average_won_deal),
    "cycle_mean_won": lambda t: t.of(kt.sales_cycle, start="creation"),
    "cycle_median_won": lambda t: t.of(kt.sales_cycle_median, start="creation"),
    "new_accounts": lambda t: t.of(kt.new_customer_revenue, "n"),
    "revenue_from_new": lambda t: t.of(kt.new_customer_revenue, new_for="months", months=1),
    "revenue_total": lambda t: t.of(kt.won_value),
    "open_deals": lambda t: t.of(kt.pipeline_deals),
    "open_deals_x_winrate_x_avgwon_over_meanwoncycle": lambda t: t.of(
        kt.pipeline_velocity, start="creation"
    ),
    "list_price_value": lambda t: t.of(kt.pipeline_value),
}


def reason_not_expressed(key: str) -> str:
    """Why no KPI expresses a key; "" where one does."""
    fitting = (why for pattern, why in NOT_EXPRESSED.items() if re.fullmatch(pattern, key))
    return next(fitting, "")


def figure(crm: kt.Crm, key: str) -> float | None:
    """What the KPIs say of a key."""
    group, *between, metric = key.split("|")
    if group == "data_quality":
        return QUALITY[metric](crm)
    if group == "pipeline_by_stage":
        return _stage(crm, between[0], metric)
    return METRICS[metric](_totals(crm, group, *between))


def _totals(crm: kt.Crm, group: str, member: str = "") -> Totals:
    if group in GROUPS:
        return Totals(crm, "all", GROUPS[group], member)
    if member:
        return Totals(crm, re.sub(r"(?<=\d)Q", "-Q", member))
    return Totals(crm, "all")


def _stage(crm: kt.Crm, stage: str, metric: str) -> float:
    """A stage is today's state, so no dimension of a stock; the records behind it know it."""
    behind = kt.pipeline_value.records(crm, "all")
    amounts = behind.loc[behind["in_numerator"] & (behind["stage"] == stage), "measured"]
    return len(amounts) if metric == "count" else float(amounts.sum())


def _count(table: str, what: str, where: str = "true") -> Callable[[kt.Crm], float]:
    return lambda crm: crm.query(f"SELECT {what} FROM {table} WHERE {where}")[0][0]


def _read(table: str, part: str) -> Callable[[kt.Crm], float]:
    return lambda crm: next(getattr(t, part) for t in crm.reading if t.table == table)


QUALITY: dict[str, Callable[[kt.Crm], float]] = {
    "rows": _read("deals", "rows"),
    "duplicate_ids": _read("deals", "quarantined"),
    "missing_account": _count("deals", "count(*)", "account_id IS NULL"),
    "missing_account_won": _count("deals", "count(*)", "account_id IS NULL AND status = 'won'"),
    "missing_engage_date": _count("deals", "count(*)", "created_at IS NULL"),
    "missing_close_date": _count("deals", "count(*)", "closed_at IS NULL"),
    "agents_in_team": _count("users", "count(*)"),
    "agents_with_deals": _count("deals", "count(DISTINCT owner)"),
    "accounts": _count("accounts", "count(*)"),
    "accounts_with_deals": _count("deals", "count(DISTINCT account_id)"),
}
