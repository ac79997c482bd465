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


def won(frames: Frames, at: Bounds) -> pd.DataFrame:
    """Accounts that became customers in the period."""
    accounts = frames["accounts"]
    return accounts[within(accounts["became_customer_at"], at.start, at.end)]


ORACLES = {
    "retention_rate": Oracle(kept, share),
    "churn_rate": Oracle(lost, share),
    "new_customers": Oracle(won, count),
}
