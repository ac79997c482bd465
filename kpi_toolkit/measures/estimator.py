"""Estimators, as SQL over a histogram of durations: the records do not leave the engine."""

from collections.abc import Sequence
from math import log

from kpi_toolkit.measures.interval import Z95

# A product of rounded shares may miss an exact half by its last digits.
LOG_HALF = log(0.5 + 1e-12)


def kaplan_meier_median(histogram: str, members: Sequence[str] = ()) -> str:
    """A SELECT of the members, the smallest duration at which survival is at most one half (NULL
    where it never is), those at which the lower and the upper bound of survival are, and the number
    of rows.

    `histogram` is a SELECT of the members and of duration, ends and n: one row a duration, with the
    rows that end there, and all that leave there. An end comes before a censoring at the same
    duration. Sources: Kaplan and Meier (1958), "Nonparametric estimation from incomplete
    observations"; for the bounds, Greenwood's variance on the scale of log(-log(survival)): Borgan
    and Liestøl (1990), "A note on confidence intervals and bands for the survival function".
    """
    keys = "".join(f"{member}, " for member in members)
    by = f"PARTITION BY {keys[:-2]} " if members else ""
    at_risk = f"sum(n) OVER ({by}ORDER BY duration DESC)"
    every = f"sum(n) OVER ({by})"
    left = "CASE WHEN ends < at_risk THEN ln(1 - ends / at_risk) ELSE -1000 END"
    spread = "CASE WHEN ends < at_risk THEN ends / at_risk / (at_risk - ends) END"
    survival = f"sum({left}) OVER ({by}ORDER BY duration)"
    greenwood = f"sum({spread}) OVER ({by}ORDER BY duration)"
    # Where all have ended nothing is known of how sure that is: it is no upper bound.
    shown = ", ".join(
        f"min(duration) FILTER (WHERE {condition})"
        for condition in (
            f"log_survival <= {LOG_HALF!r}",
            f"{_bounded('+')} <= {LOG_HALF!r}",
            f"log_survival > -1000 AND {_bounded('-')} <= {LOG_HALF!r}",
        )
    )
    return (
        f"SELECT {keys}{shown}, max(n_all) FROM "
        f"(SELECT *, {survival} AS log_survival, {greenwood} AS greenwood FROM "
        f"(SELECT *, {at_risk} AS at_risk, {every} AS n_all FROM ({histogram}) AS h) AS r "
        # Survival falls where some end; the first duration is there for the number of rows.
        f"WHERE ends > 0 OR at_risk = n_all) AS s" + (f" GROUP BY {keys[:-2]}" if members else "")
    )


def _bounded(sign: str) -> str:
    """The logarithm of a bound of survival, 0 while nothing has ended."""
    away = f"{sign}{Z95!r} * sqrt(coalesce(greenwood, 0)) / -log_survival"
    return f"CASE WHEN log_survival < 0 THEN log_survival * exp({away}) ELSE 0 END"
