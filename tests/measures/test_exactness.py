"""Three million rows on two threads give one result, ten times, and it is the exact one."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.kpis.facts import deals
from kpi_toolkit.measures.aggregates import exact
from kpi_toolkit.measures.evaluate import Ask, Evaluation
from kpi_toolkit.period import parse_period

ROWS = 3_000_000


@pytest.fixture(scope="module")
def crm() -> kt.Crm:
    chance = np.random.default_rng(5)
    # Amounts of very different sizes: their floating-point sum depends on the order.
    amount = np.round(np.exp(chance.normal(6, 4, ROWS)), 2)
    closed = np.datetime64("2026-07-01", "us") + chance.integers(0, 92 * 86_400, ROWS) * 1_000_000
    frame = pd.DataFrame({"amount": amount, "closed_at": closed, "created_at": closed - 10**12})
    frame["status"] = pd.Categorical.from_codes(np.zeros(ROWS, np.int8), ["won"])
    return kt.from_frames(as_of="2026-10-05", deals=frame)


def test_ten_evaluations_of_three_million_rows_are_one(crm: kt.Crm) -> None:
    assert crm.connection.execute("SELECT current_setting('threads')").fetchone()[0] >= 2
    quarter = parse_period("2026-Q3", crm.calendar, crm.as_of)
    kpis = (kt.won_value, kt.average_won_deal, kt.sales_cycle_median)
    asks = [Ask(kpi.bind(), quarter) for kpi in kpis]
    results = {
        tuple(found[0].value for found in Evaluation(crm, crm.as_of).values(asks).values())
        for _ in range(10)
    }
    assert len(results) == 1
    won, average, median = results.pop()
    amount = crm.frame("SELECT amount::DOUBLE AS amount FROM deals")["amount"]
    cents = int(np.rint(amount * 100).astype(np.int64).sum())
    assert won == float(Fraction(cents, 100))
    assert average == float(Fraction(cents, 100 * ROWS))
    assert median == 10**6 / 86_400


def test_a_sum_of_floating_point_numbers_is_exact_too() -> None:
    frame = pd.DataFrame({"deal_id": list("abc"), "quality": [0.1, 0.2, 0.3]})
    frame["closed_at"] = pd.Timestamp("2026-09-01")
    crm = kt.from_frames(as_of="2026-10-05", deals=frame)
    quarter = parse_period("2026-Q3", crm.calendar, crm.as_of)

    def total_quality() -> object:
        """Points.

        Formula: sum
        Counts: deals
        Empty: 0
        """
        return deals.sum("quality")

    own = kt.kpi(label="Quality", unit="ratio", better="up", window="event")(total_quality)
    assert Evaluation(crm, crm.as_of).value(Ask(own.bind(), quarter)).value == 0.6


def test_what_the_engine_returns_becomes_exact() -> None:
    assert exact(0.1) == Fraction(0.1)
    assert exact(True) == 1
    assert exact(None) is exact(float("nan")) is None
    with pytest.raises(TypeError, match="a measure gave 'x'"):
        exact("x")
