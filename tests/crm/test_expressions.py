"""An expression of the mapping is one scalar over source columns, and nothing else."""

import pytest

from kpi_toolkit.crm.expressions import Ref, parse, reference
from kpi_toolkit.errors import ConfigError


def test_columns_and_numbers_are_found() -> None:
    found = parse("coalesce(number(a), products.\"List Price\") || 'x'", ["products"], "amount")
    assert set(found.columns) == {Ref("", "a"), Ref("products", "List Price")}
    assert found.numbers == (Ref("", "a"),)


def test_a_dot_is_a_join_only_where_there_is_one() -> None:
    assert reference("teams.region", ["teams"]) == Ref("teams", "region")
    assert reference("Amount.EUR", ["teams"]) == Ref("", "Amount.EUR")


@pytest.mark.parametrize(
    "sql",
    [
        "coalesce(a, b)",
        "CASE WHEN a = 'x' AND b IS NOT NULL THEN 'y' ELSE upper(c) END",
        "a IN ('x', 'y')",
        "number(a) * 2 - round(number(b), 1)",
        "left(trim(a), 3) || substring(b, 1, 2)",
        "nullif(a, 'none')",
        "a LIKE 'x%'",
    ],
)
def test_what_an_analyst_needs_is_allowed(sql: str) -> None:
    assert parse(sql, [], "amount").columns


@pytest.mark.parametrize(
    "sql",
    [
        "(SELECT 1)",
        "a IN (SELECT b FROM deals)",
        "EXISTS (SELECT 1)",
        "read_csv('/etc/passwd')",
        "read_text('x')",
        "getenv('HOME')",
        "a; DROP TABLE deals",
        "a;",
        "*",
        "products.*",
        "count(a)",
        "sum(number(a)) OVER ()",
        "CAST(a AS DATE)",
        "a::INT",
        "now()",
        "random()",
        "[a, b]",
        "{x: a}",
        "a[1]",
        "SELECT a",
        "SELECT a FROM b",
        "FROM deals",
        "DROP TABLE deals",
        "unknown.column",
        "number(1)",
        "number(a, b)",
        "number(lower(a))",
        "list_transform([a], lambda x: x)",
        "$1",
        "a +",
        "",
        "COLUMNS('a')",
    ],
)
def test_anything_else_is_refused(sql: str) -> None:
    with pytest.raises(ConfigError):
        parse(sql, ["products"], "amount")


def test_a_refusal_names_near_functions() -> None:
    with pytest.raises(ConfigError, match="did you mean 'coalesce'"):
        parse("coalesc(a, b)", [], "amount")
