"""The other side: the same numbers by SQL as a skilled analyst writes it, a query for many."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd

from benchmarks.tables import LAST_DAY, TABLES
from kpi_toolkit.crm.database import threads_for

Values = dict[tuple[str | None, ...], float | None]
DAY = 86_400_000_000
MONTHS = pd.date_range(end="2026-09-01", periods=13, freq="MS")
ENDS = MONTHS + pd.DateOffset(months=1)
FIRST, LAST = "2025-09-01", LAST_DAY
CURRENT = "2026-09"

CLOSED = f"""
    SELECT strftime(closed_at, '%Y-%m') AS p, {{dimensions}}
        count(*) FILTER (status = 'won') AS won, count(*) AS decided,
        sum(amount) FILTER (status = 'won') AS amount,
        count(amount) FILTER (status = 'won') AS priced,
        sum(days) FILTER (status = 'won') AS days, count(days) FILTER (status = 'won') AS cycles,
        median(days) FILTER (status = 'won') AS median
    FROM (SELECT *, epoch_us(closed_at) - epoch_us(coalesce(first_contact_at, created_at)) AS days
        FROM deals WHERE closed_at >= '{{first}}' AND closed_at < '{LAST}')
    GROUP BY {{sets}}"""
CREATED = f"""
    SELECT strftime(created_at, '%Y-%m') AS p, {{dimensions}}
        count(*) FILTER (status = 'won' AND closed_at < '{LAST}') AS won, count(*) AS created
    FROM deals WHERE created_at >= '{{first}}' AND created_at < '{LAST}' GROUP BY {{sets}}"""
MATURES = f"""
    SELECT quantile_cont(epoch_us(closed_at) - epoch_us(created_at), 0.9)
    FROM deals WHERE status = 'won' AND closed_at < '{LAST}'"""
STAYS = f"""
    WITH steps AS (
        SELECT s.stage, d.pipeline, s.entered_at, coalesce(lead(s.entered_at) OVER (
            PARTITION BY s.deal_id ORDER BY s.entered_at, q.position), d.closed_at) AS left_at
        FROM deal_stages AS s JOIN deals AS d USING (deal_id)
        LEFT JOIN stages AS q ON q.pipeline = d.pipeline AND q.stage = s.stage
        WHERE d.closed_at IS NULL OR s.entered_at < d.closed_at)
    SELECT strftime(left_at, '%Y-%m') AS p, stage, pipeline,
        sum(epoch_us(left_at) - epoch_us(entered_at)) AS days, count(*) AS stays
    FROM steps WHERE left_at >= '{FIRST}' AND left_at < '{LAST}'
    GROUP BY GROUPING SETS ((p), (p, stage), (p, pipeline))"""
NEW = f"""
    WITH firsts AS (
        SELECT account_id, arg_min(order_id, (ordered_at, order_id)) AS order_id
        FROM orders GROUP BY account_id)
    SELECT strftime(ordered_at, '%Y-%m') AS p, product, channel, sum(amount) AS amount
    FROM orders SEMI JOIN firsts USING (account_id, order_id)
    WHERE ordered_at >= '{FIRST}' AND ordered_at < '{LAST}'
    GROUP BY GROUPING SETS ((p), (p, product), (p, channel))"""
SURVIVAL = """
    WITH durations AS (
        SELECT {dimensions} epoch_us(least(coalesce(closed_at, '{end}'), '{end}'))
                - epoch_us(coalesce(first_contact_at, created_at)) AS days,
            count(*) FILTER (status = 'won' AND closed_at < '{end}') AS ends, count(*) AS n
        FROM deals WHERE created_at >= '{since}' AND created_at < '{end}' GROUP BY ALL),
    at_risk AS (
        SELECT *, sum(n) OVER ({partition} ORDER BY days DESC) AS at_risk FROM durations),
    survival AS (
        SELECT *, sum(CASE WHEN ends = at_risk THEN -999 ELSE ln(1 - ends / at_risk) END)
            OVER ({partition} ORDER BY days) AS survival FROM at_risk)
    SELECT {dimensions} min(days) FILTER (survival <= ln(0.5)) FROM survival GROUP BY ALL"""


def open_tables(folder: Path) -> duckdb.DuckDBPyConnection:
    """A connection over the Parquet files."""
    connection = duckdb.connect(config={"threads": threads_for(folder)})
    connection.execute("SET enable_progress_bar = false")
    for table in TABLES:
        connection.execute(f"CREATE VIEW {table} AS FROM read_parquet('{folder / table}.parquet')")
    return connection


def values(connection: duckdb.DuckDBPyConnection) -> Values:
    """The same keys and numbers as the toolkit's side."""
    found: Values = {}
    for part in (_closed, _created, _stays, _new, _pipeline, _customers, _survival):
        found.update(part(connection))
    return found


def _closed(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple]:
    for _, key, row in _dated(connection, CLOSED, ("owner", "source")):
        yield ("decided_win_rate", *key), row["won"] / row["decided"]
        yield ("average_won_deal", *key), float(row["amount"] / row["priced"])
        yield ("won_value", *key), float(row["amount"])
        yield ("sales_cycle", *key), row["days"] / row["cycles"] / DAY
        yield ("sales_cycle_median", *key), row["median"] / DAY


def _created(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple]:
    connection.execute(MATURES).fetchall()
    for _, key, row in _dated(connection, CREATED, ("owner", "source")):
        yield ("opportunity_to_customer_rate", *key), row["won"] / row["created"]


def _dated(
    connection: duckdb.DuckDBPyConnection, sql: str, dimensions: tuple[str, ...]
) -> Iterator[tuple]:
    """Totals of 13 months, then the breakdowns of the last one."""
    totals = connection.execute(sql.format(dimensions="", first=FIRST, sets="p")).df()
    sets = f"GROUPING SETS ({', '.join(f'(p, {d})' for d in dimensions)})"
    named = "".join(f"{d}, " for d in dimensions)
    parts = connection.execute(sql.format(dimensions=named, first=f"{CURRENT}-01", sets=sets)).df()
    yield from _keyed(totals, ())
    yield from _keyed(parts, dimensions)


def _keyed(frame: pd.DataFrame, dimensions: tuple[str, ...]) -> Iterator[tuple]:
    for row in frame.to_dict("records"):
        by = next((d for d in dimensions if pd.notna(row[d])), None)
        if by is None:
            yield None, (row["p"],), row
        elif row["p"] == CURRENT:
            yield by, (row["p"], by, row[by]), row


def _stays(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple]:
    for _, key, row in _keyed(connection.execute(STAYS).df(), ("stage", "pipeline")):
        yield ("time_in_stage", *key), row["days"] / row["stays"] / DAY


def _new(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple]:
    for _, key, row in _keyed(connection.execute(NEW).df(), ("product", "channel")):
        yield ("new_customer_revenue", *key), float(row["amount"])


def _pipeline(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple]:
    not_yet = "created_at < '{end}' AND (closed_at IS NULL OR closed_at >="
    won = "created_at < '{end}' AND closed_at >= '{start}' AND closed_at < '{end}'"
    measures = {
        "value": f"sum(amount) FILTER ({not_yet} '{{end}}'))",
        "won": f"count(*) FILTER ({won} AND status = 'won')",
        "during": f"count(*) FILTER ({not_yet} '{{start}}'))",
    }
    for key, row in _at_bounds(connection, "deals", measures, ("owner", "source")):
        yield ("pipeline_value", *key), float(row["value"])
        yield ("close_rate", *key), row["won"] / row["during"]


def _customers(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple]:
    there = "became_customer_at < '{start}' AND (churned_at IS NULL OR churned_at >= '{start}')"
    measures = {
        "there": f"count(*) FILTER ({there})",
        "kept": f"count(*) FILTER ({there} AND (churned_at IS NULL OR churned_at >= '{{end}}'))",
        "lost": f"count(*) FILTER ({there} AND churned_at < '{{end}}')",
    }
    for key, row in _at_bounds(connection, "accounts", measures, ("segment", "region")):
        yield ("retention_rate", *key), row["kept"] / row["there"]
        yield ("churn_rate", *key), row["lost"] / row["there"]


def _at_bounds(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    measures: dict[str, str],
    dimensions: tuple[str, ...],
) -> Iterator[tuple]:
    """A column a month and measure; the breakdowns need the last month only."""

    def columns(months: list[int]) -> str:
        return ", ".join(
            f"{text.format(start=MONTHS[i], end=ENDS[i])} AS {name}_{i}"
            for i in months
            for name, text in measures.items()
        )

    totals = connection.execute(f"SELECT {columns(list(range(13)))} FROM {table}").df()
    for i, month in enumerate(MONTHS):
        row = {name: totals[f"{name}_{i}"].iloc[0] for name in measures}
        yield (month.strftime("%Y-%m"),), row
    parts = connection.execute(
        f"SELECT {', '.join(dimensions)}, {columns([12])} FROM {table} "
        f"GROUP BY GROUPING SETS ({', '.join(f'({d})' for d in dimensions)})"
    ).df()
    for each in parts.to_dict("records"):
        by = next(d for d in dimensions if pd.notna(each[d]))
        yield (CURRENT, by, each[by]), {name: each[f"{name}_12"] for name in measures}


def _survival(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple]:
    for quarter, since, end, by in [
        ("2026-Q2", "2025-07-01", "2026-07-01", ""),
        ("2026-Q3", "2025-10-01", "2026-10-01", ""),
        ("2026-Q3", "2025-10-01", "2026-10-01", "owner"),
        ("2026-Q3", "2025-10-01", "2026-10-01", "source"),
    ]:
        dimensions, partition = (f"{by},", f"PARTITION BY {by}") if by else ("", "")
        sql = SURVIVAL.format(since=since, end=end, dimensions=dimensions, partition=partition)
        for *member, days in connection.execute(sql).fetchall():
            key = (quarter, by, *member) if by else (quarter,)
            yield ("sales_cycle_survival", *key), days and days / DAY
