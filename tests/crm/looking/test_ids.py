"""The column that numbers the rows is found by its name and by its cells."""

import pytest

from tests.crm.looking.conftest import Look


def rows(ids: list[str]) -> str:
    return "".join(f"{key};{n};won;2024-01-31\n" for n, key in enumerate(ids))


@pytest.mark.parametrize(
    "name", ["N° opportunité", "Réf.", "Opportunity no", "Numéro", "Référence"]
)
def test_a_number_that_hardly_repeats_is_the_id_and_its_double_is_named(
    name: str, look: Look
) -> None:
    ids = [f"OP-{n}" for n in range(100)] + ["OP-7"]
    found = look({"opportunities.csv": f"{name};Amount;Status;Created\n{rows(ids)}"})
    assert found.tables["deals"]["columns"]["deal_id"] == name
    assert list(found.connect().quarantine()["value"]) == ["OP-7"]


@pytest.mark.parametrize("name", ["N° client", "Client ref", "Amount ref price"])
def test_the_number_of_something_else_is_not(name: str, look: Look) -> None:
    ids = [f"C-{n}" if "price" not in name else f"C-{n % 9}" for n in range(100)]
    found = look({"opportunities.csv": f"{name};Amount;Status;Created\n{rows(ids)}"})
    assert "deal_id" not in found.tables["deals"]["columns"]


def test_orders_that_nothing_numbers_are_a_row_each(look: Look) -> None:
    text = "customer;amount;date\nA;2;2024-01-31\nA;2;2024-01-31\n"
    found = look({"purchases.csv": text})
    assert found.tables["orders"]["columns"]["order_id"] == {"row": True}
    assert found.connect().query("SELECT count(DISTINCT order_id) FROM orders") == [(2,)]


def test_rows_that_may_be_lines_of_an_order_are_left_to_decide(look: Look) -> None:
    text = "customer;product;amount;date\nA;X;2;2024-01-31\nA;Y;2;2024-01-31\n"
    found = look({"purchases.csv": text})
    assert "order_id" not in found.tables["orders"]["columns"]
    assert "# order_id = { row = true }" in found.text
