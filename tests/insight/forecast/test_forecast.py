"""What open deals bring, month by month, comes from how deals turned out before, and no later."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from kpi_toolkit.crm.connect import from_frames
from kpi_toolkit.format import Format
from kpi_toolkit.insight.forecast import words as forecast_words
from kpi_toolkit.insight.forecast.asked import monthly_forecast
from kpi_toolkit.insight.forecast.forecast import FUTURES, Forecast, forecast, futures
from kpi_toolkit.models.closing import Closings, Spans, closings, usable
from kpi_toolkit.models.win_probability import learnt, score
from tests.models import made

DAY = pd.Timestamp("2025-06-30").date()


@pytest.fixture(scope="module")
def found() -> Forecast:
    return forecast(made.crm(), made.moment(), 3)


def test_the_months_follow_the_moment_and_add_up(found: Forecast) -> None:
    assert [month.period.key for month in found.months] == ["2025-07", "2025-08", "2025-09"]
    assert found.total is not None
    assert found.total.expected == pytest.approx(sum(m.expected for m in found.months))
    assert found.total.expected <= found.weighted * 1.2
    for month in (*found.months, found.total):
        (low, high), (lowest, highest) = month.bands[80], month.bands[95]
        assert 0 <= lowest <= low <= month.expected <= high <= highest


def test_an_analyst_has_the_months_as_a_frame(found: Forecast) -> None:
    frame = monthly_forecast(made.crm(), as_of=made.moment())
    assert frame["expected"].tolist() == [month.expected for month in found.months]
    bounds = frame[["lower_80", "upper_80"]].itertuples(index=False)
    assert [tuple(row) for row in bounds] == [month.bands[80] for month in found.months]
    assert frame.index.tolist() == [pd.Timestamp(month.period.start) for month in found.months]


def test_the_total_is_near_what_came(found: Forecast) -> None:
    deals = made.tables()["deals"]
    open_then = (deals["created_at"] < made.AS_OF) & (deals["closed_at"] >= made.AS_OF)
    by_september = open_then & (deals["closed_at"] < pd.Timestamp("2025-10-01"))
    came = deals.loc[by_september & (deals["status"] == "won"), "amount"].sum()
    assert found.total is not None
    low, high = found.total.bands[95]
    assert low <= came <= high


def test_shuffling_all_that_was_recorded_later_changes_no_bit_of_any_month(found: Forecast) -> None:
    other = forecast(
        from_frames(**made.shuffled(made.tables(), 9), as_of=made.AS_OF), made.moment(), 3
    )
    assert (other.months, other.total, other.weighted) == (
        found.months,
        found.total,
        found.weighted,
    )


def test_a_month_under_way_has_what_was_won_in_it() -> None:
    moment = made.moment(pd.Timestamp("2025-06-16"))
    deals = made.tables()["deals"]
    june = (deals["closed_at"] >= "2025-06-01") & (deals["closed_at"] < moment)
    brought = deals.loc[june & (deals["status"] == "won"), "amount"].sum()
    found = forecast(made.crm(), moment, 1)
    assert found.months[0].period.key == "2025-06"
    assert found.brought == pytest.approx(brought)
    assert found.months[0].expected > brought
    assert found.months[0].bands[95][0] > brought


def test_a_slice_takes_its_own_deals(found: Forecast) -> None:
    parts = [forecast(made.crm(), made.moment(), 1, {"owner": owner}) for owner in made.OWNERS]
    assert sum(part.weighted for part in parts) == pytest.approx(found.weighted)
    assert sum(part.months[0].expected for part in parts) == pytest.approx(found.months[0].expected)


def test_chances_are_spread_by_what_deals_in_the_same_position_became() -> None:
    """Overdue deals once brought 0.2 and 0.1 of the wins hoped for; those due soon 0.6 and 0.3."""
    shares = np.array([[0.2, 0.1], [0.6, 0.3], [0.0, 0.0]])
    when = Closings((0.0,), True, shares, np.zeros(2), (3, 3))
    seen = pd.Timestamp("2025-07-01")
    states = pd.DataFrame(
        {
            "seen_at": [seen] * 3,
            "expected_close_on": [seen - pd.Timedelta(days=5), seen + pd.Timedelta(days=5), pd.NaT],
        }
    )
    found = when.chances(states, np.array([0.5, 1.0, 0.8]))
    assert found.tolist() == [[0.1, 0.05], [0.6, 0.3], [0.0, 0.0]]


def test_a_month_with_half_the_business_days_brings_half() -> None:
    found, calendar = learnt(made.crm(), made.moment()), made.crm().calendar
    july, *earlier = (
        Spans.of(calendar, month.start_at, [month.end_at])
        for month in (calendar.containing(DAY, "month").previous(n) for n in (-1, 6, 5, 4, 3, 2, 1))
    )
    assert july.days == (23,)
    brought = []
    for days in (23, 46):
        when = closings(found, replace(july, days=(days,)), usable(found, earlier))
        assert when is not None
        states = score(made.crm(), made.moment())
        brought.append(when.chances(states, np.full(len(states), 0.2)).sum())
    assert brought[1] == pytest.approx(2 * brought[0], rel=0.05)


def test_simulatedfutures_win_each_deal_once_at_most_and_as_often_as_its_chance() -> None:
    chances = np.array([[0.3, 0.5], [0.2, 0.0]])
    brought = futures(np.array([10.0, 1.0]), chances, np.zeros(2))
    assert brought.shape == (FUTURES, 2)
    assert {*np.unique(brought.sum(axis=1))} <= {0.0, 1.0, 10.0, 11.0}
    # Three standard errors of a share of 4,000 futures are at most 0.024.
    assert (brought[:, 0] >= 10).mean() == pytest.approx(0.3, abs=0.024)
    assert (brought[:, 1] >= 10).mean() == pytest.approx(0.5, abs=0.024)
    assert (brought[:, 0] % 10 == 1).mean() == pytest.approx(0.2, abs=0.024)


def test_months_that_used_to_be_better_or_worse_widen_the_band() -> None:
    amount, chances = np.ones(400), np.full((400, 1), 0.2)
    calm, moved = (futures(amount, chances, np.array([s]))[:, 0] for s in (0.0, 0.3))
    assert calm.std() == pytest.approx(8.0, rel=0.1)  # sqrt(400 x 0.2 x 0.8)
    assert moved.std() == pytest.approx(np.hypot(8.0, 0.3 * 80), rel=0.15)
    assert moved.mean() == pytest.approx(80, rel=0.03)


def test_a_better_month_leaves_fewer_deals_to_the_next() -> None:
    brought = futures(np.ones(400), np.full((400, 2), (0.4, 0.3)), np.full(2, 0.3))
    # (1 - 0.4 f) x 0.5 g beside 0.4 f: -0.06 / hypot(0.06, 0.09).
    assert np.corrcoef(brought.T)[0, 1] == pytest.approx(-0.55, abs=0.1)
    assert brought.mean(axis=0) == pytest.approx([160, 120], rel=0.03)


def test_a_short_past_gives_the_worth_of_the_deals_and_no_months() -> None:
    frames = made.exported(made.crm_of_deals(60), pd.Timestamp("2024-02-20"))
    crm = from_frames(**frames, as_of="2024-02-20")
    found = forecast(crm, made.moment(pd.Timestamp("2024-02-20")), 3)
    assert found.total is None
    assert found.weighted > 0
    assert "too short" in " ".join(forecast_words.notes(Format("en", "EUR"), found))


@pytest.mark.parametrize(
    ("language", "message", "note"),
    [
        ("en", "should bring", "Win probabilities are learnt from 1,"),
        ("fr", "devraient rapporter", "Les probabilités de gain sont apprises de 1"),
    ],
)
def test_the_sentence_says_the_doubt_and_the_notes_how(
    found: Forecast, language: str, message: str, note: str
) -> None:
    words = Format(language, "EUR")  # type: ignore[arg-type]
    said = forecast_words.message(words, found, DAY)
    assert found.total is not None
    assert message in said
    for number in (found.total.expected, *found.total.bands[80]):
        assert words.value(number, "money") in said
    notes = forecast_words.notes(words, found)
    assert notes[1].startswith(note)
    assert words.number(found.learnt.trial.brier, 3) in notes[1]  # type: ignore[union-attr]


def test_no_month_brings_more_than_all_time_without_a_word(found: Forecast) -> None:
    words = Format("en", "EUR")
    assert "Whenever they close" in " ".join(forecast_words.notes(words, found))
    low = replace(found, weighted=found.months[0].expected / 2)
    assert "brought more than their chances said" in " ".join(forecast_words.notes(words, low))
