"""The sales KPIs a second time, in pandas, written from their definitions in words."""

import pandas as pd

from tests.oracles.bounds import Bounds
from tests.oracles.oracle import (
    Frames,
    Oracle,
    mean,
    mean_days,
    median_days,
    median_survival_days,
    share,
    total,
)


def within(instants: pd.Series, start: pd.Timestamp, end: pd.Timestamp) -> pd.Series:
    """Half-open; a missing instant lies nowhere."""
    return (instants >= start) & (instants < end)


def created(frames: Frames, at: Bounds, within_days: int | None = None) -> pd.DataFrame:
    """Deals created in the period; a hit was won by now, and in time."""
    deals = frames["deals"]
    rows = deals[within(deals["created_at"], at.start, at.end)]
    hit = (rows["status"] == "won") & (rows["closed_at"] < at.as_of)
    if within_days is not None:
        hit &= rows["closed_at"] - rows["created_at"] <= pd.Timedelta(days=within_days)
    return rows.assign(hit=hit)


def in_pipeline(frames: Frames, at: Bounds) -> pd.DataFrame:
    """Deals open at the start or created since; a hit was won within the period."""
    deals = frames["deals"]
    begun = deals["created_at"].isna() | (deals["created_at"] < at.end)
    rows = deals[begun & ~(deals["closed_at"] < at.start)]
    won = (rows["status"] == "won") & within(rows["closed_at"], at.start, at.end)
    return rows.assign(hit=won)


def decided(frames: Frames, at: Bounds) -> pd.DataFrame:
    """Deals closed in the period, won or lost; a hit is won."""
    deals = frames["deals"]
    closed = within(deals["closed_at"], at.start, at.end)
    rows = deals[closed & deals["status"].isin(["won", "lost"])]
    return rows.assign(hit=rows["status"] == "won")


def won(frames: Frames, at: Bounds) -> pd.DataFrame:
    """Deals won in the period, with their amounts."""
    rows = decided(frames, at)
    return rows[rows["hit"]].assign(measured=lambda deals: deals["amount"])


def cycles(frames: Frames, at: Bounds, start: str = "first_contact") -> pd.DataFrame:
    """Deals won in the period, from start to signature; a start after the end does not count."""
    rows = won(frames, at)
    rows = rows.assign(measured=rows["closed_at"] - began(rows, start))
    return rows[rows["measured"] >= pd.Timedelta(0)]


def began(deals: pd.DataFrame, start: str) -> pd.Series:
    """First contact where it is known, else creation; or creation."""
    if start == "creation":
        return deals["created_at"]
    return deals["first_contact_at"].where(deals["first_contact_at"].notna(), deals["created_at"])


def followed(frames: Frames, at: Bounds, start: str = "first_contact") -> pd.DataFrame:
    """Deals created in the twelve months to the end; a hit is signed by then, the rest censored."""
    deals = frames["deals"]
    rows = deals[within(deals["created_at"], at.since, at.end)]
    closed = rows["closed_at"] < at.end
    seen = rows["closed_at"].where(closed, at.end)
    rows = rows.assign(measured=seen - began(rows, start), hit=closed & (rows["status"] == "won"))
    return rows[rows["measured"] >= pd.Timedelta(0)]


def open_at_end(frames: Frames, at: Bounds) -> pd.DataFrame:
    """Deals begun before the end and not closed before it."""
    deals = frames["deals"]
    begun = deals["created_at"].isna() | (deals["created_at"] < at.end)
    rows = deals[begun & ~(deals["closed_at"] < at.end)]
    return rows.assign(measured=rows["amount"])


def stays(frames: Frames, at: Bounds) -> pd.DataFrame:
    """Stays in open stages that ended in the period: at the next stage, else at the closing."""
    deals = frames["deals"][
        ["deal_id", "pipeline", "owner", "team", "segment", "product", "source", "closed_at"]
    ]
    steps = frames["deal_stages"].merge(deals, on="deal_id", how="inner")
    steps = steps[steps["closed_at"].isna() | (steps["entered_at"] < steps["closed_at"])]
    steps = steps.merge(frames["stages"], on=["pipeline", "stage"], how="left")
    steps = steps.sort_values(["deal_id", "entered_at", "position"], na_position="first")
    left = steps.groupby("deal_id")["entered_at"].shift(-1)
    steps = steps.assign(left_at=left.where(left.notna(), steps["closed_at"]))
    steps = steps.assign(measured=steps["left_at"] - steps["entered_at"])
    return steps[within(steps["left_at"], at.start, at.end)]


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


ORACLES = {
    "opportunity_to_customer_rate": Oracle(created, share),
    "close_rate": Oracle(in_pipeline, share),
    "decided_win_rate": Oracle(decided, share),
    "sales_cycle": Oracle(cycles, mean_days),
    "sales_cycle_median": Oracle(cycles, median_days),
    "sales_cycle_survival": Oracle(followed, median_survival_days),
    "time_in_stage": Oracle(stays, mean_days),
    "average_won_deal": Oracle(won, mean),
    "pipeline_value": Oracle(open_at_end, total),
    "won_value": Oracle(won, total),
    "new_customer_revenue": Oracle(new_orders, total),
}
