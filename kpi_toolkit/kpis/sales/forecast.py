"""Forecast: what will the open deals bring, and which of them?"""

from typing import Literal

from kpi_toolkit.kpis.facts import DEAL_DIMENSIONS
from kpi_toolkit.measures.fact import Fact
from kpi_toolkit.measures.formula import Node
from kpi_toolkit.measures.options import Says
from kpi_toolkit.measures.registry import kpi
from kpi_toolkit.models.win_probability import WIN_PROBABILITIES

# One row a deal that was open when the period ended, as it was known then.
scored_deals = Fact(
    "deals",
    open=("created_at", "closed_at"),
    dimensions=(*DEAL_DIMENSIONS, "stage"),
    model=WIN_PROBABILITIES,
)
Horizon = Literal["all", "days"]
WITHIN: Says = {
    "horizon": {
        "all": "whenever they are expected to close",
        "days": "expected to close within {horizon_days} days; a deal without an expected date "
        "does not count",
    },
    "horizon_days": {int: ""},
}


@kpi(
    label="Sales forecast",
    catalogue=["S23"],
    unit="money",
    better="up",
    window="stock",
    finest_grain="week",
    reads_with=["pipeline_value", "won_value"],
    default_by="stage",
    says=WITHIN,
)
def sales_forecast(*, horizon: Horizon = "all", horizon_days: int = 90) -> Node:
    """What the deals open at the end of the period are expected to bring, each by its chance.

    Formula: sum of amount x win probability of the open deals
    Counts: deals open when the period ends, {horizon}; amounts and probabilities as they were known
        then; deals without an amount or without a probability do not count
    Empty: 0
    """
    within = {
        "all": None,
        "days": f"expected_close_on < local_day(:end) + interval '{horizon_days}' day",
    }[horizon]
    return scored_deals.sum("amount * probability", within)


@kpi(
    label="Win probability",
    catalogue=["S24"],
    unit="percent",
    better="up",
    window="stock",
    finest_grain="day",
    reads_with=["sales_forecast", "decided_win_rate"],
    default_by="stage",
)
def win_probability() -> Node:
    """Mean chance of the open deals to be won.

    Formula: sum of the win probabilities / open deals
    Counts: deals open when the period ends; a probability is what earlier deals in the same state
        came to, learnt from what was known at that moment only
    Empty: no data when no deal was open
    """
    return scored_deals.sum("probability") / scored_deals.count(of="probability")
