"""The chance of each open deal to be won, from what was known at a moment.

Several ways to estimate it learn from the deals decided up to a typical deal's life ago, and are
compared on those decided since; so for up to three such spans. The simplest is taken whose Brier
score no other beats in each of them, and together by more than the 95 % interval of the difference;
with too little data to compare, it is the share of past deals won that were in the stage.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from kpi_toolkit.models import chances
from kpi_toolkit.models.chances import Chances, Way
from kpi_toolkit.models.deal_states import NEEDED, TRAITS, DealStates
from kpi_toolkit.models.encoding import encoding
from kpi_toolkit.models.landmarks import FEWEST_TRIED, Landmarks, deals_of_each, won
from kpi_toolkit.models.record_model import RecordModel

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

FEWEST_OF_EACH = 50  # deals won, and deals lost, from which a model is learnt
_DIGITS = 6
_SURE = 1.96
_LEARNT: WeakKeyDictionary[Any, dict[dt.datetime, Learnt]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Trial:
    """How a way did on deals decided since: Brier scores (the mean squared distance of chance and
    outcome) of it and of the mere share of deals won, and the number of deals.
    """

    brier: float
    share_brier: float
    deals: int


@dataclass(frozen=True)
class Learnt:
    """What the deals decided before a moment teach: `won` and `lost` count them. `trial` is None
    where there were too few to compare ways.
    """

    chances: Chances
    landmarks: Landmarks
    won: int
    lost: int
    trial: Trial | None = None


def learnt(crm: Any, moment: dt.datetime) -> Learnt:
    """What was to be learnt at a moment; learnt once."""
    known = _LEARNT.setdefault(crm.connection, {})
    if moment not in known:
        known[moment] = _learn(DealStates(crm, moment))
    return known[moment]


def score(crm: Any, moment: dt.datetime) -> pd.DataFrame:
    """The deals open at a moment, each as it was known, with its `probability` 0..1, rounded to six
    decimals; missing where nothing tells it.
    """
    found = learnt(crm, moment)
    still_open = found.landmarks.past.still_open
    return still_open.assign(probability=found.chances.of(still_open).round(_DIGITS))


WIN_PROBABILITIES = RecordModel(
    name="win_probabilities",
    version=1,
    of="deals",
    columns={"probability": "number"},
    needs=NEEDED,
    keeps=("deal_id", *TRAITS, "stage", "amount", "created_at", "expected_close_on"),
    make=score,
)


def _learn(past: DealStates) -> Learnt:
    landmarks, outcomes = Landmarks(past), past.outcomes
    plainest = Learnt(chances.without_model(past), landmarks, *outcomes)
    if min(outcomes) < FEWEST_OF_EACH:
        return plainest
    trials = list(_trials(past, landmarks))
    if not trials:
        return plainest
    way, trial = _simplest_of_the_best(trials)
    found = chances.ways(past, encoding(past, landmarks.states), landmarks.states, only=way)
    return Learnt(next(iter(found)), landmarks, *outcomes, trial)


def _trials(past: DealStates, landmarks: Landmarks) -> Iterator[dict[Way, np.ndarray]]:
    """The errors of each way in the latest windows, as long as they hold enough deals."""
    for start, earlier, tried in landmarks.windows():
        few = tried["deal_id"].nunique() < FEWEST_TRIED
        if few or min(deals_of_each(earlier)) < FEWEST_OF_EACH:
            return
        before = DealStates(past.crm, start)
        ways = chances.ways(before, encoding(past, earlier), earlier)
        yield {each.way: _errors(each, tried) for each in ways}


def _simplest_of_the_best(trials: list[dict[Way, np.ndarray]]) -> tuple[Way, Trial]:
    """The first way that none after it beats: in every window, and together by more than chance."""
    import numpy as np

    common = [way for way in trials[0] if all(way in each for each in trials)]
    best = common[0]
    for other in common[1:]:
        better = [each[best] - each[other] for each in trials]
        whole = np.concatenate(better)
        doubt = _SURE * whole.std(ddof=1) / np.sqrt(len(whole))
        if all(window.mean() > 0 for window in better) and whole.mean() > doubt:
            best = other
    taken, plain = (np.concatenate([each[way] for each in trials]) for way in (best, common[0]))
    return best, Trial(float(taken.mean()), float(plain.mean()), len(taken))


def _errors(way: Chances, tried: pd.DataFrame) -> np.ndarray:
    """The squared errors, a deal: its states have one outcome, and count as one."""
    squares = (way.of(tried) - won(tried)) ** 2
    return tried.assign(squares=squares).groupby("deal_id")["squares"].mean().to_numpy()
