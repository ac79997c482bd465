"""A chance is learnt from what was known at the moment, and from nothing that came later."""

import numpy as np
import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.crm.connect import from_frames
from kpi_toolkit.models.win_probability import learnt, score
from tests.models import made

MONTH = "2025-06"


@pytest.fixture(scope="module")
def scored() -> pd.DataFrame:
    return score(made.crm(), made.moment())


@pytest.mark.parametrize("seed", [3, 4])
def test_shuffling_all_that_was_recorded_later_changes_no_bit(
    scored: pd.DataFrame, seed: int
) -> None:
    other = from_frames(**made.shuffled(made.tables(), seed), as_of=made.AS_OF)
    assert (other.frame("FROM deals").status == "won").sum() > 50
    pd.testing.assert_frame_equal(
        score(other, made.moment()).drop(columns="_line"),
        scored.drop(columns="_line"),
        check_exact=True,
    )
    for kpi in (kt.sales_forecast, kt.win_probability):
        one, two = (kpi(each, MONTH) for each in (made.crm(), other))
        assert (one.value, one.n, one.foreseen) == (two.value, two.n, two.foreseen)


def test_a_forecast_of_the_past_is_the_one_that_was_made_then(scored: pd.DataFrame) -> None:
    then = score(from_frames(**made.exported(made.tables()), as_of=made.AS_OF), made.moment())
    pd.testing.assert_frame_equal(
        then.drop(columns="_line"), scored.drop(columns="_line"), check_exact=True
    )


def test_the_model_tells_more_than_the_share_of_deals_won() -> None:
    found = learnt(made.crm(), made.moment())
    assert found.chances.way == "logistic"
    assert found.trial is not None
    assert found.trial.brier < found.trial.share_brier
    outcome = made.tables()["deals"].set_index("deal_id")["status"] == "won"
    scores = score(made.crm(), made.moment())
    ended = scores["deal_id"].map(outcome).astype(float)
    assert ((scores["probability"] - ended) ** 2).mean() < 0.24
    assert scores["probability"].mean() == pytest.approx(ended.mean(), abs=0.1)


def test_a_forecast_is_the_sum_of_amounts_by_their_chances(scored: pd.DataFrame) -> None:
    expected = sum(
        float(amount) * chance
        for amount, chance in zip(scored["amount"], scored["probability"], strict=True)
    )
    found = kt.sales_forecast(made.crm(), MONTH)
    assert found.value == pytest.approx(expected)
    assert found.n == len(scored)
    assert kt.win_probability(made.crm(), MONTH).value == pytest.approx(
        scored["probability"].mean()
    )


def test_members_and_records_add_up_to_the_forecast() -> None:
    whole = kt.sales_forecast(made.crm(), MONTH).value
    assert kt.sales_forecast.by(made.crm(), MONTH, "owner")["value"].sum() == pytest.approx(whole)
    records = kt.sales_forecast.records(made.crm(), MONTH)
    assert records["measured"].sum() == pytest.approx(whole)
    assert {"deal_id", "stage", "amount", "probability", "scored_at"} <= {*records}


def test_a_horizon_takes_the_deals_expected_within_it(scored: pd.DataFrame) -> None:
    found = kt.sales_forecast.records(made.crm(), MONTH, horizon="days", horizon_days=10)
    due = scored[scored["expected_close_on"] < made.AS_OF + pd.Timedelta(days=10)]
    assert {*found["deal_id"]} == {*due["deal_id"]}
    assert 0 < len(due) < len(scored)


def test_with_few_deals_decided_it_is_the_share_won_of_those_that_were_in_the_stage() -> None:
    decided = {"w1": "won", "w2": "won", "l1": "lost", "l2": "lost", "l3": "lost"}
    deals = pd.DataFrame(
        {
            "deal_id": [*decided, "o1", "o2", "o3"],
            "status": [*decided.values(), "open", "open", "open"],
            "amount": [100.0] * 5 + [1000.0, 2000.0, 4000.0],
            "created_at": pd.Timestamp("2025-01-01"),
            "closed_at": [pd.Timestamp("2025-02-01")] * 5 + [pd.NaT] * 3,
        }
    )
    reached = {"w1": 2, "w2": 2, "l1": 2, "l2": 1, "l3": 1, "o1": 1, "o2": 2, "o3": 3}
    stays = pd.DataFrame(
        [
            (deal, f"S{k}", pd.Timestamp("2025-01-01") + pd.Timedelta(days=k))
            for deal, last in reached.items()
            for k in range(1, last + 1)
        ],
        columns=["deal_id", "stage", "entered_at"],
    )
    crm = from_frames(deals=deals, deal_stages=stays, as_of="2025-03-01")
    assert learnt(crm, crm.as_of).chances.way == "stage_share"
    found = score(crm, crm.as_of).set_index("deal_id")["probability"]
    # S1: 2 of 5 won; S2: 2 of 3; nobody decided had been in S3: 2 of 5 of all.
    assert found.to_dict() == {"o1": 0.4, "o2": pytest.approx(2 / 3, abs=1e-6), "o3": 0.4}
    value = kt.sales_forecast(crm, "2025-02").value
    assert value == pytest.approx(1000 * 0.4 + 2000 * 0.666667 + 4000 * 0.4)


def test_without_a_decided_deal_it_is_what_the_stage_declares() -> None:
    deals = pd.DataFrame(
        {
            "deal_id": ["a", "b"],
            "status": "open",
            "stage": ["Offer", "Unknown"],
            "amount": [100.0, 200.0],
            "created_at": pd.Timestamp("2025-01-01"),
            "closed_at": pd.Series([None, None], dtype="datetime64[us]"),
        }
    )
    stages = pd.DataFrame({"stage": ["Offer"], "position": [1], "probability": [0.3]})
    crm = from_frames(deals=deals, stages=stages, as_of="2025-03-01")
    assert learnt(crm, crm.as_of).chances.way == "declared"
    assert kt.sales_forecast(crm, "2025-02").value == pytest.approx(30)
    found = kt.win_probability(crm, "2025-02")
    assert (found.value, found.n) == (pytest.approx(0.3), 1)


def test_what_is_edited_without_a_history_teaches_nothing() -> None:
    """A lost deal's amount is set to 0 in many a CRM: with it, the past would seem to be known."""
    deals = made.tables()["deals"].copy()
    deals["amount"] = deals["amount"].where(deals["status"] == "won", 0.0)
    deals["stage"] = np.where(deals["status"] == "won", "Signed", "Dropped")
    deals["expected_close_on"] = deals["closed_at"].dt.normalize()
    crm = from_frames(deals=deals, as_of=made.AS_OF)
    found = learnt(crm, made.moment())
    assert found.trial is not None
    assert found.trial.brier > 0.2
    assert found.chances.way in ("share", "logistic")


def test_what_is_filled_at_the_end_teaches_nothing() -> None:
    """A region that only won deals have would tell the outcome."""
    deals = made.tables()["deals"].copy()
    deals["region"] = np.where(deals["status"] == "won", "North", None)
    other = from_frames(**{**made.tables(), "deals": deals}, as_of=made.AS_OF)
    plain, told = (score(each, made.moment())["probability"] for each in (made.crm(), other))
    pd.testing.assert_series_equal(plain, told, check_exact=True)


def test_without_a_closing_date_there_is_no_forecast() -> None:
    deals = pd.DataFrame({"deal_id": ["a"], "amount": [1.0], "created_at": ["2025-01-01"]})
    with pytest.raises(kt.KpiError, match=r"deals\.closed_at, deals\.status"):
        kt.sales_forecast({"deals": deals}, "2025-02")


def test_where_no_deal_is_open_there_are_no_chances(scored: pd.DataFrame) -> None:
    assert learnt(made.crm(), made.moment()).chances.of(scored.iloc[:0]).shape == (0,)


def test_a_period_before_the_first_deal_has_no_data() -> None:
    for kpi in (kt.sales_forecast, kt.win_probability):
        found = kpi(made.crm(), "2023-05")
        assert (found.value, found.status) == (None, "no_data")
