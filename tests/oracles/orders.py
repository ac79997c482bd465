"""The KPIs of orders a second time, in pandas, written from their definitions in words."""

import pandas as pd

from tests.oracles.bounds import Bounds
from tests.oracles.oracle import Frames, Oracle, different, ratio, total
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


ORACLES = {
    "revenue": Oracle(placed, total),
    "average_purchase": Oracle(placed, ratio(total, different("bought"))),
    "buying_customers": Oracle(bought, different("account_id")),
    "purchase_frequency": Oracle(bought, ratio(different("order_id"), different("account_id"))),
}
