"""The sales KPIs a second time, in pandas, written from their definitions in words."""

import pandas as pd

from tests.oracles.bounds import Bounds
from tests.oracles.oracle import (
    Frames,
    Oracle,
    count,
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


def begun(frames: Frames, at: Bounds) -> pd.DataFrame:
    """Deals created in the period."""
    deals = frames["deals"]
    return deals[within(deals["created_at"], at.start, at.end)]


def new_products(
    frames: Frames, at: Bounds, new_months: int = 12, within_days: int | None = None
) -> pd.DataFrame:
    """Deals created in the period for products that were launched not long before, or later."""
    rows = created(frames, at, within_days)
    launched = rows["product"].map(frames["products"].set_index("product")["launched_on"])
    local = rows["created_at"].dt.tz_localize("UTC").dt.tz_convert(at.zone).dt.tz_localize(None)
    return rows[local.dt.normalize() < launched + pd.DateOffset(months=new_months)]


def lost(frames: Frames, at: Bounds) -> pd.DataFrame:
    """Deals lost in the period, with their amounts."""
    rows = decided(frames, at)
    return rows[~rows["hit"]].assign(measured=lambda deals: deals["amount"])


ORACLES = {
    "opportunity_to_customer_rate": Oracle(created, share),
    "close_rate": Oracle(in_pipeline, share),
    "decided_win_rate": Oracle(decided, share),
    "sales_cycle": Oracle(cycles, mean_days),
    "sales_cycle_median": Oracle(cycles, median_days),
    "sales_cycle_survival": Oracle(followed, median_survival_days),
    "average_won_deal": Oracle(won, mean),
    "won_value": Oracle(won, total),
    "won_deals": Oracle(lambda frames, at: won(frames, at).drop(columns="measured"), count),
    "lost_deals": Oracle(lambda frames, at: lost(frames, at).drop(columns="measured"), count),
    "lost_value": Oracle(lost, total),
    "opportunities_created": Oracle(begun, count),
    "new_product_conversion_rate": Oracle(new_products, share),
}
