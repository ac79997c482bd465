"""The chance of each open deal to be won, from what was known at a moment.

Several ways to estimate it learn from the deals decided up to a typical deal's life ago, and are
compared on those decided since; so for up to three such spans. The simplest is taken whose Brier
score no other beats in each of them, and together by more than the 95 % interval of the difference;
with too little data to compare, it is the share of past deals won that were in the stage.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from kpi_toolkit.models import chances, keeping
from kpi_toolkit.models.chances import Way
from kpi_toolkit.models.deal_states import NEEDED, TRAITS, DealStates
from kpi_toolkit.models.encoding import encoding
from kpi_toolkit.models.landmarks import FEWEST_TRIED, Landmarks, deals_of_each, won
from kpi_toolkit.models.learnt import Learnt, Trial
from kpi_toolkit.models.record_model import RecordModel

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

FEWEST_OF_EACH = 50  # deals won, and deals lost, from which a model is learnt
_DIGITS = 6
_SURE = 1.96
_LEARNT: WeakKeyDictionary[Any, dict[dt.datetime, Learnt]] = WeakKeyDictionary()


def learnt(crm: Any, moment: dt.datetime) -> Learnt:
    """What was to be learnt at a moment; learnt once, of a snapshot once for all reports."""
    known = _LEARNT.setdefault(crm.connection, {})
    if moment not in known:
        past = DealStates(crm, moment)
        found = keeping.kept(past)
        if found is None:
            found = _learn(past)
            keeping.keep(found)
        known[moment] = found
    return known[moment]


def spread(crm: Any, moment: dt.datetime) -> float | None:
    """See Learnt.spread."""
    return learnt(crm, moment).spread


def score(crm: Any, moment: dt.datetime) -> pd.DataFrame:
    """The deals open at a moment, each as it was known, with its `probability` 0..1, rounded to six
    decimals; missing where nothing tells it.
    """
    found = learnt(crm, moment)
    still_open = found.past.still_open
    return still_open.assign(probability=found.chances.of(still_open).round(_DIGITS))


WIN_PROBABILITIES = RecordModel(
    name="win_probabilities",
    version=1,
    of="deals",
    columns={"probability": "number"},
    needs=NEEDED,
    keeps=("deal_id", *TRAITS, "stage", "amount", "created_at", "expected_close_on"),
    make=score,
    chance="probability",
    spread=spread,
)


def _learn(past: DealStates) -> Learnt:
    landmarks, outcomes = Landmarks(past), past.outcomes
    plainest = Learnt(past, chances.without_model(past), *outcomes)
    if min(outcomes) < FEWEST_OF_EACH:
        return plainest
    trials = list(_trials(past, landmarks))
    if not trials:
        return plainest
    way, trial = _simplest_of_the_best(trials)
    found = chances.ways(past, encoding(past, landmarks.states), landmarks.states, only=way)
    return Learnt(past, next(iter(found)), *outcomes, landmarks.deals, trial)


def _trials(past: DealStates, landmarks: Landmarks) -> Iterator[dict[Way, Tried]]:
    """What each way said in the latest windows, as long as they hold enough deals."""
    for start, earlier, tried in landmarks.windows():
        few = tried["deal_id"].nunique() < FEWEST_TRIED
        if few or min(deals_of_each(earlier)) < FEWEST_OF_EACH:
            return
        before = DealStates(past.crm, start)
        ways = chances.ways(before, encoding(past, earlier), earlier)
        yield {each.way: Tried.of(each.of(tried), tried) for each in ways}


def _simplest_of_the_best(trials: list[dict[Way, Tried]]) -> tuple[Way, Trial]:
    """The first way that none after it beats: in every window, and together by more than chance."""
    import numpy as np

    common = [way for way in trials[0] if all(way in each for each in trials)]
    best = common[0]
    for other in common[1:]:
        better = [each[best].squares - each[other].squares for each in trials]
        whole = np.concatenate(better)
        doubt = _SURE * whole.std(ddof=1) / np.sqrt(len(whole))
        if all(window.mean() > 0 for window in better) and whole.mean() > doubt:
            best = other
    taken, plain = (np.concatenate([t[way].squares for t in trials]) for way in (best, common[0]))
    spread = _beyond_chance([each[best] for each in trials])
    return best, Trial(float(taken.mean()), float(plain.mean()), len(taken), spread)


@dataclass(frozen=True)
class Tried:
    """Chances beside outcomes in a window: the squared errors, a deal, and of all deals together
    what was expected, what came, and the variance that independent deals would have. The states of
    a deal have one outcome, and count as one.
    """

    squares: np.ndarray
    expected: float
    came: int
    variance: float

    @classmethod
    def of(cls, chances: np.ndarray, tried: pd.DataFrame) -> Tried:
        """Of the chances of some states."""
        states = tried[["deal_id"]].assign(chance=chances, won=won(tried))
        states["squares"] = (states["chance"] - states["won"]) ** 2
        deals = states.groupby("deal_id").mean()
        chance = deals["chance"].to_numpy()
        return cls(
            deals["squares"].to_numpy(),
            float(chance.sum()),
            int(deals["won"].sum()),
            float((chance * (1 - chance)).sum()),
        )


def _beyond_chance(tried: list[Tried]) -> float:
    """What was missed in windows beyond chance, with the doubt of a mean of so few, as a share of
    what was expected.
    """
    missed = [(each.came - each.expected) ** 2 for each in tried]
    beyond = math.fsum(miss - each.variance for miss, each in zip(missed, tried, strict=True))
    more = max(beyond, 0.0) / len(tried) + math.fsum(missed) / len(tried) ** 2
    expected = math.fsum(each.expected for each in tried) / len(tried)
    return math.sqrt(more) / expected if expected else 0.0
