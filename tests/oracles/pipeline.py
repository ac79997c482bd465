"""The KPIs of the pipeline a second time, in pandas, written from their definitions in words."""

from fractions import Fraction
from itertools import groupby
from typing import Any

import pandas as pd

from tests.oracles.bounds import Bounds
from tests.oracles.oracle import (
    Exact,
    Frames,
    Oracle,
    count,
    mean,
    mean_days,
    median_days,
    share,
    total,
)
from tests.oracles.sales import cycles, decided, in_pipeline, within


def open_at_end(frames: Frames, at: Bounds) -> pd.DataFrame:
    """Deals begun before the end and not closed before it."""
    deals = frames["deals"]
    begun = deals["created_at"].isna() | (deals["created_at"] < at.end)
    rows = deals[begun & ~(deals["closed_at"] < at.end)]
    return rows.assign(measured=rows["amount"])


def in_focus(frames: Frames, at: Bounds) -> pd.DataFrame:
    """Open deals that are marked."""
    rows = open_at_end(frames, at)
    return rows[rows["is_focus"].eq(True)]


def by_status(frames: Frames, at: Bounds) -> pd.DataFrame:
    """Deals in the pipeline during the period, with what they were at its end."""
    rows = in_pipeline(frames, at)
    status = rows["status"].where(rows["closed_at"] < at.end, "open")
    return rows.assign(status=status, measured=rows["amount"])


def numbered(frames: Frames, at: Bounds) -> pd.DataFrame:
    """The same deals without an amount."""
    return by_status(frames, at).drop(columns="measured")


def stays(frames: Frames) -> pd.DataFrame:
    """Stays in open stages, each up to the next one, else to the closing."""
    of_deal = ["pipeline", "owner", "team", "segment", "product", "source"]
    of_deal += ["status", "closed_at", "amount"]
    steps = frames["deal_stages"].merge(frames["deals"][["deal_id", *of_deal]], on="deal_id")
    steps = steps[steps["closed_at"].isna() | (steps["entered_at"] < steps["closed_at"])]
    steps = steps.merge(frames["stages"], on=["pipeline", "stage"], how="left")
    steps = steps.sort_values(["deal_id", "entered_at", "position", "stage"], na_position="first")
    left = steps.groupby("deal_id")["entered_at"].shift(-1)
    return steps.assign(left_at=left.where(left.notna(), steps["closed_at"]))


def entered(frames: Frames, at: Bounds, advance: str = "any") -> pd.DataFrame:
    """First stays in stages that began in the period; a hit has come further by now."""
    steps = stays(frames)
    used = steps.groupby("pipeline")["position"].agg(lambda p: sorted(p.dropna().unique()))
    deals = {d: list(rows) for d, rows in groupby(steps.itertuples(), lambda row: row.deal_id)}
    first = steps[~steps.duplicated(["deal_id", "stage"])]
    first = first[within(first["entered_at"], at.start, at.end)]
    further = [
        _further(row, [r for r in deals[row.deal_id] if _order(r) > _order(row)], used, advance)
        for row in first.itertuples()
    ]
    hit = pd.Series(further, index=first.index, dtype="datetime64[us]") < at.as_of
    return first.assign(hit=hit)


def _order(row: Any) -> tuple[pd.Timestamp, float, str]:
    return row.entered_at, 0 if pd.isna(row.position) else row.position, row.stage


def _further(row: Any, rest: list[Any], used: pd.Series, advance: str) -> pd.Timestamp:
    """When a deal came further than the stage of a stay, by the stays after it; NaT for never."""
    won = row.closed_at if row.status == "won" else pd.NaT
    if advance == "any":
        later = [other.entered_at for other in rest if other.position > row.position]
        return min([when for when in [*later, won] if not pd.isna(when)], default=pd.NaT)
    following = [p for p in used[row.pipeline] if p > row.position]
    if rest:
        straight = following and rest[0].position == following[0]
        return rest[0].entered_at if straight else pd.NaT
    return won if not following and not pd.isna(row.position) else pd.NaT


def left_in_period(frames: Frames, at: Bounds) -> pd.DataFrame:
    """Stays that ended in the period."""
    steps = stays(frames)
    steps = steps.assign(measured=steps["left_at"] - steps["entered_at"])
    return steps[within(steps["left_at"], at.start, at.end)]


def standing(frames: Frames, at: Bounds) -> pd.DataFrame:
    """Stays that last at the end of the period."""
    steps = stays(frames)
    steps = steps[(steps["entered_at"] < at.end) & ~(steps["left_at"] < at.end)]
    return steps.drop(columns="amount").assign(measured=steps["amount"])


def standing_deals(frames: Frames, at: Bounds) -> pd.DataFrame:
    """The same stays without an amount."""
    return standing(frames, at).drop(columns="measured")


def turning(frames: Frames, at: Bounds, start: str = "first_contact") -> pd.DataFrame:
    """Deals open at the end, and those decided in the period, with what is known of each."""
    closed, timed = decided(frames, at), cycles(frames, at, start)
    rows = pd.concat([open_at_end(frames, at).assign(open=True), closed.assign(open=False)])
    return rows.drop(columns="measured").assign(
        won=rows["hit"].eq(True),
        cycle=rows["deal_id"].map(timed.set_index("deal_id")["measured"]).where(~rows["open"]),
    )


def velocity(rows: pd.DataFrame) -> Exact:
    """Open deals x mean amount won x won of decided, over the mean cycle in days."""
    closed, won = rows[~rows["open"]], rows[rows["won"]]
    amount = mean(won.assign(measured=won["amount"]))
    days = mean_days(rows.assign(measured=rows["cycle"]))
    if amount is None or not days:
        return None
    return int(rows["open"].sum()) * amount * Fraction(len(won), len(closed)) / days


ORACLES = {
    "average_opportunity_value": Oracle(by_status, mean),
    "deals_by_status": Oracle(numbered, count),
    "deal_value_by_status": Oracle(by_status, total),
    "focus_opportunities": Oracle(
        lambda frames, at: in_focus(frames, at).drop(columns="measured"), count
    ),
    "focus_value": Oracle(in_focus, total),
    "pipeline_value": Oracle(open_at_end, total),
    "pipeline_deals": Oracle(
        lambda frames, at: open_at_end(frames, at).drop(columns="measured"), count
    ),
    "pipeline_value_by_stage": Oracle(standing, total),
    "pipeline_deals_by_stage": Oracle(standing_deals, count),
    "pipeline_velocity": Oracle(turning, velocity),
    "stage_conversion_rate": Oracle(entered, share),
    "time_in_stage": Oracle(left_in_period, mean_days),
    "time_in_stage_median": Oracle(left_in_period, median_days),
}
