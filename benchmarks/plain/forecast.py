"""The chance of each open deal, learnt with scikit-learn from past deals as they stood, and what
they bring in the coming months, simulated.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from benchmarks.plain.records import END, utc

FUTURES = 4000
_MEMBERS = ["owner", "team", "region", "source", "segment", "product", "kind", "stage"]
_NUMBERS = ["age", "days_in_stage", "amount", "days_to_close"]
_DUE = [-60.0, -30.0, 0.0, 30.0, 60.0, 90.0]
# A field at a moment is the old value of its first change since, else today's.
_STATES = """
    WITH seen AS (SELECT m.seen_at, d.* FROM deals AS d JOIN moments AS m
        ON d.created_at < m.seen_at AND coalesce(d.closed_at, TIMESTAMP 'infinity') >= m.seen_at
        WHERE {where}),
    money AS (FROM changes WHERE field = 'amount'),
    due AS (FROM changes WHERE field = 'expected_close_on')
    SELECT s.deal_id, s.seen_at, s.status, s.closed_at, {members}, e.stage,
        CASE WHEN a.record_id IS NULL THEN s.amount::DOUBLE
            ELSE a.old::DOUBLE * (s.amount / s.amount_original) END AS amount,
        (epoch(s.seen_at) - epoch(s.created_at)) / 86400 AS age,
        (epoch(s.seen_at) - epoch(e.entered_at)) / 86400 AS days_in_stage,
        (epoch(CASE WHEN x.record_id IS NULL THEN s.expected_close_on ELSE x.old::TIMESTAMP END)
            - epoch(s.seen_at)) / 86400 AS days_to_close
    FROM seen AS s
    ASOF LEFT JOIN stays AS e ON e.deal_id = s.deal_id AND e.entered_at < s.seen_at
    ASOF LEFT JOIN money AS a ON a.record_id = s.deal_id AND a.changed_at >= s.seen_at
    ASOF LEFT JOIN due AS x ON x.record_id = s.deal_id AND x.changed_at >= s.seen_at
    ORDER BY s.deal_id, s.seen_at"""


@dataclass(frozen=True)
class Forecast:
    """The open deals with their `probability`, by weight; a row a coming month with the mean and
    the bounds of 80 and 95 futures in a hundred; Brier scores on later deals, of the model and of
    the mere share won.
    """

    deals: pd.DataFrame
    months: pd.DataFrame
    total: pd.Series
    brier: float
    share_brier: float


def forecast(
    connection: duckdb.DuckDBPyConnection, end: pd.Timestamp = END, months: int = 6
) -> Forecast:
    """What the deals open at the end of a quarter bring in the months after it."""
    now = utc(end)
    past = _states(connection, pd.date_range(end=now, periods=37, freq="20D")[:-1],
                   f"d.closed_at < TIMESTAMP '{now}' AND d.closed_at >= TIMESTAMP '{now}' "
                   "- INTERVAL 2 YEAR")  # fmt: skip
    encoding = _Encoding.of(past)
    columns = encoding.columns(past)
    brier, share_brier = _tried(past, columns, now)
    model = _fitted(columns, past["status"] == "won")
    deals = _states(connection, pd.DatetimeIndex([now]), "TRUE")
    earlier = _states(connection, pd.date_range(end=now, periods=19, freq="30D")[:-1], "TRUE")
    for states in (deals, earlier):
        states["probability"] = model.predict_proba(encoding.columns(states))[:, 1]
    deals["weight"] = deals["amount"] * deals["probability"]
    told, total = _months(earlier, deals, end, months)
    ordered = deals.sort_values("weight", ascending=False)
    return Forecast(ordered, told, total, brier, share_brier)


@dataclass(frozen=True)
class _Encoding:
    """Members and sixths of numbers as columns of 0 and 1."""

    names: pd.Index
    bounds: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, states: pd.DataFrame) -> "_Encoding":
        bounds = {n: np.unique(np.nanquantile(states[n], np.arange(1, 6) / 6)) for n in _NUMBERS}
        plain = cls(pd.Index([]), bounds)
        return cls(plain._dummies(states).columns, bounds)

    def columns(self, states: pd.DataFrame) -> np.ndarray:
        found = self._dummies(states).reindex(columns=self.names, fill_value=False)
        return found.to_numpy(dtype=float)

    def _dummies(self, states: pd.DataFrame) -> pd.DataFrame:
        ranges = {name: np.digitize(states[name], self.bounds[name]) for name in _NUMBERS}
        each = states[_MEMBERS].assign(**ranges)
        return pd.get_dummies(each, columns=[*_MEMBERS, *_NUMBERS])


def _states(
    connection: duckdb.DuckDBPyConnection, moments: pd.DatetimeIndex, where: str
) -> pd.DataFrame:
    """A row a deal and moment at which it was open, as it was known then."""
    connection.register("moments", pd.DataFrame({"seen_at": moments}))
    members = ", ".join(f"s.{name}" for name in _MEMBERS[:-1])
    found = connection.execute(_STATES.format(where=where, members=members)).df()
    found[_NUMBERS] = found[_NUMBERS].fillna(found[_NUMBERS].median())
    return found


def _fitted(columns: np.ndarray, won: pd.Series) -> LogisticRegression:
    # Two threads would cost more than one on matrices of this size.
    with threadpool_limits(1):
        return LogisticRegression(C=0.1, solver="newton-cholesky").fit(columns, won)


def _tried(past: pd.DataFrame, columns: np.ndarray, now: pd.Timestamp) -> tuple[float, float]:
    """Brier scores on three spans of forty days, each learnt from what was decided before."""
    found, won = [], past["status"] == "won"
    for start in pd.date_range(end=now, periods=4, freq="40D")[:-1]:
        before = past["closed_at"] < start
        tried = past["closed_at"].between(start, start + pd.Timedelta(days=40))
        model = _fitted(columns[before], won[before])
        missed = model.predict_proba(columns[tried])[:, 1] - won[tried]
        found.append([(missed**2).mean(), ((won[before].mean() - won[tried]) ** 2).mean()])
    model_score, plain = np.mean(found, axis=0)
    return float(model_score), float(plain)


def _months(
    past: pd.DataFrame, deals: pd.DataFrame, end: pd.Timestamp, months: int
) -> tuple[pd.DataFrame, pd.Series]:
    """Each deal's chance spread over months as past deals as far from their expected closing turned
    out, then futures in which months are better or worse as past ones were.
    """
    past = past.assign(place=np.digitize(past["days_to_close"], _DUE))
    after = (past["closed_at"] - past["seen_at"]).dt.total_seconds() / 86_400
    now, starts = utc(end), pd.date_range(end, periods=months, freq="MS")
    ends = [(utc(s + pd.DateOffset(months=1)) - now).total_seconds() / 86_400 for s in starts]
    place, chances, spread = np.digitize(deals["days_to_close"], _DUE), [], []
    for low, high in zip([-np.inf, *ends], ends, strict=False):
        known = past[past["seen_at"] <= now - pd.Timedelta(days=high)]
        inside = after[known.index].between(low, high, inclusive="left")
        won = ((known["status"] == "won") & inside).astype(float)
        by_place = known.groupby("place")["probability"].sum()
        share = won.groupby(known["place"]).sum() / by_place
        chances.append(deals["probability"] * share.reindex(place).fillna(0.0).to_numpy())
        hoped = known["amount"] * known["probability"] * share.reindex(known["place"]).to_numpy()
        missed = (won * known["amount"] - hoped).groupby(known["seen_at"]).sum()
        spread.append(missed.std() / hoped.groupby(known["seen_at"]).sum().mean())
    return _simulated(deals["amount"].to_numpy(), np.array(chances).T, np.array(spread), starts)


def _simulated(
    amount: np.ndarray, chances: np.ndarray, spread: np.ndarray, starts: pd.DatetimeIndex
) -> tuple[pd.DataFrame, pd.Series]:
    draw = np.random.default_rng(1)
    chances = chances / np.maximum(chances.sum(axis=1, keepdims=True), 1.0)
    sigma = np.sqrt(np.log1p(spread**2))
    factors = np.exp(sigma * draw.standard_normal((FUTURES, len(spread))) - sigma**2 / 2)
    futures = np.empty((FUTURES, len(spread)))
    for future in range(FUTURES):
        edges = np.cumsum(chances * factors[future], axis=1)
        month = (draw.random(len(amount))[:, None] >= edges).sum(axis=1)
        futures[future] = np.bincount(month, amount, len(spread) + 1)[:-1]
    bounds = np.percentile(futures, [2.5, 10, 90, 97.5], axis=0)
    names = ["low_95", "low_80", "high_80", "high_95"]
    told = pd.DataFrame(dict(zip(names, bounds, strict=True)), index=starts)
    told.insert(0, "value", amount @ chances)
    whole = np.percentile(futures.sum(axis=1), [2.5, 10, 90, 97.5])
    return told, pd.Series([told["value"].sum(), *whole], ["value", *names])
