"""The interval of a median: by hand, against exact binomial ranks, and how often it holds."""

import math
import random
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import kpi_toolkit as kt
from kpi_toolkit.kpis.facts import deals
from kpi_toolkit.measures import ranked
from kpi_toolkit.measures.comparison import Comparison
from kpi_toolkit.measures.evaluate import Ask, Evaluation
from kpi_toolkit.measures.value import KpiValue

# Of each the true median.
DRAWS: dict[str, tuple[Callable[[np.random.Generator, int], np.ndarray], float]] = {
    "normal": (lambda chance, n: chance.normal(10, 3, n), 10.0),
    "lognormal": (lambda chance, n: chance.lognormal(0, 1, n), 1.0),
    "skewed": (lambda chance, n: chance.exponential(1, n), math.log(2)),
    "tied": (lambda chance, n: chance.poisson(3, n).astype(float), 3.0),
}


def won(days: list[float]) -> dict[str, pd.DataFrame]:
    closed = pd.Series(pd.Timestamp("2026-09-10"), index=range(len(days)))
    frame = pd.DataFrame({"deal_id": [str(i) for i in range(len(days))], "status": "won"})
    frame["source"] = ["web" if i % 2 else "fair" for i in range(len(days))]
    frame["created_at"] = closed - pd.to_timedelta(days, unit="D")
    return {"deals": frame.assign(closed_at=closed)}


def cycle(days: list[float]) -> KpiValue:
    return kt.sales_cycle_median(won(days), "2026-09", as_of="2026-10-05")


def between(values: np.ndarray, aggregate: str = "median") -> tuple[float, float] | None:
    """The interval of some values, from the ranks that the query takes."""
    n, found, held = len(values), [], np.sort(values).tolist()
    for side in ("low", "high"):
        share, z = ranked.ENDS[f"{aggregate}_{side}"]
        place = math.floor(n * share + 0.5 + z * math.sqrt(n * share * (1 - share)))
        pair = held[max(place - 1, 0) : place + 1]
        found.append(ranked.end(f"{aggregate}_{side}", pair, n))
    low, high = found
    return None if low is None or high is None else (float(low), float(high))


def coverage(draw: str, n: int, times: int = 2000) -> float:
    make, true = DRAWS[draw]
    chance = np.random.default_rng(n)
    found = [between(make(chance, n)) for _ in range(times)]
    return sum(low <= true <= high for low, high in filter(None, found)) / times


def test_by_hand() -> None:
    """Nine values: ranks 5 -/+ 2.94, so the second and the eighth, 0.06 of a step further in."""
    step = 5 - 1.959964 * 1.5 - 2
    days = [3.0, 90, 10, 40, 20, 30, 60, 50, 70]
    assert cycle(days).value == 40
    assert cycle(days).interval == pytest.approx((10 + 10 * step, 70 - 10 * step), abs=1e-6)
    assert str(cycle(days)) == "40.0\u202fd [10.6–69.4], n = 9"


def test_fewer_than_six_values_and_those_that_are_all_the_same_have_none() -> None:
    assert cycle([10.0, 20, 30, 40, 50]).interval is None
    assert cycle([10.0, 20, 30, 40, 50, 60]).interval is not None
    assert cycle([12.0] * 40).interval is None
    assert cycle([]).interval is None


@pytest.mark.parametrize("n", [6, 7, 17, 100, 501])
def test_the_query_takes_the_ranks_of_all_values_in_any_order(n: int) -> None:
    days = np.round(np.random.default_rng(n).lognormal(3, 1, n), 3).tolist()
    expected = between(np.array(days))
    assert cycle(days).interval == pytest.approx(expected, abs=1e-9)
    assert cycle(random.Random(n).sample(days, n)).interval == cycle(days).interval


@pytest.mark.parametrize("n", range(6, 200, 7))
def test_it_lies_within_the_exact_binomial_ranks_and_not_far_from_them(n: int) -> None:
    exact = next(k for k in range(n) if stats.binom.cdf(k, n, 0.5) > 0.025)
    low, high = between(np.arange(1.0, n + 1)) or (0.0, 0.0)
    assert exact - 1e-9 <= low < exact + 1
    assert low + high == pytest.approx(n + 1)


@pytest.mark.parametrize("draw", DRAWS)
@pytest.mark.parametrize("n", [6, 12, 30, 100, 500])
def test_it_holds_the_true_median_as_often_as_is_said(draw: str, n: int) -> None:
    found = coverage(draw, n)
    assert found >= 0.935
    assert draw == "tied" or found <= 0.98


@pytest.mark.parametrize("n", [60, 200])
def test_nine_of_ten_have_one_too(n: int) -> None:
    chance, true = np.random.default_rng(n), math.exp(stats.norm.ppf(0.9))
    found = [between(chance.lognormal(0, 1, n), "p90") for _ in range(2000)]
    assert sum(low <= true <= high for low, high in filter(None, found)) / 2000 >= 0.935


@pytest.mark.parametrize("draw", DRAWS)
@pytest.mark.parametrize("n", [8, 40])
def test_a_change_of_medians_is_sure_by_chance_in_one_of_twenty_at_most(draw: str, n: int) -> None:
    make, _ = DRAWS[draw]
    chance, plain = np.random.default_rng(n), cycle([1.0, 2.0])

    def drawn() -> KpiValue:
        values = make(chance, n)
        return replace(plain, value=float(np.median(values)), interval=between(values))

    false = [Comparison(drawn(), plain.period, drawn()).is_sure for _ in range(1500)]
    assert sum(map(bool, false)) / 1500 <= 0.055


def test_a_change_beyond_both_intervals_is_sure() -> None:
    now, before = cycle([float(day) for day in range(60, 90)]), cycle([*map(float, range(20, 50))])
    assert Comparison(now, now.period, before).is_sure


def test_totals_and_members_have_one_out_of_the_query_that_gives_the_median() -> None:
    crm = kt.from_frames(as_of="2026-10-05", **won([*map(float, range(1, 41))]))
    evaluation = Evaluation(crm, crm.as_of)
    period = crm.calendar.containing(crm.as_of.date(), "year")
    bound, before = kt.sales_cycle_median.bind(), crm.queries
    assert evaluation.value(Ask(bound, period)).interval == pytest.approx(
        (14.302, 26.698), abs=1e-3
    )
    assert crm.queries - before == 1
    web, fair = evaluation.values([Ask(bound, period, ("source",))])[
        Ask(bound, period, ("source",))
    ]
    odd, even = (np.arange(first, 41.0, 2) for first in (1, 2))
    assert (web.interval, fair.interval) == (between(even), between(odd))


def test_a_kpi_of_ones_own_over_nine_of_ten_has_one() -> None:
    def longest() -> object:
        """Days that nine of ten deals take.

        Formula: 90th percentile
        Counts: deals won
        Empty: no data
        """
        return deals.p90("days(created_at, closed_at)", "status = 'won'")

    own = kt.kpi(label="Nine of ten", unit="days", better="down", window="event")(longest)
    days = [*map(float, range(1, 101))]
    found = own(won(days), "2026-09", as_of="2026-10-05")
    # Ranks 90.5 -/+ 1.96 x 3.
    assert found.value == pytest.approx(90.1)
    assert found.interval == pytest.approx((84.62, 96.38), abs=5e-3)
