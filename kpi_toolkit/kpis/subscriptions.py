"""Subscriptions: does recurring revenue grow, and do terms get renewed?"""

from kpi_toolkit.kpis.facts import subscriptions
from kpi_toolkit.measures.formula import Node
from kpi_toolkit.measures.registry import kpi

# A term that a change of plan ended early goes on in another.
DUE = "coalesce(end_reason, '') <> 'changed'"


@kpi(
    label="Monthly recurring revenue",
    catalogue=["F08"],
    unit="money",
    better="up",
    window="stock",
    finest_grain="week",
    reads_with=["mrr_started", "mrr_ended"],
)
def monthly_recurring_revenue() -> Node:
    """Monthly price of the subscriptions that run at the end of the period.

    Formula: sum of the monthly prices
    Counts: terms started before the end and not ended by then
    Empty: 0
    """
    return subscriptions.at_end.sum("mrr")


@kpi(
    label="MRR started",
    catalogue=["F08"],
    unit="money",
    better="up",
    window="event",
    finest_grain="week",
    reads_with=["mrr_ended"],
)
def mrr_started() -> Node:
    """Monthly price of the subscription terms that started in the period.

    Formula: sum of the monthly prices
    Counts: terms by their start; a renewal or a change of plan ends one term and starts another,
        so it counts both as started and as ended
    Empty: 0
    """
    return subscriptions.sum("mrr")


@kpi(
    label="MRR ended",
    catalogue=["F08"],
    unit="money",
    better="down",
    window="event",
    finest_grain="week",
    reads_with=["mrr_started"],
)
def mrr_ended() -> Node:
    """Monthly price of the subscription terms that ended in the period.

    Formula: sum of the monthly prices
    Counts: terms by their end; a renewal or a change of plan ends one term and starts another,
        so it counts both as started and as ended
    Empty: 0
    """
    return subscriptions.sum("mrr", "ended_at is not null", time="ended_at")


@kpi(
    label="Renewal rate",
    catalogue=["R16"],
    unit="percent",
    better="up",
    window="event",
    finest_grain="month",
    reads_with=["churn_rate", "monthly_recurring_revenue"],
)
def renewal_rate() -> Node:
    """Subscription terms that were renewed, out of those due for renewal in the period.

    Formula: renewed / due
    Counts: terms due in the period, renewed early or late; a term that a change of plan ended is
        not due; one cancelled early is not renewed
    Empty: no data when no term was due
    """
    known = f"renewal_due_at is not null and {DUE}"
    return subscriptions.count(
        f"{known} and renewed_at is not null", time="renewal_due_at"
    ) / subscriptions.count(known, time="renewal_due_at")
