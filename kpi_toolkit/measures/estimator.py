"""Estimators, as SQL over a histogram of durations: the records do not leave the engine."""

from collections.abc import Sequence
from math import log

# A product of rounded shares may miss an exact half by its last digits.
LOG_HALF = log(0.5 + 1e-12)


def kaplan_meier_median(histogram: str, members: Sequence[str] = ()) -> str:
    """A SELECT of the members, the smallest duration at which survival is at most one half (NULL
    where it never is) and the number of rows.

    `histogram` is a SELECT of the members and of duration, ends and n: one row a duration, with the
    rows that end there, and all that leave there. An end comes before a censoring at the same
    duration. Source: Kaplan and Meier (1958), "Nonparametric estimation from incomplete
    observations".
    """
    keys = "".join(f"{member}, " for member in members)
    by = f"PARTITION BY {keys[:-2]} " if members else ""
    at_risk = f"sum(n) OVER ({by}ORDER BY duration DESC)"
    left = "CASE WHEN ends < at_risk THEN ln(1 - ends / at_risk) ELSE -1000 END"
    survival = f"sum({left}) OVER ({by}ORDER BY duration)"
    return (
        f"SELECT {keys}min(duration) FILTER (WHERE log_survival <= {LOG_HALF!r}), sum(n) FROM "
        f"(SELECT *, {survival} AS log_survival FROM "
        f"(SELECT *, {at_risk} AS at_risk FROM ({histogram}) AS h) AS r) AS s"
        + (f" GROUP BY {keys[:-2]}" if members else "")
    )
