"""A CRM of a given number of deals as Parquet, the same at every run: values come from hashes."""

from pathlib import Path

import duckdb

FIRST_DAY, LAST_DAY = "2023-10-01", "2026-10-01"
DAYS = 1_096
TABLES = ("accounts", "deals", "deal_stages", "stages", "orders")

MACROS = f"""
CREATE MACRO pick(i, salt, n) AS (hash(i, salt) % n)::BIGINT;
CREATE MACRO chance(i, salt) AS (pick(i, salt, 1000000) + 1) / 1000001.0;
CREATE MACRO instant(i, salt) AS
    TIMESTAMP '{FIRST_DAY}' + to_seconds(pick(i, salt, {DAYS} * 86400));
CREATE MACRO days_later(t, days) AS t + to_seconds((days * 86400)::BIGINT);
CREATE MACRO money(i, salt) AS
    round(exp(6 + 3 * chance(i, salt)), 2)::DECIMAL(18, 4)
"""

SELECTS = {
    "accounts": """
        SELECT 'a' || i AS account_id,
            ['small', 'middle', 'large'][1 + pick(i, 1, 3)] AS segment,
            'region ' || pick(i, 2, 8) AS region,
            became AS became_customer_at,
            CASE WHEN days_later(became, stay) < TIMESTAMP '{last}' THEN days_later(became, stay)
                END AS churned_at
        FROM (SELECT i, instant(i, 3) AS became, 30 - 900 * ln(chance(i, 4)) AS stay
            FROM range({deals} // 5) AS r(i))""",
    "deals": """
        SELECT 'd' || i AS deal_id,
            'a' || pick(i, 11, {deals} // 5) AS account_id,
            'owner ' || pick(i, 12, 40) AS owner,
            ['web', 'referral', 'event', 'partner', 'outbound'][1 + pick(i, 13, 5)] AS source,
            'main' AS pipeline,
            CASE WHEN closed >= TIMESTAMP '{last}' THEN 'open'
                WHEN chance(i, 14) < 0.3 THEN 'won' ELSE 'lost' END AS status,
            money(i, 15) AS amount,
            created AS created_at,
            CASE WHEN chance(i, 16) < 0.8 THEN days_later(created, -20 * chance(i, 17))
                END AS first_contact_at,
            CASE WHEN closed < TIMESTAMP '{last}' THEN closed END AS closed_at
        FROM (SELECT i, instant(i, 18) AS created,
                days_later(instant(i, 18), 0.1 - 40 * ln(chance(i, 19))) AS closed
            FROM range({deals}) AS r(i))""",
    "stages": """
        SELECT 'main' AS pipeline, 'stage ' || i AS stage, i AS position FROM range(4) AS r(i)""",
    "deal_stages": """
        SELECT deal_id, 'stage ' || k AS stage,
            created_at + (coalesce(closed_at, TIMESTAMP '{last}') - created_at) * k / 5
                AS entered_at
        FROM deals, range(4) AS r(k) WHERE k <= pick(deal_id, 21, 4) ORDER BY hash(deal_id, k)""",
    "orders": """
        SELECT 'o' || i AS order_id, '1' AS line,
            'a' || pick(i, 31, {deals} // 5) AS account_id,
            'd' || pick(i, 32, {deals}) AS deal_id,
            'product ' || pick(i, 33, 12) AS product,
            ['web', 'shop', 'field'][1 + pick(i, 34, 3)] AS channel,
            money(i, 35) AS amount, instant(i, 36) AS ordered_at
        FROM range({deals}) AS r(i)""",
}


def write(folder: Path, deals: int) -> None:
    """One Parquet file a table."""
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        for macro in MACROS.split(";"):
            connection.execute(macro)
        for table, select in SELECTS.items():
            sql = select.format(deals=deals, last=LAST_DAY)
            connection.execute(f"CREATE TABLE {table} AS {sql}")
            connection.execute(f"COPY {table} TO '{folder / table}.parquet'")
