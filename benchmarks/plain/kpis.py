"""The KPIs by month and by quarter, their natural limits, and what breaks them."""

import duckdb
import numpy as np
import pandas as pd

from benchmarks.plain.records import END, QUARTER, utc

_CLOSED = """
    SELECT date_trunc('{grain}', closed) AS p,
        coalesce(sum(amount) FILTER (status = 'won'), 0)::DOUBLE AS won_value,
        count(*) FILTER (status = 'won') AS won_deals,
        avg(amount) FILTER (status = 'won')::DOUBLE AS average_won_deal,
        count(*) FILTER (status = 'won') / count(*) AS decided_win_rate,
        avg(epoch(closed_at) - epoch(began_at)) FILTER (status = 'won' AND began_at <= closed_at)
            / 86400 AS sales_cycle,
        coalesce(sum(amount) FILTER (status = 'lost'), 0)::DOUBLE AS lost_value,
        count(*) FILTER (status = 'lost') AS lost_deals
    FROM deals WHERE status <> 'open' GROUP BY 1"""
_CREATED = """
    SELECT date_trunc('{grain}', created) AS p, count(*) AS opportunities_created,
        count(*) FILTER (status = 'won') / count(*) AS opportunity_to_customer_rate
    FROM deals GROUP BY 1"""
_LEADS = """
    SELECT date_trunc('{grain}', created) AS p,
        count(*) FILTER (opportunity_at >= created_at) / count(*) AS lead_to_opportunity_rate
    FROM leads GROUP BY 1"""
_CONTACTED = """
    SELECT date_trunc('{grain}', contacted) AS p, avg(epoch(first_contacted_at) - epoch(created_at))
        / 3600 AS lead_response_time
    FROM leads WHERE first_contacted_at >= created_at GROUP BY 1"""
_NEW = """
    WITH firsts AS (SELECT account_id, arg_min(order_id, (ordered_at, order_id)) AS order_id
        FROM orders GROUP BY 1)
    SELECT date_trunc('{grain}', ordered) AS p,
        sum(amount - coalesce(refunded, 0))::DOUBLE AS new_customer_revenue
    FROM orders SEMI JOIN firsts USING (account_id, order_id) GROUP BY 1"""
_STAYED = """
    SELECT date_trunc('{grain}', gone) AS p,
        avg(epoch(left_at) - epoch(entered_at)) / 86400 AS time_in_stage
    FROM stays WHERE left_at IS NOT NULL GROUP BY 1"""
_OPEN = """
    SELECT p, coalesce(sum(amount) FILTER (closed IS NULL OR closed >= p + {step}), 0)::DOUBLE
            AS pipeline_value,
        count(*) FILTER (closed IS NULL OR closed >= p + {step}) AS pipeline_deals,
        avg(amount)::DOUBLE AS average_opportunity_value,
        count(*) FILTER (status = 'won' AND closed >= p AND closed < p + {step}) / count(*)
            AS close_rate
    FROM periods JOIN deals ON created < p + {step} AND (closed IS NULL OR closed >= p)
    GROUP BY 1"""
_CUSTOMERS = """
    SELECT p, count(*) FILTER (churned IS NULL OR churned >= p + {step}) / count(*)
        AS retention_rate
    FROM periods JOIN accounts ON became < p AND (churned IS NULL OR churned >= p) GROUP BY 1"""
_QUERIES = (_CLOSED, _CREATED, _LEADS, _CONTACTED, _NEW, _STAYED, _OPEN, _CUSTOMERS)
_LIVES = "SELECT created, began_at, closed_at, status FROM deals WHERE began_at IS NOT NULL"


def by_period(
    connection: duckdb.DuckDBPyConnection, grain: str, periods: pd.DatetimeIndex
) -> pd.DataFrame:
    """A row a period, a column a KPI."""
    connection.register("periods", pd.DataFrame({"p": periods}))
    step = f"INTERVAL {3 if grain == 'quarter' else 1} MONTH"
    texts = [query.format(grain=grain, step=step) for query in _QUERIES]
    found = pd.concat(
        [connection.execute(text).df().set_index("p") for text in texts], axis=1, sort=True
    ).reindex(periods)
    won = found["average_won_deal"] * found["decided_win_rate"]
    found["pipeline_velocity"] = found["pipeline_deals"] * won / found["sales_cycle"]
    return found


def survival(connection: duckdb.DuckDBPyConnection, quarters: int = 13) -> pd.Series:
    """Kaplan-Meier medians of the days to signature, of the deals of twelve months."""
    lives = connection.execute(_LIVES).df()
    starts = pd.date_range(end=QUARTER, periods=quarters, freq="QS")
    found = {start: _median(lives, start + pd.DateOffset(months=3)) for start in starts}
    return pd.Series(found, name="sales_cycle_survival")


def _median(lives: pd.DataFrame, end: pd.Timestamp) -> float:
    cohort = lives[(lives["created"] >= end - pd.DateOffset(years=1)) & (lives["created"] < end)]
    known = utc(end)
    last = cohort["closed_at"].fillna(known).clip(upper=known)
    days = (last - cohort["began_at"]).dt.total_seconds() / 86_400
    signed = (cohort["status"] == "won") & (cohort["closed_at"] < known)
    table = pd.DataFrame({"days": days, "signed": signed})[days >= 0].groupby("days")["signed"]
    events, left = table.sum(), table.count()
    at_risk = left[::-1].cumsum()[::-1]
    below = (1 - events / at_risk).cumprod() <= 0.5
    return float(below.idxmax()) if below.any() else np.nan


def judged(months: pd.DataFrame) -> pd.DataFrame:
    """A row a KPI: its mean and limits of the months before the quarter, and what breaks them."""
    before, now = months[months.index < QUARTER], months[months.index >= QUARTER]
    middle, swing = before.mean(), 2.66 * before.diff().abs().mean()
    side = np.sign(months - middle)
    near = (months - middle).abs() > swing * 2 / 3
    told = {
        "mean": middle,
        "low": middle - swing,
        "high": middle + swing,
        "outside": ((now - middle).abs() > swing).any(),
        "run": side.tail(8).sum().abs() == 8,
        "close": (side.where(near, 0).tail(4).sum().abs() >= 3),
    }
    return pd.DataFrame(told)


def scorecard(quarters: pd.DataFrame, months: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """A row a KPI: the quarter, the one before, a year ago, the changes, and the signals."""
    now, before, ago = (quarters.loc[END - pd.DateOffset(months=m), names] for m in (3, 6, 15))
    told = {"now": now, "before": before, "change": now / before - 1}
    told |= {"year ago": ago, "change on it": now / ago - 1}
    return pd.DataFrame(told).join(judged(months).reindex(names))
