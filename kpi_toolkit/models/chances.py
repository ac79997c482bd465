"""Ways to estimate a deal's chance of being won, the simplest first."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from kpi_toolkit.crm.quoting import instant
from kpi_toolkit.models.deal_states import DealStates
from kpi_toolkit.models.encoding import Encoding
from kpi_toolkit.models.landmarks import won

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Way = Literal["declared", "share", "stage_share", "logistic"]
STRENGTH = 0.1


@dataclass(frozen=True)
class Chances:
    """A way that has learnt, as numbers: a chance 0..1 by stage and of any `other` deal; or of a
    regression, what it weighs of the columns of its encoding, and their means.
    """

    way: Way
    by_stage: Mapping[str, float] = field(default_factory=dict)
    other: float | None = None
    encoding: Encoding | None = None
    weights: tuple[float, ...] = ()
    intercept: float = 0.0
    usual: tuple[float, ...] = ()

    def of(self, states: pd.DataFrame) -> np.ndarray:
        """The chances of states of deals; missing where nothing tells them."""
        import numpy as np

        if self.encoding is not None:
            return _chances(self.encoding.columns(states), self.weights, self.intercept)
        other = math.nan if self.other is None else self.other
        if not self.by_stage or "stage" not in states:
            return np.full(len(states), other)
        found = [self.by_stage.get(stage, other) for stage in states["stage"]]
        return np.array(found, dtype=float)


def without_model(past: DealStates) -> Chances:
    """With too few past deals to learn more: the share won of those that were in the stage; before
    the first was decided, what the stage declares.
    """
    won, lost = past.outcomes
    if not won + lost:
        return Chances("declared", _declared(past))
    share = won / (won + lost)
    return Chances("stage_share", _shares(past), share) if past.has_stays else _share(share)


def ways(
    past: DealStates, encoding: Encoding, states: pd.DataFrame, *, only: Way | None = None
) -> Iterator[Chances]:
    """The ways that there are, the simplest first, each learnt from states of past deals."""
    if only in (None, "share"):
        yield _share(past.outcomes[0] / sum(past.outcomes))
    if only in (None, "stage_share") and past.has_stays:
        yield without_model(past)
    if only in (None, "logistic"):
        yield _logistic(encoding, states, won(states))


def _share(rate: float) -> Chances:
    return Chances("share", other=rate)


def _shares(past: DealStates) -> dict[str, float]:
    """The share won of the decided deals that had been in a stage."""
    at = instant(past.known_at)
    rows = past.crm.query(
        "SELECT e.stage, count(DISTINCT CASE WHEN d.status = 'won' THEN d.deal_id END), "
        "count(DISTINCT d.deal_id) FROM deals AS d JOIN deal_stages AS e ON e.deal_id = d.deal_id "
        f"AND e.entered_at < d.closed_at WHERE d.closed_at < {at} "
        "AND d.status IN ('won', 'lost') GROUP BY e.stage"
    )
    return {stage: won / decided for stage, won, decided in rows}


def _declared(past: DealStates) -> dict[str, float]:
    """stages.probability by stage, where pipelines do not contradict each other."""
    if not past.crm.columns.get("stages", frozenset()) >= {"stage", "probability"}:
        return {}
    rows = past.crm.query(
        "SELECT stage, min(probability) FROM stages WHERE probability BETWEEN 0 AND 1 "
        "GROUP BY stage HAVING min(probability) = max(probability)"
    )
    return {stage: float(chance) for stage, chance in rows}


def _logistic(encoding: Encoding, states: pd.DataFrame, outcomes: np.ndarray) -> Chances:
    """A regularised logistic regression on the states: by Newton's method, which ends at the same
    point whatever the machine; the rows are in order, and one thread adds them up.
    """
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    columns = encoding.columns(states)
    with threadpool_limits(limits=1):
        fitted = LogisticRegression(C=STRENGTH, solver="newton-cholesky").fit(columns, outcomes)
    return Chances(
        "logistic",
        encoding=encoding,
        weights=tuple(map(float, fitted.coef_[0])),
        intercept=float(fitted.intercept_[0]),
        usual=tuple(map(float, columns.mean(axis=0))),
    )


def _chances(columns: np.ndarray, weights: tuple[float, ...], intercept: float) -> np.ndarray:
    """What a regression makes of columns, without scikit-learn, which takes a second to load."""
    import numpy as np
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        odds = (columns @ np.array([weights]).T + intercept).ravel()
    # NumPy's own exp differs in its last bit from one processor to another.
    return np.array([1 / (1 + math.exp(-each)) for each in odds.tolist()])
