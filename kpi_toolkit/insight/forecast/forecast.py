"""What the open deals will bring, month by month, and how far off that may be.

Each deal's chance is spread over the coming months (models/closing.py); simulated futures then win
or lose every deal, in months that are better or worse than usual as past ones were. Deals that are
not in the pipeline yet do not count: nothing is guessed.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.crm.quoting import instant, literal, name
from kpi_toolkit.models.chances import Way
from kpi_toolkit.models.closing import MOST_MOMENTS, Closings, Spans, closings, usable
from kpi_toolkit.models.learnt import Learnt
from kpi_toolkit.models.win_probability import learnt, score
from kpi_toolkit.period import Period

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

LEVELS = (80, 95)
FUTURES = 4000
SEED = 20261005
_AT_ONCE = 2_000_000  # cells
_LEAST_OPEN = 1e-9


@dataclass(frozen=True)
class Month:
    """What the open deals are expected to bring in a month, or by its end: the mean, and by level
    (80, 95) the bounds between which so many futures in a hundred lie. What was won in a month
    under way before the moment is part of it.
    """

    period: Period
    expected: float
    bands: Mapping[int, tuple[float, float]]


@dataclass(frozen=True)
class Forecast:
    """The open deals of a moment: `weighted` is the sum of amount x probability whenever they
    close, `months` what is expected of them in the months that follow, `total` of these together
    (of the last one). `brought` was won in the first month before the moment; `reached` is what the
    quarter that holds a month should have come to by its end, with all that was won in it. `states`
    are the deals, by their weight.

    `lacking` counts deals without an amount or a probability, which bring nothing here.
    """

    moment: dt.datetime
    months: tuple[Month, ...]
    total: Month | None
    reached: tuple[Month, ...]
    weighted: float
    brought: float
    states: pd.DataFrame
    lacking: int
    learnt: Learnt

    @property
    def landing(self) -> tuple[Period, Month] | None:
        """The quarter of the first month, and what it should have come to at its end; None where
        the months end before it does.
        """
        for month in self.reached:
            quarter = month.period.calendar.containing(month.period.start, "quarter")
            if month.period.end == quarter.end:
                return quarter, month
        return None

    @property
    def to_come(self) -> Month | None:
        """What the open deals should bring together: the total, less what is won already."""
        if self.total is None or not self.brought:
            return self.total
        bands = {
            level: (low - self.brought, high - self.brought)
            for level, (low, high) in self.total.bands.items()
        }
        return Month(self.total.period, self.total.expected - self.brought, bands)

    @property
    def way(self) -> Way:
        """How the chances were estimated."""
        return self.learnt.chances.way


def forecast(
    crm: Crm, moment: dt.datetime, months: int, within: Mapping[str, str] | None = None
) -> Forecast:
    """The forecast of so many months from a moment (UTC) on, of the deals `within` members of
    dimensions. Months of which too little was seen in the past are left out.
    """
    found, within = learnt(crm, moment), within or {}
    states = score(crm, moment)
    for dimension, member in within.items():
        states = states[states[dimension] == member]
    states = states.assign(weight=states["amount"].astype(float) * states["probability"])
    known = states["weight"].notna()
    periods = following(crm, moment, months)
    start = periods[0].start_at
    brought = _brought(crm, start, moment, within)
    coming, *earlier = (
        _spans(each, months, moment - start)
        for each in (periods[0], *periods[0].previous().last(MOST_MOMENTS))
    )
    when = closings(found, coming, usable(found, earlier))
    quarter = crm.calendar.containing(periods[0].start, "quarter")
    so_far = _brought(crm, quarter.start_at, start, within)
    simulated = _simulated(states[known], periods, when, (so_far, brought)) if when else _UNKNOWN
    ordered = states.sort_values(["weight", "deal_id"], ascending=[False, True], ignore_index=True)
    weighted = math.fsum(states["weight"][known])
    return Forecast(moment, *simulated, weighted, brought, ordered, int((~known).sum()), found)


def following(crm: Crm, moment: dt.datetime, n: int) -> list[Period]:
    """The month that holds a moment, and those after it."""
    month = crm.calendar.containing(crm.calendar.local_day(moment), "month")
    found = [month]
    while len(found) < n:
        found.append(crm.calendar.containing(found[-1].end, "month"))
    return found


def _spans(first: Period, months: int, elapsed: dt.timedelta) -> Spans:
    """The rest of a month of which some has elapsed, and the months after it."""
    moment = min(first.start_at + elapsed, first.end_at - dt.timedelta(days=1))
    ends = [first.previous(-n).end_at for n in range(months)]
    return Spans.of(first.calendar, moment, ends)


def futures(amount: np.ndarray, chances: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """(futures, months): the amounts won in each of them; the same for the same deals."""
    import numpy as np

    draw = np.random.default_rng(SEED)
    # A factor of mean 1 for each month, above 0, as wide as past months were.
    sigma = np.sqrt(np.log1p(spread**2))
    factors = np.exp(sigma * draw.standard_normal((FUTURES, len(spread))) - sigma**2 / 2)
    # A better month leaves fewer deals to the next, so each takes its share of those still open.
    open_before = 1 - (np.cumsum(chances, axis=1) - chances)
    shares = chances / np.maximum(open_before, _LEAST_OPEN)
    brought = np.empty((FUTURES, len(spread)))
    at_once = max(1, _AT_ONCE // max(chances.size, 1))
    for start in range(0, FUTURES, at_once):
        these = factors[start : start + at_once]
        luck = draw.random((len(these), len(amount)))
        left, edge = np.ones_like(luck), np.zeros_like(luck)
        for month, share in enumerate(shares.T):
            left = left * (1 - np.minimum(share * these[:, month, None], 1))
            before, edge = edge, 1 - left
            inside = (luck >= before) & (luck < edge)
            brought[start : start + at_once, month] = inside @ amount
    return brought


_Simulated = tuple[tuple[Month, ...], Month | None, tuple[Month, ...]]
_UNKNOWN: _Simulated = ((), None, ())


def _simulated(
    states: pd.DataFrame, periods: Sequence[Period], when: Closings, won: tuple[float, float]
) -> _Simulated:
    """The months, their total and what quarters reach by each; `won` in the first quarter before
    its first month, and in that month.
    """
    amount = states["amount"].astype(float).to_numpy()
    chances = when.chances(states, states["probability"].to_numpy(dtype=float))
    drawn = futures(amount, chances, when.spread)
    expected = amount @ chances
    so_far, brought = won
    drawn[:, 0] += brought
    expected[0] += brought
    quarters = [p.calendar.containing(p.start, "quarter") for p in periods]

    def of(first: int, last: int, more: float = 0.0) -> Month:
        mean, future = expected[first : last + 1].sum(), drawn[:, first : last + 1].sum(axis=1)
        return Month(periods[last], float(mean + more), _bands(future + more))

    places = range(len(expected))
    since = [quarters.index(quarters[place]) for place in places]
    return (
        tuple(of(place, place) for place in places),
        of(0, places[-1]),
        tuple(
            of(first, last, 0 if first else so_far)
            for first, last in zip(since, places, strict=True)
        ),
    )


def _brought(crm: Crm, start: dt.datetime, moment: dt.datetime, within: Mapping[str, str]) -> float:
    """The amount won between two instants."""
    cut = "".join(f" AND {name(d)} = {literal(member)}" for d, member in within.items())
    rows = crm.query(
        "SELECT sum(amount) FROM deals WHERE status = 'won' "
        f"AND closed_at >= {instant(start)} AND closed_at < {instant(moment)}{cut}"
    )
    return float(rows[0][0] or 0)


def _bands(drawn: np.ndarray) -> dict[int, tuple[float, float]]:
    import numpy as np

    sides = {level: ((100 - level) / 2, (100 + level) / 2) for level in LEVELS}
    return {
        level: (float(np.percentile(drawn, low)), float(np.percentile(drawn, high)))
        for level, (low, high) in sides.items()
    }
