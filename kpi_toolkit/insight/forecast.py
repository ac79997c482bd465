"""What the open deals will bring, month by month, and how far off that may be.

Each deal's chance is spread over the coming months (models/closing.py); simulated futures then win
or lose every deal, in months that are better or worse than usual as past ones were. Deals that are
not in the pipeline yet do not count: nothing is guessed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.models.chances import Way
from kpi_toolkit.models.closing import Closings, closings
from kpi_toolkit.models.win_probability import Trial, learnt, score
from kpi_toolkit.period import Period

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

LEVELS = (80, 95)
FUTURES = 4000
SEED = 20261005
_AT_ONCE = 2_000_000  # cells


@dataclass(frozen=True)
class Month:
    """What the open deals are expected to bring in a month: the mean, and by level (80, 95) the
    bounds between which so many futures in a hundred lie.
    """

    period: Period
    expected: float
    bands: Mapping[int, tuple[float, float]]


@dataclass(frozen=True)
class Forecast:
    """The open deals of a moment: `weighted` is the sum of amount x probability whenever they
    close, `months` what is expected of them in the months that follow, `total` of these together.

    `lacking` counts deals without an amount or a probability, which bring nothing here. `trial` is
    None where nothing could be compared.
    """

    moment: dt.datetime
    months: tuple[Month, ...]
    total: Month | None
    weighted: float
    deals: int
    lacking: int
    way: Way
    won: int
    lost: int
    trial: Trial | None


def forecast(
    crm: Crm, moment: dt.datetime, months: int, within: Mapping[str, str] | None = None
) -> Forecast:
    """The forecast of so many months from a moment (UTC) on, of the deals `within` members of
    dimensions. Months of which too little was seen in the past are left out.
    """
    found = learnt(crm, moment)
    states = score(crm, moment)
    for dimension, member in (within or {}).items():
        states = states[states[dimension] == member].reset_index(drop=True)
    amount = states["amount"].astype(float).to_numpy()
    weight = amount * states["probability"].to_numpy(dtype=float)
    known = weight == weight
    periods = following(crm, moment, months)
    days = [(p.end_at - moment) / dt.timedelta(days=1) for p in periods]
    when = closings(found, days)
    spread = _months(states[known], periods, when) if when else ((), None)
    return Forecast(
        moment,
        *spread,
        float(weight[known].sum()),
        len(states),
        int((~known).sum()),
        found.chances.way,
        found.won,
        found.lost,
        found.trial,
    )


def following(crm: Crm, moment: dt.datetime, n: int) -> list[Period]:
    """The month that holds a moment, and those after it."""
    month = crm.calendar.containing(crm.calendar.local_day(moment), "month")
    found = [month]
    while len(found) < n:
        found.append(crm.calendar.containing(found[-1].end, "month"))
    return found


def _months(
    states: pd.DataFrame, periods: Sequence[Period], when: Closings
) -> tuple[tuple[Month, ...], Month]:
    import numpy as np

    amount = states["amount"].astype(float).to_numpy()
    chances = when.chances(states, states["probability"].to_numpy(dtype=float))
    futures = _futures(amount, chances, when.spread)
    expected = amount @ chances
    told = [Month(p, float(e), _bands(f)) for p, e, f in zip(periods, expected, futures.T, strict=False)]
    total = Month(periods[0], float(expected.sum()), _bands(futures.sum(axis=1)))
    return tuple(told), total


def _futures(amount: np.ndarray, chances: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """(futures, months): the amounts won in each of them; the same for the same deals."""
    import numpy as np

    draw = np.random.default_rng(SEED)
    # A factor of mean 1 for each month, above 0, as wide as past months were.
    sigma = np.sqrt(np.log1p(spread**2))
    factors = np.exp(sigma * draw.standard_normal((FUTURES, len(spread))) - sigma**2 / 2)
    brought = np.empty((FUTURES, len(spread)))
    at_once = max(1, _AT_ONCE // max(chances.size, 1))
    for start in range(0, FUTURES, at_once):
        these = factors[start : start + at_once]
        edges = np.cumsum(chances[None] * these[:, None], axis=2)
        luck = draw.random(edges.shape[:2])
        before = np.zeros_like(luck)
        for month in range(edges.shape[2]):
            inside = (luck >= before) & (luck < edges[:, :, month])
            brought[start : start + at_once, month] = inside @ amount
            before = edges[:, :, month]
    return brought


def _bands(futures: np.ndarray) -> dict[int, tuple[float, float]]:
    import numpy as np

    sides = {level: ((100 - level) / 2, (100 + level) / 2) for level in LEVELS}
    return {
        level: (float(np.percentile(futures, low)), float(np.percentile(futures, high)))
        for level, (low, high) in sides.items()
    }
