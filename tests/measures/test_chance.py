"""Intervals of means and totals: by hand, against scipy, and how often they hold the truth."""

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import kpi_toolkit as kt
from kpi_toolkit.kpis import registry
from kpi_toolkit.measures.chance import squares
from kpi_toolkit.measures.evaluate import Ask, Evaluation
from kpi_toolkit.measures.interval import of_mean, of_total, student


def deals(amounts: list[float], days: list[float] | None = None) -> dict[str, pd.DataFrame]:
    closed = pd.Series(pd.Timestamp("2026-09-10"), index=range(len(amounts)))
    lasted = pd.to_timedelta(days or [10.0] * len(amounts), unit="D")
    return {
        "deals": pd.DataFrame(
            {
                "deal_id": [str(i) for i in range(len(amounts))],
                "status": "won",
                "amount": amounts,
                "created_at": closed - lasted,
                "closed_at": closed,
            }
        )
    }


@pytest.mark.parametrize("freedom", [2, 3, 4.5, 7, 14, 30, 200])
@pytest.mark.parametrize("share", [0.975, 0.9988, 0.9999])
def test_quantiles_of_student_are_those_of_scipy(freedom: float, share: float) -> None:
    assert student(share, freedom) == pytest.approx(stats.t.ppf(share, freedom), rel=5e-4)


def test_the_interval_of_a_mean_by_hand() -> None:
    """2, 4, 6: mean 4, standard deviation 2, t = 4.303 with two degrees of freedom."""
    half = 4.302653 * 2 / math.sqrt(3)
    assert of_mean(12.0, 56.0, 3) == pytest.approx((4 - half, 4 + half), abs=3e-3)
    assert of_mean(6.0, 20.0, 2) is None
    assert of_mean(12.0, 48.0, 3) is None  # all the same


def test_a_mean_of_amounts_has_the_t_interval() -> None:
    amounts = [1200.0, 900.5, 4000, 2500, 1750.25]
    found = kt.average_won_deal(deals(amounts), "2026-09", as_of="2026-10-05")
    expected = stats.t.interval(0.95, 4, np.mean(amounts), stats.sem(amounts))
    assert found.interval == pytest.approx(expected, rel=1e-6)
    assert found.chance is None
    assert str(found) == "€2.07k [0.53–3.61], n = 5"


def test_a_mean_of_durations_has_it_in_days() -> None:
    days = [10.0, 20.5, 61.25, 12, 33]
    found = kt.sales_cycle(deals([1.0] * 5, days), "2026-09", as_of="2026-10-05")
    expected = stats.t.interval(0.95, 4, np.mean(days), stats.sem(days))
    assert found.interval == pytest.approx(expected, rel=1e-6)


def test_a_total_has_no_interval_but_what_chance_makes_of_its_change() -> None:
    """3, 4, 12: the variance of the sum of a Poisson number of values is 9 + 16 + 144."""
    found = kt.won_value(deals([3.0, 4, 12]), "2026-09", as_of="2026-10-05")
    assert found.interval is None
    assert found.chance == pytest.approx((19 - 1.96 * 13, 19 + 1.96 * 13), rel=1e-4)
    assert of_total(0.0, 0.0) is None


def test_a_stock_has_no_interval_of_chance() -> None:
    """What is open at the end of a month is mostly what was open at the end of the one before."""
    assert squares(kt.pipeline_value.bind()) is None


def test_squares_come_out_of_the_query_that_gives_the_sum() -> None:
    crm = kt.from_frames(as_of="2026-10-05", **deals([3.0, 4, 12]))
    evaluation = Evaluation(crm, crm.as_of)
    period = crm.calendar.containing(dt.date(2026, 9, 1), "month")
    before = crm.queries
    evaluation.value(Ask(kt.average_won_deal.bind(), period))
    assert crm.queries - before == 1


def test_intervals_hold_their_value() -> None:
    known = [kpi for kpi in registry().values() if squares(kpi.bind())]
    assert len(known) > 5
    crm = kt.from_frames(as_of="2026-10-05", **deals([100.0, 900, 250, 40], [3.0, 9, 27, 81]))
    for kpi in known:
        if kpi.lacks(crm):
            continue
        found = kpi(crm, "2026-09" if kpi.finest_grain != "quarter" else "2026-Q3")
        low, high = found.interval or found.chance or (0.0, 0.0)
        assert found.value is None or low <= found.value <= high
        assert not (found.interval and found.chance)


def coverage(draw: str, n: int, times: int = 2000) -> float:
    """How often the interval of a mean of `n` values holds the true one."""
    chance = np.random.default_rng(n)
    made = {
        "normal": (chance.normal(10, 3, (times, n)), 10.0),
        "lognormal": (chance.lognormal(0, 0.6, (times, n)), math.exp(0.18)),
    }
    values, true = made[draw]
    found = [of_mean(row.sum(), (row**2).sum(), n) for row in values]
    return sum(low <= true <= high for low, high in filter(None, found)) / times


@pytest.mark.parametrize(
    ("draw", "n", "least"),
    [
        ("normal", 5, 0.935),
        ("normal", 30, 0.935),
        ("lognormal", 10, 0.89),
        ("lognormal", 100, 0.92),
    ],
)
def test_the_interval_of_a_mean_holds_the_true_one_as_often_as_is_said(
    draw: str, n: int, least: float
) -> None:
    assert least <= coverage(draw, n) <= 0.965
