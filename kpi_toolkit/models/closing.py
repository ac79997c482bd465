"""When open deals are won: what became of deals that were open at earlier moments.

A deal's chance is spread over the months that follow as deals in the same position once turned out:
of those that were as far from their expected closing date (without a history of that date: as old),
the wins in each month per win that was to be expected. So dates that slip, and deals that nobody
will ever close, lower the months that they would have counted in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from kpi_toolkit.models.learnt import Learnt
from kpi_toolkit.period import Calendar

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

LEAST_PAST = dt.timedelta(days=30)  # that deals are known for before a moment
MOST_MOMENTS = 18
FEWEST_MOMENTS = 3  # that a month was observed from, to say how far off it may be
DUE_BOUNDS = (-60.0, -30.0, 0.0, 30.0, 60.0, 90.0)
AGE_RANGES = 6
_DAY = 86_400


@dataclass(frozen=True)
class Spans:
    """A moment and when the spans of time end that follow it one upon the other, all UTC; `days`
    are their business days, one at least.
    """

    moment: dt.datetime
    ends: tuple[dt.datetime, ...]
    days: tuple[int, ...]

    @classmethod
    def of(cls, calendar: Calendar, moment: dt.datetime, ends: Sequence[dt.datetime]) -> Spans:
        """Those of a moment, by the business days of a calendar."""
        bounds = [calendar.local_day(at) for at in (moment, *ends)]
        days = (calendar.business.days_between(*pair) for pair in pairwise(bounds))
        return cls(moment, tuple(ends), tuple(max(count, 1) for count in days))


@dataclass(frozen=True)
class Closings:
    """Spans of time after a moment, and what is known of wins in them.

    `shares` (positions, spans) are wins per win to be expected; `spread` is, a span, the relative
    standard deviation of what came about what was expected, beyond chance; `moments` counts the
    earlier moments behind each span.
    """

    bounds: tuple[float, ...]
    by_due: bool
    shares: np.ndarray
    spread: np.ndarray
    moments: tuple[int, ...]

    def chances(self, states: pd.DataFrame, probability: np.ndarray) -> np.ndarray:
        """(deals, spans): the chance of each deal to be won in each span."""
        import numpy as np

        spread_out = probability[:, None] * self.shares[_positions(states, self)]
        total = spread_out.sum(axis=1, keepdims=True)
        return spread_out / np.maximum(total, 1.0)


def usable(found: Learnt, earlier: Sequence[Spans]) -> list[Spans]:
    """Of earlier moments, in order, the latest eighteen of which a span is over and after which
    deals are known.
    """
    known_at, first = found.past.known_at, found.past.first
    if first is None:
        return []
    since = first + LEAST_PAST
    return [s for s in earlier if s.ends[0] <= known_at and s.moment > since][-MOST_MOMENTS:]


def closings(found: Learnt, coming: Spans, earlier: Sequence[Spans]) -> Closings | None:
    """What `usable` earlier moments tell of the spans to come; None where the first was observed
    from fewer than three. Spans that were not are left out.
    """
    import numpy as np

    past = found.past
    states = past.at([spans.moment for spans in earlier]) if earlier else None
    if states is None or states.empty:
        return None
    bounds = np.array([(s.moment, *s.ends) for s in earlier], dtype="datetime64[us]")
    seen = bounds[:, 1:] <= np.datetime64(past.known_at)
    observed = [int(n) for n in seen.sum(axis=0) if n >= FEWEST_MOMENTS]
    if not observed:
        return None
    seen = seen[:, : len(observed)]
    place = np.searchsorted(bounds[:, 0], states["seen_at"].to_numpy(dtype="datetime64[us]"))
    wins = _wins(states, bounds[place, : len(observed) + 1])
    if not wins.any():  # nothing tells when: the months would hold 0 and look certain
        return None
    # A month of twenty business days is no full one of twenty-three.
    longer = np.array([s.days for s in earlier], dtype=float) / np.array(coming.days, dtype=float)
    return _learn(found, states, wins, seen[place], longer[place], tuple(observed))


def _learn(
    found: Learnt,
    states: pd.DataFrame,
    wins: np.ndarray,
    seen: np.ndarray,
    longer: np.ndarray,
    moments: tuple[int, ...],
) -> Closings:
    """`wins` (states, spans) are 1 where a deal was won in a span; `seen` whether that is over;
    `longer` its length as a share of that of the span to come.
    """
    import numpy as np

    by_due = "expected_close_on" in found.past.tracked
    bounds = DUE_BOUNDS if by_due else _age_bounds(states)
    empty = np.zeros((len(bounds) + 2, wins.shape[1]))
    plain = Closings(bounds, by_due, empty, np.zeros(wins.shape[1]), moments)
    place, hoped = _positions(states, plain), found.chances.of(states)
    # An amount that was edited at the end, as to 0 where a deal was lost, is none to weigh by.
    is_known = "amount" in found.past.tracked
    size = np.ones(len(states))
    if is_known:
        size = states["amount"].astype(float).fillna(0).to_numpy()
    weight = _weights(size)
    shares, spread = empty.copy(), np.zeros(wins.shape[1])
    for span in range(wins.shape[1]):
        known = seen[:, span] & ~np.isnan(hoped)
        then = hoped * longer[:, span]
        came = np.bincount(place[known], (weight * wins[:, span])[known], len(empty))
        expected = np.bincount(place[known], (weight * then)[known], len(empty))
        whole = came.sum() / max(expected.sum(), 1.0)
        # Positions with few deals lean on the others.
        shares[:, span] = (came + _LEAN * whole) / (expected + _LEAN)
        chance = np.clip(then[known] * shares[place[known], span], 0, 1)
        spread[span] = _beyond_chance(
            states["seen_at"][known], size[known], chance, wins[known, span]
        )
    return Closings(bounds, by_due, shares, spread, moments)


_LEAN = 5.0


def _beyond_chance(
    seen_at: pd.Series, amount: np.ndarray, chance: np.ndarray, wins: np.ndarray
) -> float:
    """The relative standard deviation of the amounts won about those expected, a moment: less what
    independent deals would have by chance, and with the doubt of a mean of so few moments.
    """
    import numpy as np

    _, at = np.unique(seen_at.to_numpy(), return_inverse=True)
    expected = np.bincount(at, amount * chance)
    came = np.bincount(at, amount * wins)
    by_chance = np.bincount(at, amount**2 * chance * (1 - chance))
    if not expected.any():
        return 0.0
    missed = (came - expected) ** 2
    more = max((missed - by_chance).mean(), 0.0) + missed.mean() / len(missed)
    return float(np.sqrt(more) / expected.mean())


def _wins(states: pd.DataFrame, bounds: np.ndarray) -> np.ndarray:
    """(states, spans): 1 where the deal was won between two bounds of its row."""
    closed_at = states["closed_at"].to_numpy(dtype="datetime64[us]")[:, None]
    won = (states["status"] == "won").to_numpy()
    inside = (closed_at >= bounds[:, :-1]) & (closed_at < bounds[:, 1:])
    return (inside & won[:, None]).astype(float)


def _weights(amount: np.ndarray) -> np.ndarray:
    """Amounts about their mean, since large deals take longer; none counts as more than nineteen of
    twenty do.
    """
    import numpy as np

    capped = np.clip(amount, 0, np.percentile(amount, 95))
    return capped / capped.mean() if capped.any() else np.ones(len(amount))


def _positions(states: pd.DataFrame, closings: Closings) -> np.ndarray:
    import numpy as np

    later = states["expected_close_on"] if closings.by_due else states["seen_at"]
    numbers = _days(later - states["seen_at" if closings.by_due else "created_at"])
    place = np.searchsorted(closings.bounds, numbers, side="right")
    return np.where(np.isnan(numbers), len(closings.bounds) + 1, place)


def _age_bounds(states: pd.DataFrame) -> tuple[float, ...]:
    import numpy as np

    ages = np.sort(_days((states["seen_at"] - states["created_at"]).dropna()))
    cut = (
        [float(ages[len(ages) * k // AGE_RANGES]) for k in range(1, AGE_RANGES)]
        if len(ages)
        else []
    )
    return tuple(dict.fromkeys(cut))


def _days(lengths: pd.Series) -> np.ndarray:
    return (lengths.dt.total_seconds() / _DAY).to_numpy(dtype=float)
