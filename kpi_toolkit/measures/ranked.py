"""The ends of the interval of a quantile, by the ranks of the values, which holds whatever their
distribution.

How many of n values lie below the quantile of a share p is binomial; the normal approximation gives
the ranks n p + 1/2 -/+ z sqrt(n p (1 - p)) of the ends, which lie in proportion between two
neighbours. Source: Conover (1999), "Practical Nonparametric Statistics", section 3.2.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import floor, sqrt

from kpi_toolkit.measures.formula import Exact
from kpi_toolkit.measures.interval import Z95

_SHARES = {"median": 0.5, "p90": 0.9}
_SIDES = {"low": -Z95, "high": Z95}
# The aggregates, as "median_low": each with p, and with z and its sign.
ENDS = {f"{kind}_{side}": (p, z) for kind, p in _SHARES.items() for side, z in _SIDES.items()}


def neighbours(aggregate: str, ordered: str, counted: str, kept: str) -> str:
    """The SQL of the two values, as a list, between which an end lies of so many `ordered` ones, of
    rows that meet a condition.
    """
    p, z = ENDS[aggregate]
    n = f"CAST({counted} AS DOUBLE)"
    place = f"CAST(floor({n} * {p!r} + 0.5 + {z!r} * sqrt({n} * {p * (1 - p)!r})) AS BIGINT)"
    values = f"list({ordered} ORDER BY {ordered}) FILTER (WHERE {kept} AND {ordered} IS NOT NULL)"
    return f"({values})[{place}:{place} + 1]"


def end(aggregate: str, neighbours: Sequence[float] | None, n: int) -> Exact:
    """The end between its neighbours among `n` values; None where it would lie beyond the smallest
    or the greatest of all.
    """
    p, z = ENDS[aggregate]
    rank = n * p + 0.5 + z * sqrt(n * (p * (1 - p)))
    if not neighbours or not 1 <= rank <= n:
        return None
    first, last = Fraction(neighbours[0]), Fraction(neighbours[-1])
    return first + Fraction(rank - floor(rank)) * (last - first)
