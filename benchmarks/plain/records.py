"""The snapshot's tables with local times beside UTC, and the periods that the reports look at."""

import duckdb
import pandas as pd

QUARTER = pd.Timestamp("2026-07-01")
LAST_QUARTER = QUARTER - pd.DateOffset(months=3)
YEAR_AGO = QUARTER - pd.DateOffset(years=1)
END = QUARTER + pd.DateOffset(months=3)
# Twenty-four months set the limits of the three of the quarter.
MONTHS = pd.date_range(end="2026-09-01", periods=27, freq="MS")
QUARTERS = pd.date_range(end=QUARTER, periods=5, freq="QS")
_TABLES = """
    CREATE MACRO here(t) AS timezone('Europe/Paris', timezone('UTC', t));
    CREATE TABLE deals AS SELECT *, here(closed_at) AS closed, here(created_at) AS created,
        coalesce(first_contact_at, created_at) AS began_at FROM '{0}/deals.parquet';
    CREATE TABLE orders AS SELECT *, here(ordered_at) AS ordered FROM '{0}/orders.parquet';
    CREATE TABLE leads AS SELECT *, here(created_at) AS created,
        here(first_contacted_at) AS contacted FROM '{0}/leads.parquet' WHERE merged_into IS NULL;
    CREATE TABLE accounts AS SELECT *, here(became_customer_at) AS became,
        here(churned_at) AS churned FROM '{0}/accounts.parquet';
    CREATE TABLE changes AS SELECT *, here(changed_at) AS changed
        FROM '{0}/record_changes.parquet' WHERE object = 'deals';
    CREATE VIEW targets AS FROM '{0}/targets.parquet';
    CREATE TABLE stays AS SELECT s.deal_id, s.stage, q.position, d.status, d.amount, d.closed_at,
        s.entered_at, coalesce(lead(s.entered_at) OVER w, d.closed_at) AS left_at,
        row_number() OVER (PARTITION BY s.deal_id, s.stage ORDER BY s.entered_at) AS visit
        FROM '{0}/deal_stages.parquet' AS s JOIN deals AS d USING (deal_id)
        LEFT JOIN '{0}/stages.parquet' AS q
            ON q.stage = s.stage AND q.pipeline IS NOT DISTINCT FROM d.pipeline
        WHERE d.closed_at IS NULL OR s.entered_at < d.closed_at
        WINDOW w AS (PARTITION BY s.deal_id ORDER BY s.entered_at, q.position);
    ALTER TABLE stays ADD COLUMN entered TIMESTAMP; ALTER TABLE stays ADD COLUMN gone TIMESTAMP;
    UPDATE stays SET entered = here(entered_at), gone = here(left_at)"""


def opened(snapshot: str) -> duckdb.DuckDBPyConnection:
    """A connection with the tables of a snapshot's folder."""
    connection = duckdb.connect()
    for statement in _TABLES.format(snapshot).split(";"):
        connection.execute(statement)
    return connection


def utc(local: pd.Timestamp) -> pd.Timestamp:
    """A local time as naive UTC."""
    return local.tz_localize("Europe/Paris").tz_convert("UTC").tz_localize(None)
