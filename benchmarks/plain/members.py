"""Breakdowns of a quarter beside another, and what each member adds to a change."""

import duckdb
import numpy as np
import pandas as pd

from benchmarks.plain.records import LAST_QUARTER, QUARTER

DIMENSIONS = ("owner", "team", "region", "source", "segment", "product", "kind")
_PARTS = """
    SELECT date_trunc('quarter', closed) AS p, {by},
        coalesce(sum(amount) FILTER (status = 'won'), 0)::DOUBLE AS won_value,
        count(*) FILTER (status = 'won') AS won_deals,
        coalesce(sum(amount) FILTER (status = 'lost'), 0)::DOUBLE AS lost_value,
        count(*) FILTER (status = 'lost') AS lost_deals, count(*) AS decided
    FROM deals WHERE status <> 'open' GROUP BY GROUPING SETS ({sets})"""
_OPEN = """
    SELECT p, {by}, sum(amount)::DOUBLE AS pipeline_value, count(*) AS pipeline_deals
    FROM quarters JOIN deals ON created < p + INTERVAL 3 MONTH
        AND (closed IS NULL OR closed >= p + INTERVAL 3 MONTH)
    GROUP BY GROUPING SETS ({sets})"""
_STAYS = """
    SELECT date_trunc('quarter', gone) AS p, stage,
        avg(epoch(left_at) - epoch(entered_at)) / 86400 AS time_in_stage,
        median(epoch(left_at) - epoch(entered_at)) / 86400 AS time_in_stage_median
    FROM stays WHERE left_at IS NOT NULL GROUP BY ALL"""
_FUNNEL = """
    SELECT e.stage, any_value(e.position) AS position, count(DISTINCT e.deal_id) AS entered,
        count(DISTINCT e.deal_id) FILTER (e.status = 'won' OR later.deal_id IS NOT NULL)
            / count(DISTINCT e.deal_id) AS stage_conversion_rate
    FROM stays AS e LEFT JOIN stays AS later ON later.deal_id = e.deal_id
        AND later.entered_at >= e.entered_at AND later.position > e.position
    WHERE e.visit = 1 AND e.entered >= '{0:%Y-%m-%d}' AND e.entered < '{1:%Y-%m-%d}'
    GROUP BY 1 ORDER BY 2"""
_BY_STAGE = """
    SELECT stage, sum(amount)::DOUBLE AS pipeline_value_by_stage FROM stays
    WHERE entered < '{1:%Y-%m-%d}' AND (gone IS NULL OR gone >= '{1:%Y-%m-%d}')
    GROUP BY 1 ORDER BY 2 DESC"""
_CROSSED = """
    SELECT close_reason, stage, coalesce(sum(amount), 0)::DOUBLE AS lost_value FROM deals
    WHERE status = 'lost' AND closed >= '{0:%Y-%m-%d}' AND closed < '{1:%Y-%m-%d}' GROUP BY ALL"""
Broken = dict[str, pd.DataFrame]


def closed_by(connection: duckdb.DuckDBPyConnection) -> Broken:
    """By dimension, a row a quarter and member: the deals decided."""
    found = _sets(connection, _PARTS, (*DIMENSIONS, "close_reason", "stage"))
    return {by: frame.assign(decided_win_rate=frame["won_deals"] / frame["decided"])
            for by, frame in found.items()}  # fmt: skip


def open_by(connection: duckdb.DuckDBPyConnection) -> Broken:
    """By dimension, a row a quarter and member: the deals open at its end."""
    connection.register("quarters", pd.DataFrame({"p": [LAST_QUARTER, QUARTER]}))
    return _sets(connection, _OPEN, DIMENSIONS)


def of_stages(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """A row a quarter and stage: how long deals stayed, as mean and median."""
    return connection.execute(_STAYS).df().set_index(["p", "stage"])


def funnel(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """A row a stage: deals that entered it in the quarter, and the share that came further."""
    end = QUARTER + pd.DateOffset(months=3)
    return connection.execute(_FUNNEL.format(QUARTER, end)).df().set_index("stage")


def crossed(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """What was lost in the quarter, a row a reason and stage."""
    end = QUARTER + pd.DateOffset(months=3)
    return connection.execute(_CROSSED.format(QUARTER, end)).df()


def by_stage(connection: duckdb.DuckDBPyConnection) -> pd.Series:
    """What is open in each stage at the quarter's end."""
    end = QUARTER + pd.DateOffset(months=3)
    found = connection.execute(_BY_STAGE.format(QUARTER, end)).df()
    return found.set_index("stage")["pipeline_value_by_stage"]


def causes(broken: Broken, value: str, count: str) -> tuple[str, pd.DataFrame]:
    """What made a sum change on the last quarter, by the dimension that tells most: a row a member
    with volume, mix and rate.
    """
    parts = {by: _of_sum(*_ends(frame, value), *_ends(frame, count), value) for by, frame in
             broken.items() if by in DIMENSIONS}  # fmt: skip
    told = max(parts, key=lambda by: _farthest(parts[by]))
    return told, parts[told]


def causes_of_rate(frame: pd.DataFrame, part: str, whole: str) -> pd.DataFrame:
    """What made a rate change on the last quarter: a row a member with mix and rate."""
    won, decided = ([*_ends(frame, name)] for name in (part, whole))
    shares = [each / each.sum() for each in decided]
    rates = [a / b for a, b in zip(won, decided, strict=True)]
    usual = np.mean([a.sum() / b.sum() for a, b in zip(won, decided, strict=True)])
    mix = (shares[1] - shares[0]) * ((rates[0] + rates[1]) / 2 - usual)
    return pd.DataFrame({"mix": mix, "rate": (shares[0] + shares[1]) / 2 * (rates[1] - rates[0])})


def _of_sum(
    before: pd.Series, now: pd.Series, n0: pd.Series, n1: pd.Series, value: str
) -> pd.DataFrame:
    w0, w1, whole0, whole1 = n0 / n0.sum(), n1 / n1.sum(), n0.sum(), n1.sum()
    a0, a1 = (before / n0).fillna(now / n1), (now / n1).fillna(before / n0)
    mean = (a0 + a1) / 2
    told = {
        value: now,
        "share": before / before.sum(),
        "volume": (whole1 - whole0) * (w0 + w1) / 2 * mean,
        "mix": (whole0 + whole1) / 2 * (w1 - w0) * mean,
        "rate": (n0 + n1) / 2 * (a1 - a0),
    }
    return pd.DataFrame(told)


def _farthest(parts: pd.DataFrame) -> float:
    effect = parts[["volume", "mix", "rate"]].sum(axis=1)
    return float((effect - parts["share"] * effect.sum()).abs().max())


def _ends(frame: pd.DataFrame, name: str) -> tuple[pd.Series, pd.Series]:
    before, now = frame.loc[LAST_QUARTER, name].align(frame.loc[QUARTER, name], fill_value=0.0)
    return before, now


def _sets(connection: duckdb.DuckDBPyConnection, query: str, dimensions: tuple[str, ...]) -> Broken:
    sets = ", ".join(f"(p, {each})" for each in dimensions)
    told = f"{', '.join(dimensions)}, grouping({', '.join(dimensions)}) AS told"
    found = connection.execute(query.format(by=told, sets=sets)).df()
    whole = 2 ** len(dimensions) - 1
    rows = {by: found[found["told"] == whole - 2 ** (len(dimensions) - 1 - place)]
            for place, by in enumerate(dimensions)}  # fmt: skip
    return {by: each.drop(columns="told").fillna({by: ""}).set_index(["p", by])
            for by, each in rows.items()}  # fmt: skip
