"""New customers, and what customers bring."""

from typing import Literal

from kpi_toolkit.kpis.facts import accounts, orders, upsold_accounts
from kpi_toolkit.measures.formula import Node
from kpi_toolkit.measures.options import Says
from kpi_toolkit.measures.registry import kpi

NewFor = Literal["first_order", "months"]
NEW: Says = {
    "new_for": {
        "first_order": "the first order of each account",
        "months": "all orders of the first {months} months of each account",
    },
    "months": {int: ""},
}


@kpi(
    label="New customer revenue",
    catalogue=["S18"],
    unit="money",
    better="up",
    window="event",
    finest_grain="month",
    reads_with=["won_value"],
    says=NEW,
    needs_history=True,
)
def new_customer_revenue(*, new_for: NewFor = "first_order", months: int = 12) -> Node:
    """Revenue from new customers.

    Formula: sum of (amount - refunds) over the orders of new customers
    Counts: {new_for}; orders without an account do not count; refunds and returns (lines of a
        negative amount) are deducted where the data have them, and a return makes nobody a customer
    Empty: 0
    """
    new = {
        "first_order": "order_id = first_order",
        "months": f"ordered_at < customer_since + interval '{months}' month",
    }[new_for]
    return orders.sum("revenue", new)


@kpi(
    label="New customers",
    catalogue=["S20"],
    unit="count",
    better="up",
    window="event",
    finest_grain="week",
    reads_with=["new_customer_revenue", "churn_rate"],
)
def new_customers() -> Node:
    """Customers won in the period.

    Formula: number of accounts
    Counts: accounts whose first day as a customer lies in the period; one that comes back is not
        new
    Empty: 0
    """
    return accounts.count()


@kpi(
    label="Upsell rate",
    catalogue=["S21"],
    unit="percent",
    better="up",
    window="stock",
    finest_grain="month",
    reads_with=["churn_rate", "new_customer_revenue"],
)
def upsell_rate() -> Node:
    """Customers at the start of the period who bought more in it.

    Formula: customers who bought more / customers at the start
    Counts: customers at the start of the period, each once; to buy more is to sign an upsell or a
        cross-sell, or to change to a dearer subscription where the data have them, a stand-in for
        "more than planned", which no record tells
    Empty: no data when there was no customer at the start
    """
    customers = upsold_accounts.at_start
    return customers.count("bought_more") / customers.count()
