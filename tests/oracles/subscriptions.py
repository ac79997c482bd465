"""The KPIs of subscriptions a second time, in pandas, written from their definitions in words."""

import pandas as pd

from tests.oracles.bounds import Bounds
from tests.oracles.oracle import Frames, Oracle, share, total
from tests.oracles.sales import within


def terms(frames: Frames) -> pd.DataFrame:
    """Terms with their monthly price and the segment of their account."""
    segments = frames["accounts"].set_index("account_id")["segment"]
    rows = frames["subscriptions"]
    return rows.assign(measured=rows["mrr"], segment=rows["account_id"].map(segments))


def running(frames: Frames, at: Bounds) -> pd.DataFrame:
    """Terms begun before the end and not ended before it."""
    rows = terms(frames)
    return rows[(rows["started_at"] < at.end) & ~(rows["ended_at"] < at.end)]


def started(frames: Frames, at: Bounds) -> pd.DataFrame:
    """Terms begun in the period."""
    rows = terms(frames)
    return rows[within(rows["started_at"], at.start, at.end)]


def ended(frames: Frames, at: Bounds) -> pd.DataFrame:
    """Terms ended in the period."""
    rows = terms(frames)
    return rows[within(rows["ended_at"], at.start, at.end)]


def due(frames: Frames, at: Bounds) -> pd.DataFrame:
    """Terms due in the period and not ended by a change; a hit was renewed."""
    rows = terms(frames).drop(columns="measured")
    rows = rows[within(rows["renewal_due_at"], at.start, at.end)]
    rows = rows[rows["end_reason"].fillna("") != "changed"]
    return rows.assign(hit=rows["renewed_at"].notna())


ORACLES = {
    "monthly_recurring_revenue": Oracle(running, total),
    "mrr_started": Oracle(started, total),
    "mrr_ended": Oracle(ended, total),
    "renewal_rate": Oracle(due, share),
}
