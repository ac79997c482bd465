"""The customer KPIs a second time, in pandas: customers at the start, and what became of them."""

import pandas as pd

from tests.oracles.bounds import Bounds
from tests.oracles.oracle import Frames, Oracle, count, share
from tests.oracles.sales import within


def at_start(frames: Frames, at: Bounds) -> pd.DataFrame:
    """Customers when the period starts; `gone` says who left before its end."""
    accounts = frames["accounts"]
    there = (accounts["became_customer_at"] < at.start) & ~(accounts["churned_at"] < at.start)
    rows = accounts[there]
    return rows.assign(gone=rows["churned_at"] < at.end)


def kept(frames: Frames, at: Bounds) -> pd.DataFrame:
    """A hit is still a customer."""
    return at_start(frames, at).assign(hit=lambda rows: ~rows["gone"])


def lost(frames: Frames, at: Bounds) -> pd.DataFrame:
    """A hit has left."""
    return at_start(frames, at).assign(hit=lambda rows: rows["gone"])


def upsold(frames: Frames, at: Bounds) -> pd.DataFrame:
    """Customers at the start; a hit signed an upsell, or went to a dearer plan, in the period."""
    deals, terms = frames["deals"], frames["subscriptions"]
    signed = deals[(deals["status"] == "won") & deals["kind"].isin(["upsell", "cross_sell"])]
    signed = signed[within(signed["closed_at"], at.start, at.end)]
    dearer = terms[(terms["kind"] == "upgrade") & within(terms["started_at"], at.start, at.end)]
    bought = {*signed["account_id"].dropna(), *dearer["account_id"].dropna()}
    return at_start(frames, at).assign(hit=lambda rows: rows["account_id"].isin(bought))


def won(frames: Frames, at: Bounds) -> pd.DataFrame:
    """Accounts that became customers in the period."""
    accounts = frames["accounts"]
    return accounts[within(accounts["became_customer_at"], at.start, at.end)]


ORACLES = {
    "retention_rate": Oracle(kept, share),
    "churn_rate": Oracle(lost, share),
    "upsell_rate": Oracle(upsold, share),
    "new_customers": Oracle(won, count),
}
