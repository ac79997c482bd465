"""The KPIs of orders a second time, in pandas, written from their definitions in words."""

import pandas as pd

from tests.oracles.bounds import Bounds
from tests.oracles.oracle import Frames, Oracle, different, ratio, total, total_of
from tests.oracles.sales import within


def lines(frames: Frames) -> pd.DataFrame:
    """Order lines, net of refunds, with what their account and their deal say of them."""
    accounts = frames["accounts"].set_index("account_id")
    owners = frames["deals"].set_index("deal_id")["owner"]
    orders = frames["orders"].reset_index(drop=True)
    return orders.assign(
        measured=orders["amount"] - orders["refunded"].fillna(0.0),
        segment=orders["account_id"].map(accounts["segment"]),
        region=orders["account_id"].map(accounts["region"]),
        owner=orders["deal_id"].map(owners),
    )


def placed(frames: Frames, at: Bounds) -> pd.DataFrame:
    """The lines of the period; those that give something back are no orders."""
    rows = lines(frames)
    rows = rows.assign(bought=rows["order_id"].where(~(rows["amount"] < 0)))
    return rows[within(rows["ordered_at"], at.start, at.end)]


def bought(frames: Frames, at: Bounds) -> pd.DataFrame:
    """The lines with an account that were bought in the twelve months to the end."""
    rows = lines(frames)
    rows = rows[~(rows["amount"] < 0)]
    return rows[within(rows["ordered_at"], at.since, at.end) & rows["account_id"].notna()]


def new_orders(
    frames: Frames, at: Bounds, new_for: str = "first_order", months: int = 12
) -> pd.DataFrame:
    """Net order lines of new customers: of their first order, or of their first months."""
    orders = frames["orders"].reset_index(drop=True)
    known = orders[orders["account_id"].notna()].sort_values(["ordered_at", "order_id"])
    known = known[~(known["amount"] < 0)]
    first = known.drop_duplicates("account_id").set_index("account_id")
    accounts = frames["accounts"].set_index("account_id")
    owners = frames["deals"].set_index("deal_id")["owner"]
    rows = orders.assign(
        measured=orders["amount"] - orders["refunded"].fillna(0.0),
        first_order=orders["account_id"].map(first["order_id"]),
        since=orders["account_id"].map(accounts["became_customer_at"]),
        segment=orders["account_id"].map(accounts["segment"]),
        region=orders["account_id"].map(accounts["region"]),
        owner=orders["deal_id"].map(owners),
    )
    rows["since"] = rows["since"].fillna(rows["account_id"].map(first["ordered_at"]))
    if new_for == "first_order":
        new = rows["order_id"] == rows["first_order"]
    else:
        new = rows["ordered_at"] < rows["since"] + pd.DateOffset(months=months)
    return rows[new & within(rows["ordered_at"], at.start, at.end)]


def costed(frames: Frames, at: Bounds) -> pd.DataFrame:
    """The lines of the period, with their revenue and what is left of it where the cost is known;
    a member without such a line is one of which that is told.
    """
    rows = placed(frames, at)
    revenue = rows["measured"].where(rows["cost"].notna())
    return rows.assign(revenue=revenue, left=revenue - rows["cost"]).drop(columns="measured")


ORACLES = {
    "new_customer_revenue": Oracle(new_orders, total),
    "profit_margin": Oracle(costed, ratio(total_of("left"), total_of("revenue"))),
    "revenue": Oracle(placed, total),
    "average_purchase": Oracle(placed, ratio(total, different("bought"))),
    "buying_customers": Oracle(bought, different("account_id")),
    "purchase_frequency": Oracle(bought, ratio(different("order_id"), different("account_id"))),
}
