"""The KPIs of marketing a second time, in pandas, written from their definitions in words."""

from collections.abc import Callable
from fractions import Fraction

import pandas as pd

from tests.oracles.bounds import Bounds
from tests.oracles.oracle import Exact, Frames, Oracle, count, ratio, share
from tests.oracles.sales import within


def leads(frames: Frames, at: Bounds, within_days: int | None = None) -> pd.DataFrame:
    """Leads created in the period and merged into none; a hit became a customer by now."""
    rows = frames["leads"]
    rows = rows[rows["merged_into"].isna() & within(rows["created_at"], at.start, at.end)]
    took = rows["became_customer_at"] - rows["created_at"]
    hit = (took >= pd.Timedelta(0)) & (rows["became_customer_at"] < at.as_of)
    if within_days is not None:
        hit &= took <= pd.Timedelta(days=within_days)
    return rows.assign(hit=hit)


def sent(answer: str) -> Callable[..., pd.DataFrame]:
    """Emails of the period's local days of which both numbers are known."""

    def rows(frames: Frames, at: Bounds) -> pd.DataFrame:
        mailings = frames["mailings"]
        local = mailings["day"].dt.tz_localize(at.zone)
        dated = local.dt.tz_convert("UTC").dt.tz_localize(None)
        kept = within(dated, at.start, at.end) & (mailings["channel"] == "email")
        known = mailings["delivered"].notna() & mailings[answer].notna()
        return mailings[kept & known].assign(measured=lambda rows: rows[answer])

    return rows


def whole(column: str) -> Callable[[pd.DataFrame], Exact]:
    """The sum of whole numbers."""
    return lambda rows: Fraction(sum(int(cell) for cell in rows[column]))


ORACLES = {
    "leads_created": Oracle(leads, count),
    "lead_conversion_rate": Oracle(leads, share),
    **{
        f"email_{name}_rate": Oracle(sent(answer), ratio(whole(answer), whole("delivered")))
        for name, answer in [("open", "opened"), ("click", "clicked"), ("conversion", "converted")]
    },
}
