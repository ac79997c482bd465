"""DuckDB's SQL becomes PostgreSQL's, or is refused by name."""

from datetime import datetime

import pytest
import sqlglot

from kpi_toolkit.crm.remote import dialect
from kpi_toolkit.errors import DataError


@pytest.mark.parametrize(
    ("duckdb", "postgresql"),
    [
        ("epoch_us(a)", 'CAST(EXTRACT(EPOCH FROM "a") * 1000000 AS BIGINT)'),
        ("median(a) filter (where b)",
         'PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY "a") FILTER(WHERE "b")'),
        ("quantile_cont(a, 0.9)", 'PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY "a")'),
        ("a / b", 'CAST("a" AS DOUBLE PRECISION) / "b"'),
        ("cast(a as decimal(38, 9))", 'CAST(CAST("a" AS TEXT) AS DECIMAL(38, 9))'),
        ("cast(a as varchar)", 'CAST("a" AS TEXT)'),
        ("min(a) over (order by b desc)", 'MIN("a") OVER (ORDER BY "b" DESC NULLS LAST)'),
        ("a + interval '12' month", "\"a\" + INTERVAL '12 MONTH'"),
    ],
)  # fmt: skip
def test_what_is_said_otherwise(duckdb: str, postgresql: str) -> None:
    assert dialect.postgresql(f"SELECT {duckdb} FROM t") == f'SELECT {postgresql} FROM "t"'


def test_group_by_all_is_by_the_places_of_what_is_no_aggregate() -> None:
    sql = "SELECT a AS x, count(*), b + 1 FROM t GROUP BY ALL"
    assert dialect.postgresql(sql).endswith("GROUP BY 1, 3")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("upper(a)", ["upper()"]),
        ("a ilike 'x%'", ["ilike"]),
        ("round(a, 2)", ["round()"]),
        ("business_microseconds(a) + list_sum([1])", ["business_microseconds()", "list_sum()"]),
        ("extract(epoch from a)", ["extract(epoch)"]),
        (r"a like '50\%'", ["like with a backslash"]),
        ("read_csv('x')", ["read_csv()"]),
        ("coalesce(a, 0) > 1 and b in ('x') and c is not distinct from d", []),
    ],
)
def test_what_would_give_another_result_is_named(text: str, names: list[str]) -> None:
    found = list(dialect.unknown(sqlglot.parse_one(text, dialect="duckdb")))
    assert [name for name in names if name in found] == names
    assert bool(found) == bool(names)


@pytest.mark.parametrize(
    "sql", ["SELECT upper(a) FROM t", "DELETE FROM t", "SELECT 1; SELECT 2", "SELECT ("]
)
def test_a_query_that_cannot_go_there_is_one_sentence(sql: str) -> None:
    with pytest.raises(DataError, match="a query in place") as refused:
        dialect.postgresql(sql)
    assert "\n" not in str(refused.value)


def test_parameters_become_literals() -> None:
    sql = "SELECT a FROM t WHERE a < $1 AND b > $1 AND c = $2"
    found = dialect.postgresql(sql, [datetime.fromisoformat("2026-01-02 03:04"), "O'Neil"])
    moment = "CAST('2026-01-02 03:04:00' AS TIMESTAMP)"
    assert found.endswith(f'"a" < {moment} AND "b" > {moment} AND "c" = \'O\'\'Neil\'')
    with pytest.raises(DataError, match="more parameters than values"):
        dialect.postgresql("SELECT ?, ? FROM t", [1])


def test_what_stands_in_a_translated_function_is_translated() -> None:
    found = dialect.postgresql("SELECT CAST(epoch_us(a) / 2.0 AS DECIMAL(38, 9)) FROM t")
    assert "EPOCH_US" not in found.upper()
    assert found.count("EXTRACT(EPOCH FROM") == 1


def test_columns_that_are_left_out_of_all_are_listed() -> None:
    sql = 'SELECT t.* EXCLUDE ("b"), 1 AS one FROM (SELECT t.* EXCLUDE (b) FROM t) AS t'
    found = dialect.postgresql(sql, (), {"t": ["a", "b", "C"]})
    inner = '(SELECT "t"."a", "t"."C" FROM "t")'
    assert found == f'SELECT "t"."a", "t"."C", 1 AS "one" FROM {inner} AS "t"'


def test_the_tables_of_a_query_are_those_that_it_does_not_make() -> None:
    sql = "WITH mine AS (SELECT * FROM deals) SELECT * FROM mine JOIN accounts USING (account_id)"
    assert dialect.tables(sql) == {"deals", "accounts"}
