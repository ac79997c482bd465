"""SQL row expressions: what is accepted, and what it becomes."""

import datetime as dt

import pytest

from kpi_toolkit.crm import quoting
from kpi_toolkit.errors import DefinitionError
from kpi_toolkit.measures import expression

BOUNDS = {key: f"<{key}>" for key in expression.PARAMETERS}


def render(text: str) -> str:
    return expression.render(text, BOUNDS, time_zone="Europe/Paris")


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("status = 'won'", "\"status\" = 'won'"),
        ("a < :end and b >= :start", '"a" < <end> AND "b" >= <start>'),
        ("note = ':end'", "\"note\" = ':end'"),
        ("hours(a, b)", '((EPOCH_US("b") - EPOCH_US("a")) / 3600000000.0)'),
        ("hours(a, :end) < 2", '((EPOCH_US(<end>) - EPOCH_US("a")) / 3600000000.0) < 2'),
        (
            "local_day(a)",
            "CAST(TIMEZONE('Europe/Paris', TIMEZONE('UTC', \"a\")) AS DATE)",
        ),
        (
            "hours(local_day(a), least(b, :end))",
            "((EPOCH_US(LEAST(\"b\", <end>)) - EPOCH_US(CAST(TIMEZONE('Europe/Paris', "
            "TIMEZONE('UTC', \"a\")) AS DATE))) / 3600000000.0)",
        ),
    ],
)
def test_an_expression_becomes_sql(text: str, sql: str) -> None:
    assert render(text) == sql


def test_one_text_serves_all_periods() -> None:
    first, second = ({"end": text} for text in ("1", "2"))
    assert expression.render("a < :end", first) == '"a" < 1'
    assert expression.render("a < :end", second) == '"a" < 2'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("status = ", "cannot be read as SQL"),
        ("a; drop table deals", "expected one expression"),
        ("(select 1)", "without a subquery"),
        ("a in (select b from deals)", "without a subquery"),
        ("*", "expected one expression"),
        ("", "expected one expression"),
        ("a < :ende", "parameter :ende is not known; did you mean 'end'"),
        ("days(a)", "days takes 2 arguments"),
        ("local_day(a, b)", "local_day takes 1 arguments"),
        ("a = '\0'", "NUL"),
    ],
)
def test_what_is_no_row_expression_is_refused(text: str, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        expression.parse(text)


def test_only_a_bare_duration_has_a_length() -> None:
    assert expression.length_of("days(a, b)") == expression.DAY
    assert expression.length_of("hours(a, b)") == expression.HOUR
    assert expression.length_of("days(a, b) * 2") is None
    assert expression.length_of("amount") is None


def test_columns_and_parameters() -> None:
    text = "days(a, deals.b) > 3 and a < :end"
    assert set(expression.columns(text)) == {("", "a"), ("deals", "b")}
    assert expression.parameters(text) == {"end"}


def test_names_and_texts_are_quoted() -> None:
    assert expression.name('a "b') == '"a ""b"'
    assert expression.literal("l'Oréal") == "'l''Oréal'"
    with pytest.raises(DefinitionError, match="NUL"):
        expression.name("a\0")


def test_an_instant_keeps_its_microseconds() -> None:
    moment = dt.datetime.fromisoformat("2026-09-30T22:00:00.000001")
    assert quoting.instant(moment) == "TIMESTAMP '2026-09-30 22:00:00.000001'"
    first = dt.datetime.fromisoformat("0001-01-01")
    assert quoting.instant(first) == "TIMESTAMP '0001-01-01 00:00:00'"


def test_the_words_that_columns_are_compared_with() -> None:
    text = "accounts.plan = 'free' and kind in ('a', 'b') and amount = 1 and kind <> 'c'"
    assert set(expression.words(text)) == {
        ("accounts", "plan", "free"),
        ("", "kind", "a"),
        ("", "kind", "b"),
    }
