"""The conditions and the words that several sales KPIs share."""

from kpi_toolkit.measures.options import Says

WON = "status = 'won'"
LOST = "status = 'lost'"
FOLLOWED: Says = {
    "within_days": {None: "by the date of the data", int: "within {within_days} days"}
}


def reached(outcome: str, within_days: int | None) -> str:
    """The condition that a record of a cohort has come to its outcome by now, and in time."""
    by_now = f"{outcome} < :as_of"
    if within_days is None:
        return by_now
    return f"{by_now} and days(created_at, {outcome}) <= {within_days}"
