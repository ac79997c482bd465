"""What stands on a page deal by deal: the bridge, the largest, those at risk; cohorts; targets."""

import duckdb
import pandas as pd

from benchmarks.plain.records import END, MONTHS, QUARTER, utc

_LARGEST = """
    SELECT deal_id, owner, segment, product, {which}, closed::DATE AS day, amount::DOUBLE AS amount
    FROM deals WHERE status = '{status}' AND closed >= '{0:%Y-%m-%d}' AND closed < '{1:%Y-%m-%d}'
    ORDER BY amount DESC, deal_id LIMIT {n}"""
# The amount at an instant is the old one of its first change since, else today's.
_ENDS = """
    WITH money AS (SELECT record_id, changed_at, old::DOUBLE AS old FROM changes
        WHERE field = 'amount'),
    held AS (SELECT deal_id, created, closed, status, amount::DOUBLE AS amount,
        coalesce(amount / amount_original, 1)::DOUBLE AS rate,
        TIMESTAMP '{0}' AS start_at, TIMESTAMP '{1}' AS end_at FROM deals
        WHERE created_at < '{1}' AND (closed_at IS NULL OR closed_at >= '{0}'))
    SELECT h.created, h.closed, h.status, coalesce(a.old * h.rate, h.amount) AS at_start,
        coalesce(b.old * h.rate, h.amount) AS at_end FROM held AS h
    ASOF LEFT JOIN money AS a ON a.record_id = h.deal_id AND a.changed_at >= h.start_at
    ASOF LEFT JOIN money AS b ON b.record_id = h.deal_id AND b.changed_at >= h.end_at"""
_AT_RISK = """
    WITH heard AS (SELECT record_id AS deal_id, max(changed_at) AS at FROM changes
        WHERE changed_at < '{0}' GROUP BY 1),
    usual AS (SELECT quantile_cont(epoch(closed_at) - epoch(created_at), 0.9) AS life FROM deals
        WHERE status = 'won' AND closed_at < '{0}' AND closed_at >= TIMESTAMP '{0}'
            - INTERVAL 1 YEAR)
    SELECT deal_id, owner, amount::DOUBLE AS amount, expected_close_on < DATE '{0}' AS overdue,
        greatest(h.at, created_at) < TIMESTAMP '{0}' - INTERVAL 30 DAY AS silent,
        epoch(TIMESTAMP '{0}') - epoch(created_at) > life AS old
    FROM deals LEFT JOIN heard AS h USING (deal_id), usual
    WHERE created_at < '{0}' AND (closed_at IS NULL OR closed_at >= '{0}')
        AND (overdue OR silent OR old) ORDER BY amount DESC LIMIT 12"""
_COHORTS = """
    SELECT date_trunc('month', created) AS cohort, count(*) AS created,
        {ages} FROM deals WHERE created >= '{0:%Y-%m-%d}' AND created < '{1:%Y-%m-%d}'
    GROUP BY 1 ORDER BY 1"""
_TARGETS = "SELECT kpi, period, member, value, owner FROM targets WHERE period = '2026-Q3'"


def bridge(connection: duckdb.DuckDBPyConnection) -> pd.Series:
    """The parts from the open pipeline at the quarter's start to that at its end."""
    deals = connection.execute(_ENDS.format(utc(QUARTER), utc(END))).df()
    was, closed = deals["created"] < QUARTER, deals["closed"] < END
    change = (deals["at_end"] - deals["at_start"])[was]
    worth, won = deals["at_end"], deals["status"] == "won"
    return pd.Series(
        {
            "start": deals["at_start"][was].sum(),
            "created": worth[~was].sum(),
            "increased": change[change > 0].sum(),
            "decreased": change[change < 0].sum(),
            "lost": -worth[closed & ~won].sum(),
            "won": -worth[closed & won].sum(),
            "end": worth[~closed].sum(),
        }
    )


def largest(connection: duckdb.DuckDBPyConnection, status: str, which: str, n: int) -> pd.DataFrame:
    """The largest deals of the quarter with a status."""
    sql = _LARGEST.format(QUARTER, END, status=status, which=which, n=n)
    return connection.execute(sql).df()


def at_risk(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """The largest open deals that are overdue, silent for a month or open for unusually long."""
    return connection.execute(_AT_RISK.format(utc(END))).df()


def cohorts(connection: duckdb.DuckDBPyConnection, n: int = 13) -> pd.DataFrame:
    """A row a month of creation, a column an age in months: the share won by then."""
    ages = ", ".join(
        f"count(*) FILTER (status = 'won' AND closed < date_trunc('month', created) + INTERVAL "
        f'{age + 1} MONTH) / count(*) AS "{age}"'
        for age in range(n)
    )
    found = connection.execute(_COHORTS.format(MONTHS[-n], END, ages=ages)).df()
    shares = found.set_index("cohort")
    for place, cohort in enumerate(shares.index):
        shares.loc[cohort, [str(age) for age in range(n - place, n)]] = float("nan")
    return shares


def targets(connection: duckdb.DuckDBPyConnection, quarter: pd.Series) -> pd.DataFrame:
    """The quarter's targets beside what was reached."""
    found = connection.execute(_TARGETS).df()
    found = found[found["member"].isna() & found["kpi"].isin(quarter.index)]
    found["reached"] = quarter[found["kpi"]].to_numpy()
    return found.assign(attainment=found["reached"] / found["value"])
