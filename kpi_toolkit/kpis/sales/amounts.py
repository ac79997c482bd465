"""How much is sold, opened and lost, and what a deal is worth."""

from kpi_toolkit.kpis.facts import closed_deals, deals, in_pipeline
from kpi_toolkit.kpis.sales.words import LOST, WON
from kpi_toolkit.measures.formula import Node
from kpi_toolkit.measures.registry import kpi


@kpi(
    label="Average opportunity",
    catalogue=["S10"],
    unit="money",
    better="up",
    window="stock",
    finest_grain="month",
    reads_with=["close_rate", "sales_cycle"],
)
def average_opportunity_value() -> Node:
    """Mean amount of the deals that were in the pipeline during the period.

    Formula: amount of the deals / deals that have an amount
    Counts: deals open at the start or created in the period, whatever became of them, at the amount
        known today
    Empty: no data when no deal with an amount was in the pipeline
    """
    return in_pipeline.during.mean("amount")


@kpi(
    label="Average won deal",
    catalogue=["S11"],
    unit="money",
    better="up",
    window="event",
    finest_grain="month",
    reads_with=["decided_win_rate"],
)
def average_won_deal() -> Node:
    """Mean amount of the deals won in the period.

    Formula: amount won / deals won that have an amount
    Counts: deals won in the period; amounts in other currencies at the rate of the day of signature
    Empty: no data when no deal was won
    """
    return deals.mean("amount", WON)


@kpi(
    label="Deals by status",
    catalogue=["S15"],
    unit="count",
    better="context",
    window="stock",
    finest_grain="month",
    reads_with=["deal_value_by_status", "close_rate"],
    default_by="status",
)
def deals_by_status() -> Node:
    """Deals that were in the pipeline during the period, by what had become of them at its end.

    Formula: number of deals
    Counts: deals open at the start or created in the period; those closed in it are won or lost,
        all others open
    Empty: 0
    """
    return in_pipeline.during.count()


@kpi(
    label="Deal value by status",
    catalogue=["S15"],
    unit="money",
    better="context",
    window="stock",
    finest_grain="month",
    reads_with=["deals_by_status"],
    default_by="status",
)
def deal_value_by_status() -> Node:
    """Amount of the deals that were in the pipeline, by what had become of them at the end.

    Formula: sum of the amounts
    Counts: the same deals as the deals by status, at the amount known today
    Empty: 0
    """
    return in_pipeline.during.sum("amount")


@kpi(
    label="Deals won",
    catalogue=["S16"],
    unit="count",
    better="up",
    window="event",
    finest_grain="week",
    reads_with=["won_value", "close_rate"],
    default_by="owner",
)
def won_deals() -> Node:
    """Deals won in the period.

    Formula: number of deals won
    Counts: deals won in the period, by closing date
    Empty: 0
    """
    return deals.count(WON)


@kpi(
    label="Won value",
    catalogue=["S16"],
    unit="money",
    better="up",
    window="event",
    finest_grain="week",
    reads_with=["average_won_deal", "decided_win_rate"],
    default_by="owner",
)
def won_value() -> Node:
    """Amount of the deals won in the period.

    Formula: sum of the amounts of deals won
    Counts: deals won in the period, by closing date; amounts in other currencies at the rate of
        that day
    Empty: 0
    """
    return deals.sum("amount", WON)


@kpi(
    label="Opportunities created",
    catalogue=["S17"],
    unit="count",
    better="up",
    window="event",
    finest_grain="day",
    reads_with=["close_rate", "won_deals"],
)
def opportunities_created() -> Node:
    """Deals created in the period.

    Formula: number of deals
    Counts: deals by their creation, whatever became of them
    Empty: 0
    """
    return deals.count(time="created_at")


@kpi(
    label="Deals lost",
    catalogue=["S22"],
    unit="count",
    better="down",
    window="event",
    finest_grain="week",
    reads_with=["decided_win_rate", "lost_value"],
    default_by="close_reason",
)
def lost_deals() -> Node:
    """Deals lost in the period.

    Formula: number of deals lost
    Counts: deals lost in the period, by closing date
    Empty: 0
    """
    return closed_deals.count(LOST)


@kpi(
    label="Value lost",
    catalogue=["S22"],
    unit="money",
    better="down",
    window="event",
    finest_grain="week",
    reads_with=["lost_deals", "won_value"],
    default_by="close_reason",
)
def lost_value() -> Node:
    """Amount of the deals lost in the period.

    Formula: sum of the amounts of deals lost
    Counts: deals lost in the period, by closing date; amounts in other currencies at the rate of
        that day; a deal without an amount adds nothing
    Empty: 0
    """
    return closed_deals.sum("amount", LOST)
