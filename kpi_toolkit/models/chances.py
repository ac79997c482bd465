"""Ways to estimate a deal's chance of being won, the simplest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

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
    """A way that has learnt: states of deals -> chances 0..1; of a regression, what it weighs of
    the columns of its encoding, and their means.
    """

    way: Way
    of: Callable[[pd.DataFrame], np.ndarray]
    encoding: Encoding | None = None
    weights: tuple[float, ...] = ()
    usual: tuple[float, ...] = ()


def without_model(past: DealStates) -> Chances:
    """With too few past deals to learn more: the share won of those that were in the stage; before
    the first was decided, what the stage declares.
    """
    won, lost = past.outcomes
    if not won + lost:
        return Chances("declared", _of_stages(_declared(past)))
    if not past.has_stays:
        return _share(won / (won + lost))
    return Chances("stage_share", _of_stages(_shares(past), won / (won + lost)))


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
    import numpy as np

    return Chances("share", lambda states: np.full(len(states), rate))


def _of_stages(
    by_stage: Mapping[str, float], otherwise: float | None = None
) -> Callable[[pd.DataFrame], np.ndarray]:
    import numpy as np

    rest = np.nan if otherwise is None else otherwise

    def found(states: pd.DataFrame) -> np.ndarray:
        if "stage" not in states:
            return np.full(len(states), rest)
        return np.array([by_stage.get(stage, rest) for stage in states["stage"]], dtype=float)

    return found


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
    return dict(rows)


def _logistic(encoding: Encoding, states: pd.DataFrame, outcomes: np.ndarray) -> Chances:
    """A regularised logistic regression on the states."""
    columns = encoding.columns(states)
    fitted = _fit(columns, outcomes)
    weighed = (tuple(map(float, found)) for found in (fitted.coef_[0], columns.mean(axis=0)))
    return Chances("logistic", lambda s: _chances(fitted, encoding.columns(s)), encoding, *weighed)


def _fit(columns: np.ndarray, outcomes: np.ndarray) -> Any:
    """Newton's method, which ends at the same point whatever the machine; the rows are in order,
    and one thread adds them up.
    """
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        return LogisticRegression(C=STRENGTH, solver="newton-cholesky").fit(columns, outcomes)


def _chances(fitted: Any, columns: np.ndarray) -> np.ndarray:
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        return fitted.predict_proba(columns)[:, 1]
