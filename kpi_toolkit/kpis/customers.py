"""Customers: do those whom we won stay?"""

from kpi_toolkit.kpis.facts import accounts
from kpi_toolkit.measures.formula import Node
from kpi_toolkit.measures.registry import kpi


@kpi(
    label="Customer retention",
    catalogue=["R14"],
    unit="percent",
    better="up",
    window="stock",
    finest_grain="month",
    reads_with=["churn_rate"],
)
def retention_rate() -> Node:
    """Customers at the start of the period who are still customers at its end.

    Formula: kept / customers at the start
    Counts: customers at the start of the period; those won during it do not count
    Empty: no data when there was no customer at the start
    """
    return (
        accounts.at_start.count("churned_at is null or churned_at >= :end")
        / accounts.at_start.count()
    )


@kpi(
    label="Customer churn",
    catalogue=["R15"],
    unit="percent",
    better="down",
    window="stock",
    finest_grain="month",
    reads_with=["retention_rate"],
)
def churn_rate() -> Node:
    """Customers at the start of the period who left during it.

    Formula: lost / customers at the start
    Counts: customers at the start of the period; one won and lost during it does not count
    Empty: no data when there was no customer at the start
    """
    return accounts.at_start.count("churned_at < :end") / accounts.at_start.count()
