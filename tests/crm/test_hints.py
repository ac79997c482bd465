"""A refused cell says which declaration would have fitted it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kpi_toolkit.crm.connect import Crm, connect
from kpi_toolkit.errors import DataError

TOML = """[tables.orders]
file = "orders.csv"
delimiter = ";"
bad_rows = "100%"
{form}
[tables.orders.columns]
order_id = "id"
{column} = "cell"
"""


def reason(connected: Callable[..., Crm], column: str, cell: str, form: str = "") -> str:
    toml = TOML.format(form=form, column=column)
    crm = connected(toml, orders_csv=f"id;cell\n1;{cell}\n")
    found = crm.query("SELECT reason FROM quarantine")
    assert len(found) == 1
    return str(found[0][0])


@pytest.mark.parametrize(
    ("column", "cell", "form", "hint"),
    [
        ("amount", "1,5", "", 'decimal = ","'),
        ("amount", "1 234.5", "", 'thousands = " "'),
        ("amount", "1 234,5", "", 'decimal = ",", thousands = " "'),
        ("amount", "1.234,5", 'decimal = ","', 'thousands = "."'),
        ("amount", "(12.00)", "", 'negative = "()"'),
        ("amount", "12.50 €", "", 'sign = "€"'),
        ("amount", "12,50 €", "", 'decimal = ",", sign = "€"'),
        ("quantity", "1'234", "", 'thousands = "\'"'),
        ("ordered_at", "03/04/2024", "", 'date_format = "%d/%m/%Y"'),
        ("ordered_at", "13/25/2024", "", ""),
        ("ordered_at", "04/13/2024", "", 'date_format = "%m/%d/%Y"'),
        ("ordered_at", "03/04/2024 10:00", 'date_format = "%d/%m/%Y"', '"%d/%m/%Y %H:%M"'),
        ("ordered_at", "03/04/2024", 'date_format = "%d/%m/%Y %H:%M"', '"%d/%m/%Y"'),
        ("ordered_at", "04/13/2024", 'date_format = "%d/%m/%Y"', '"%m/%d/%Y"'),
        ("ordered_at", "03/04/24", 'date_format = "%d/%m/%Y"', '"%d/%m/%y"'),
        ("ordered_at", "2024-04-03", 'date_format = "%d/%m/%Y"', '"iso"'),
        ("ordered_at", "2024-04-03", 'date_format = "%m/%d/%Y %I:%M %p"', '"iso"'),
        ("ordered_at", "45000", "", '"excel"'),
        ("ordered_at", "1706745600", "", '"epoch"'),
        ("ordered_at", "1706745600000", "", '"epoch_ms"'),
        ("amount", "a lot", "", ""),
        ("amount", "12.34567", "", ""),
    ],
)
def test_a_refused_cell_says_what_would_fit(
    connected: Callable[..., Crm], column: str, cell: str, form: str, hint: str
) -> None:
    told = reason(connected, column, cell, form)
    assert told.startswith("not a")
    kept, _, fits = told.partition("; it fits ")
    assert (hint in fits) if hint else not fits, told


def test_the_sentence_that_stops_the_reading_says_it_too(project: Callable[..., Path]) -> None:
    toml = TOML.format(form="", column="amount").replace("100%", "5%")
    path = project(toml, orders_csv="id;cell\n1;1,5\n")
    with pytest.raises(
        DataError, match="line 2: amount '1,5': not an amount .*; it fits decimal = \",\""
    ):
        connect(path)


def test_a_hint_declared_reads_the_cell(connected: Callable[..., Crm]) -> None:
    toml = TOML.format(form='date_format = "%d/%m/%Y %H:%M"', column="ordered_at")
    crm = connected(toml, orders_csv="id;cell\n1;03/04/2024 10:00\n")
    assert crm.query("SELECT CAST(ordered_at AS VARCHAR) FROM orders") == [("2024-04-03 08:00:00",)]


def test_an_expression_that_calculates_with_text_is_told_how(project: Callable[..., Path]) -> None:
    toml = TOML.format(form="", column="plan") + 'amount = { sql = "cell * 2" }\n'
    toml = toml.replace('plan = "cell"\n', "")
    with pytest.raises(DataError, match=r"number\(column\) reads one as a number"):
        connect(project(toml, orders_csv="id;cell\n1;2\n"))


def test_a_line_that_is_none_has_no_hint(project: Callable[..., Path]) -> None:
    toml = TOML.format(form="", column="amount").replace('delimiter = ";"\n', "")
    toml = toml.replace("orders.csv", "orders.jsonl")
    path = project(toml)
    (path.parent / "orders.jsonl").write_text('{"id": 1, "cell": 2}\n{"id"\n', encoding="utf-8")
    found = connect(path).query('SELECT line, "column", reason FROM quarantine')
    assert [(line, column, reason[:17]) for line, column, reason in found] == [
        (2, None, "not a JSON object")
    ]
