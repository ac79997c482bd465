"""How long won deals took: what is usual, and what none of them took."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.crm.quoting import instant

if TYPE_CHECKING:
    import pandas as pd

FEWEST_WON = 20  # below it no tenth of them can be told
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class WonAges:
    """Days from creation to closing of the deals won in the twelve months before a moment: nine of
    ten took at most `usual`, none more than `longest`. A further one takes longer than that in one
    of n + 1 cases, whatever their distribution.
    """

    usual: float
    longest: float


def won_ages(crm: Crm, moment: dt.datetime) -> WonAges | None:
    """The WonAges as of a moment; None where too few were won, or the data do not date them."""
    year = moment - 365 * DAY
    if not {"status", "created_at", "closed_at"} <= crm.columns.get("deals", frozenset()):
        return None
    taken = sorted(
        (closed - created) / DAY
        for created, closed in crm.query(
            "SELECT created_at, closed_at FROM deals WHERE status = 'won' AND created_at <= "
            f"closed_at AND closed_at >= {instant(year)} AND closed_at < {instant(moment)}"
        )
    )
    if len(taken) < FEWEST_WON:
        return None
    place = 0.9 * (len(taken) - 1)
    low = int(place)
    high = min(low + 1, len(taken) - 1)
    return WonAges(taken[low] + (taken[high] - taken[low]) * (place - low), taken[-1])


def outlasting(crm: Crm, moment: dt.datetime, deals: pd.DataFrame) -> pd.DataFrame:
    """Those of some deals open at a moment (with `created_at`) that have been open for longer than
    any deal won in the twelve months before took.
    """
    ages = won_ages(crm, moment)
    return (
        deals.iloc[:0] if ages is None else deals[moment - deals["created_at"] > ages.longest * DAY]
    )
