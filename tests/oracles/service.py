"""The KPIs of service a second time, in pandas, written from their definitions in words."""

import numpy as np
import pandas as pd

from tests.oracles.bounds import Bounds
from tests.oracles.oracle import Frames, Oracle, count, mean_hours, median_hours, share
from tests.oracles.sales import within


def tickets(frames: Frames) -> pd.DataFrame:
    """Tickets with the range of their product."""
    ranges = frames["products"].set_index("product")["range"]
    return frames["tickets"].assign(range=frames["tickets"]["product"].map(ranges))


def created(frames: Frames, at: Bounds) -> pd.DataFrame:
    """Tickets created in the period; a hit was escalated."""
    rows = tickets(frames)
    rows = rows[within(rows["created_at"], at.start, at.end)]
    return rows.assign(hit=rows["escalated"].eq(True))


def still_open(frames: Frames, at: Bounds) -> pd.DataFrame:
    """Tickets created before the end and not resolved before it."""
    rows = tickets(frames)
    return rows[(rows["created_at"] < at.end) & ~(rows["resolved_at"] < at.end)]


def answered(frames: Frames, at: Bounds, hours: str = "business") -> pd.DataFrame:
    """Tickets first answered in the period, from creation to answer."""
    return _ending(frames, at, "first_response_at", hours)


def resolved(frames: Frames, at: Bounds, hours: str = "business") -> pd.DataFrame:
    """Tickets resolved in the period, from creation to resolution."""
    return _ending(frames, at, "resolved_at", hours)


def due(frames: Frames, at: Bounds) -> pd.DataFrame:
    """Tickets whose term, or else resolution, lies in the period, where a verdict can be given."""
    rows = tickets(frames)
    judged = rows["met_sla"].notna()
    in_time = rows["resolved_at"] <= rows["sla_due_at"]
    rows = rows.assign(hit=rows["met_sla"].where(judged, in_time).astype(bool))
    dated = rows["sla_due_at"].fillna(rows["resolved_at"])
    return rows[within(dated, at.start, at.end) & (judged | rows["sla_due_at"].notna())]


def answers(frames: Frames, at: Bounds) -> pd.DataFrame:
    """Answers of the period whose scale has a direction; a hit is in its top quarter."""
    rows = frames["surveys"]
    kept = within(rows["responded_at"], at.start, at.end) & (rows["kind"] == "csat")
    rows = rows[kept & rows["score"].notna() & rows["high_is_good"].notna()]
    reached = (rows["score"] - rows["scale_min"]).where(
        rows["high_is_good"].eq(True), rows["scale_max"] - rows["score"]
    )
    rows = rows.assign(hit=4 * reached >= 3 * (rows["scale_max"] - rows["scale_min"]))
    return _described(rows, frames)


def _ending(frames: Frames, at: Bounds, end: str, hours: str) -> pd.DataFrame:
    rows = tickets(frames)
    rows = rows[within(rows[end], at.start, at.end)]
    if hours == "elapsed":
        return rows.assign(measured=rows[end] - rows["created_at"])
    return rows.assign(measured=worked(rows[end], at.zone) - worked(rows["created_at"], at.zone))


def worked(instants: pd.Series, zone: str) -> pd.Series:
    """Business time before instants, Monday to Friday from 9 to 18; clocks change on Sundays."""
    local = instants.dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None)
    day = local.dt.normalize()
    known = day.fillna(pd.Timestamp("2024-01-01")).to_numpy().astype("datetime64[D]")
    whole = pd.Series(np.busday_count("2024-01-01", known), index=local.index)
    part = (local - day).clip(pd.Timedelta(hours=9), pd.Timedelta(hours=18)) - pd.Timedelta(hours=9)
    today = part.where(day.dt.day_of_week < 5, pd.Timedelta(0))
    return (whole * pd.Timedelta(hours=9) + today).where(local.notna())


def _described(rows: pd.DataFrame, frames: Frames) -> pd.DataFrame:
    """What the ticket and the account say of an answer that does not say it itself."""
    segments = frames["accounts"].set_index("account_id")["segment"]
    asked = frames["tickets"].set_index("ticket_id")
    of_ticket = {c: rows["ticket_id"].map(asked[c]) for c in ("agent", "team", "category")}
    own = rows["segment"]
    segment = own.where(own.notna(), rows["account_id"].map(segments))
    return rows.assign(segment=segment, **of_ticket)


ORACLES = {
    "tickets_created": Oracle(created, count),
    "backlog": Oracle(still_open, count),
    "first_response_time": Oracle(answered, mean_hours),
    "resolution_time": Oracle(resolved, mean_hours),
    "resolution_time_median": Oracle(resolved, median_hours),
    "sla_compliance": Oracle(due, share),
    "escalation_rate": Oracle(created, share),
    "customer_satisfaction": Oracle(answers, share),
}
