"""Orders: how much is bought, by how many, and how often?"""

from kpi_toolkit.kpis.facts import orders
from kpi_toolkit.measures.formula import Node
from kpi_toolkit.measures.known import Known
from kpi_toolkit.measures.registry import kpi

COSTED = Known("cost is not null", "cost known of {share} of the lines")
LAST_YEAR = "is_purchase and ordered_at >= :since and ordered_at < :end"


@kpi(
    label="Revenue",
    catalogue=["S19"],
    unit="money",
    better="up",
    window="event",
    finest_grain="day",
    reads_with=["average_purchase"],
)
def revenue() -> Node:
    """Revenue of the orders placed in the period.

    Formula: sum of (amount - refunds)
    Counts: order lines of the period, those without an account too; a line of a negative amount, a
        return, reduces the period in which it stands, and a refund that of its order, where the
        data have them
    Empty: 0
    """
    return orders.sum("revenue")


@kpi(
    label="Gross margin",
    catalogue=["S28"],
    unit="percent",
    better="up",
    window="event",
    finest_grain="month",
    reads_with=["revenue"],
    known=COSTED,
)
def profit_margin() -> Node:
    """What is left of revenue after the cost of what was sold.

    Formula: (revenue - cost) / revenue
    Counts: order lines of the period whose cost is known, net of refunds where the data have them;
        the cost is that of the whole line
    Empty: no data when the lines of known cost brought no revenue
    """
    return orders.sum("revenue - cost", COSTED.where) / orders.sum("revenue", COSTED.where)


@kpi(
    label="Average order value",
    catalogue=["F02"],
    unit="money",
    better="up",
    window="event",
    finest_grain="month",
    reads_with=["purchase_frequency"],
)
def average_purchase() -> Node:
    """Mean revenue of an order.

    Formula: revenue / orders
    Counts: orders of the period; an order of several lines is one, and one of amount 0 is one too;
        a return (a line of a negative amount) lowers revenue and is no order
    Empty: no data when there was no order
    """
    return orders.sum("revenue") / orders.distinct("order_id", "is_purchase")


@kpi(
    label="Buying customers",
    catalogue=["R17"],
    unit="count",
    better="up",
    window="stock",
    finest_grain="month",
    reads_with=["purchase_frequency"],
)
def buying_customers() -> Node:
    """Customers who ordered in the twelve months that end with the period.

    Formula: number of different accounts
    Counts: orders of the twelve months; orders without an account and returns (lines of a negative
        amount) do not count
    Empty: 0
    """
    return orders.distinct("account_id", LAST_YEAR)


@kpi(
    label="Purchase frequency",
    catalogue=["F03"],
    unit="ratio",
    better="up",
    window="stock",
    finest_grain="month",
    reads_with=["average_purchase"],
)
def purchase_frequency() -> Node:
    """Orders a customer places in a year.

    Formula: orders / customers who placed them
    Counts: orders of the twelve months that end with the period; orders without an account and
        returns (lines of a negative amount) do not count
    Empty: no data when no customer ordered
    """
    return orders.distinct("order_id", f"{LAST_YEAR} and account_id is not null") / orders.distinct(
        "account_id", LAST_YEAR
    )
