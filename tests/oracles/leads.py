"""The KPIs of leads a second time, in pandas, written from their definitions in words."""

from collections.abc import Callable

import pandas as pd

from tests.oracles.bounds import Bounds
from tests.oracles.oracle import Frames, Oracle, mean_hours, median_hours, share
from tests.oracles.sales import within
from tests.oracles.service import worked


def known(frames: Frames) -> pd.DataFrame:
    """Leads that were merged into no other."""
    rows = frames["leads"]
    return rows[rows["merged_into"].isna()]


def created(frames: Frames, at: Bounds) -> pd.DataFrame:
    """Leads created in the period."""
    rows = known(frames)
    return rows[within(rows["created_at"], at.start, at.end)]


def becoming(outcome: str, *, of_known_source: bool = False) -> Callable[..., pd.DataFrame]:
    """Leads created in the period; a hit has come to the outcome by now, and in time."""

    def rows(frames: Frames, at: Bounds, within_days: int | None = None) -> pd.DataFrame:
        found = created(frames, at)
        if of_known_source:
            found = found[found["source"].notna()]
        took = found[outcome] - found["created_at"]
        hit = (took >= pd.Timedelta(0)) & (found[outcome] < at.as_of)
        if within_days is not None:
            hit &= took <= pd.Timedelta(days=within_days)
        return found.assign(hit=hit)

    return rows


def contacted(frames: Frames, at: Bounds, hours: str = "elapsed") -> pd.DataFrame:
    """Leads first contacted in the period, and not before they were recorded."""
    rows = known(frames)
    begun, end = rows["created_at"], rows["first_contacted_at"]
    took = end - begun if hours == "elapsed" else worked(end, at.zone) - worked(begun, at.zone)
    return rows.assign(measured=took)[within(end, at.start, at.end) & (end >= begun)]


ORACLES = {
    "lead_conversion_rate": Oracle(becoming("became_customer_at"), share),
    "lead_to_opportunity_rate": Oracle(becoming("opportunity_at"), share),
    "lead_source_success_rate": Oracle(becoming("became_customer_at", of_known_source=True), share),
    "lead_response_time": Oracle(contacted, mean_hours),
    "lead_response_median": Oracle(contacted, median_hours),
}
