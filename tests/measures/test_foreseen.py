"""What a model foresees lies in its interval as often as is said: futures drawn deal by deal."""

import math

import numpy as np
import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.crm.connect import from_frames
from kpi_toolkit.measures.comparison import UNKNOWN, compare
from kpi_toolkit.measures.foreseen import interval, sums
from kpi_toolkit.measures.interval import Interval
from kpi_toolkit.models.win_probability import WIN_PROBABILITIES, learnt, score
from tests.models import made

MONTH = "2025-06"


def of(amounts: np.ndarray, chances: np.ndarray) -> Interval:
    """The interval of the forecast of some open deals."""
    frame = pd.DataFrame({"amount": amounts, "chance": chances})
    brings = {
        "value": (frame["amount"] * frame["chance"]).sum(),
        "variance": (frame["amount"] ** 2 * frame["chance"] * (1 - frame["chance"])).sum(),
        "most": frame["amount"].sum(),
    }
    bound = kt.sales_forecast.bind()
    names = dict(zip((bound.node, *sums(bound)), brings.values(), strict=True))
    found = interval(bound, lambda measure: names[measure], None, made.moment())
    assert found is not None
    return found


@pytest.fixture
def exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chances that are right."""
    monkeypatch.setitem(WIN_PROBABILITIES.__dict__, "spread", lambda crm, moment: 0.0)


@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize("n", [1, 3, 8, 30, 200])
def test_of_futures_drawn_deal_by_deal_95_of_100_lie_in_it(n: int) -> None:
    draw, inside = np.random.default_rng(n), []
    for _ in range(60):
        amounts, chances = draw.lognormal(9, 0.8, n), draw.beta(2, 3, n)
        low, high = of(amounts, chances)
        futures = (draw.random((2000, n)) < chances) @ amounts
        inside.append(((futures >= low - 1e-6) & (futures <= high + 1e-6)).mean())
    assert 0.94 <= np.mean(inside) <= 0.985


def test_the_query_gives_the_sums_of_the_deals_and_the_spread_of_the_model() -> None:
    crm = made.crm()
    deals = score(crm, made.moment())
    amount = deals["amount"].astype(float).to_numpy()
    chance = deals["probability"].to_numpy()
    spread = learnt(crm, made.moment()).spread
    assert spread is not None
    expected = amount @ chance
    half = 1.959964 * math.hypot(
        math.sqrt((amount**2 * chance * (1 - chance)).sum()), spread * expected
    )
    found = kt.sales_forecast(crm, MONTH)
    assert found.foreseen == pytest.approx((expected - half, expected + half), rel=1e-6)
    assert found.interval is None
    share = kt.win_probability(crm, MONTH)
    half = 1.959964 * math.hypot(math.sqrt((chance * (1 - chance)).sum()), spread * chance.sum())
    mean = chance.mean()
    assert share.foreseen == pytest.approx((mean - half / len(deals), mean + half / len(deals)))
    assert share.interval is None
    assert "[" in str(share)


def test_a_model_that_was_further_off_has_a_wider_interval() -> None:
    assert 0 < (learnt(made.crm(), made.moment()).spread or 0) < 0.2


def test_before_the_first_deal_is_won_nothing_tells_how_far_off_a_forecast_may_be() -> None:
    deals = pd.DataFrame(
        {
            "deal_id": ["a", "b"],
            "status": ["open", "lost"],
            "stage": "Offer",
            "amount": [100.0, 200.0],
            "created_at": pd.Timestamp("2025-01-01"),
            "closed_at": [pd.NaT, pd.Timestamp("2025-02-10")],
        }
    )
    crm = from_frames(deals=deals, as_of="2025-03-01")
    assert kt.sales_forecast(crm, "2025-02").foreseen is None


def test_a_change_of_a_forecast_is_not_judged_by_what_may_come_of_its_deals() -> None:
    """Most deals are open in both months: what may come of them is no doubt about the change."""
    now, before = (kt.sales_forecast(made.crm(), month) for month in (MONTH, "2025-05"))
    assert now.foreseen and before.foreseen
    assert compare(now, before, UNKNOWN).interval is None


def test_counted_kpis_have_no_sums_of_chances() -> None:
    assert sums(kt.won_value.bind()) == sums(kt.decided_win_rate.bind()) == ()
