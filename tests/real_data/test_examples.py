"""The examples: every row of a file is accounted for, and the tables hold the known figures."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

import kpi_toolkit as kt
from tests.real_data.conftest import copy_of_an_example
from tests.real_data.example_figures import FIGURES, asked

# Of each example: its tables that are read from a file, with (rows, kept, superseded).
ROWS = {
    "it_incidents": {"tickets": (5_998, 890, 5_108)},
    "ravenstack": {
        "accounts": (500, 500, 0),
        "subscriptions": (5_000, 5_000, 0),
        "tickets": (2_000, 2_000, 0),
    },
    "telco_churn": {"staging customers": (7_043, 7_043, 0)},
    "cdnow": {"orders": (69_659, 69_659, 0)},
    "hillstrom_email": {"staging customers": (64_000, 64_000, 0)},
    "online_retail": {"orders": (42_481, 42_481, 0)},
}
Example = Callable[[str], kt.Crm]


@pytest.fixture(scope="session")
def example(
    real_data: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], kt.Crm]:
    """The tables of an example, read once."""
    read: dict[str, kt.Crm] = {}

    def crm(name: str) -> kt.Crm:
        if name not in read:
            data = real_data(name)
            folder = tmp_path_factory.mktemp(name) / "project"
            read[name] = kt.connect(copy_of_an_example(name, folder, data))
        return read[name]

    return crm


@pytest.mark.parametrize("name", sorted(ROWS))
def test_every_row_of_an_example_is_accounted_for(name: str, example: Example) -> None:
    read = [found for found in example(name).reading if not found.derived]
    assert {r.table: (r.rows, r.kept, r.superseded) for r in read} == ROWS[name]
    assert all(r.rows == r.kept + r.superseded + r.quarantined for r in read)


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_the_tables_of_an_example_hold_the_known_figures(
    name: str, example: Example, real_data: Callable[[str], Path]
) -> None:
    expected = json.loads((real_data(name) / "expected.json").read_text("utf-8"))["values"]
    crm = example(name)
    found = {key: crm.query(sql)[0][0] for key, sql in asked(name, expected)}
    assert {key: plain(value) for key, value in found.items()} == {
        key: pytest.approx(value, rel=1e-11) if isinstance(value := expected[key], float) else value
        for key in found
    }


def plain(value: object) -> object:
    """A decimal as a number, as JSON has it."""
    return float(value) if isinstance(value, Decimal) else value


def test_online_retail_keeps_returns_and_lines_without_a_customer(example: Example) -> None:
    crm = example("online_retail")
    assert crm.query("SELECT count(*) FROM orders WHERE account_id IS NULL") == [(15_631,)]
    assert crm.query("SELECT count(*) FROM orders WHERE kind = 'return'") == [(728,)]
    assert crm.query("SELECT count(*) FROM orders WHERE kind = 'return' AND quantity > 0") == [(0,)]
