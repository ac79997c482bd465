"""The KPIs of marketing a second time, in pandas, written from their definitions in words."""

from collections.abc import Callable
from fractions import Fraction

import pandas as pd

from tests.oracles.bounds import Bounds
from tests.oracles.leads import created
from tests.oracles.oracle import Exact, Frames, Oracle, count, ratio
from tests.oracles.sales import within


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
    "leads_created": Oracle(created, count),
    **{
        f"email_{name}_rate": Oracle(sent(answer), ratio(whole(answer), whole("delivered")))
        for name, answer in [("open", "opened"), ("click", "clicked"), ("conversion", "converted")]
    },
}
