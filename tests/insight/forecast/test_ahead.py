"""A forecast beside its target, and what deals brought that were not in the pipeline before."""

import pandas as pd
import pytest

from kpi_toolkit.crm.connect import Crm, from_frames
from kpi_toolkit.format import Format
from kpi_toolkit.insight.forecast.ahead import Ahead, ahead
from kpi_toolkit.insight.forecast.ahead_words import claim, evidence
from kpi_toolkit.insight.forecast.forecast import Forecast, forecast
from kpi_toolkit.insight.targets.targets import Target, Targets
from kpi_toolkit.period import Period
from tests.models import made


@pytest.fixture(scope="module")
def found() -> Forecast:
    return forecast(made.crm(), made.moment(), 3)


def targets(crm: Crm, value: float) -> Targets:
    quarter = crm.calendar.containing(pd.Timestamp("2025-07-01").date(), "quarter")
    return Targets((Target("won_value", "2025-Q3", quarter, value),))


def test_three_months_that_are_a_quarter_have_its_target(found: Forecast) -> None:
    assert found.total is not None
    around = ahead(made.crm(), found, targets(made.crm(), 2 * found.total.expected))
    assert isinstance(around.period, Period) and around.period.key == "2025-Q3"
    assert around.share == pytest.approx(0.5)
    assert around.missing == pytest.approx(found.total.expected)


def test_a_part_of_a_quarter_and_a_slice_have_none(found: Forecast) -> None:
    two = forecast(made.crm(), made.moment(), 2)
    assert ahead(made.crm(), two, targets(made.crm(), 1)).period is None
    sliced = ahead(made.crm(), found, targets(made.crm(), 1), {"stage": "Proposal"})
    assert sliced.target is None and sliced.period is not None


def test_a_quarter_under_way_is_what_is_won_in_it_with_what_the_open_deals_bring() -> None:
    """And nothing of the quarter before stands beside it, of which none had passed."""
    june = made.moment(pd.Timestamp("2025-06-01"))
    crm = from_frames(**made.exported(made.tables(), pd.Timestamp(june)), as_of=june)
    found = forecast(crm, june, 3)
    quarter = crm.calendar.containing(pd.Timestamp("2025-04-01").date(), "quarter")
    deals = made.tables()["deals"]
    won = deals[(deals["status"] == "won") & deals["closed_at"].between("2025-04-01", june, "left")]
    comes_to = float(won["amount"].sum()) + found.months[0].expected
    around = ahead(crm, found, Targets((Target("won_value", "2025-Q2", quarter, comes_to / 2),)))
    assert around.period == quarter and around.comes_to == pytest.approx(comes_to)
    assert around.share == pytest.approx(2.0) and around.won_before is None
    words = Format("en", "EUR")
    said = evidence(words, found, around).replace("\u00a0", " ")
    value = words.value(comes_to, "money")
    assert f"with what is won already, Q2 2025 comes to {value}; 200% of the target" in said


def test_new_deals_of_the_quarter_before_are_those_created_in_it(found: Forecast) -> None:
    deals = made.tables()["deals"]
    start, end = pd.Timestamp("2025-04-01"), pd.Timestamp("2025-07-01")
    won = deals[(deals["status"] == "won") & deals["closed_at"].between(start, end, "left")]
    around = ahead(made.crm(), found, Targets())
    assert around.won_before == pytest.approx(float(won["amount"].sum()))
    new = won.loc[won["created_at"] >= start, "amount"].sum()
    assert around.new_before == pytest.approx(float(new))


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.5, "100% of the target (Q3 2025: "),
        (0.25, "as much again would reach the target"),
        (2.0, "as much again would leave "),
    ],
)
def test_the_sentence_says_what_it_takes(found: Forecast, share: float, said: str) -> None:
    assert found.total is not None
    expected = found.total.expected
    target = {0.5: expected, 0.25: expected * 1.1, 2.0: expected * 2}[share]
    quarter = found.months[0].period.calendar.containing(found.months[0].period.start, "quarter")
    around = Ahead(quarter, expected, target, quarter.previous(), expected, expected / 2)
    words = Format("en", "EUR")
    text = evidence(words, found, around).replace("\u00a0", " ")
    assert said in text
    assert "in Q2 2025, deals created in the period brought" in text
    assert ("short" in text) == (target > expected)
    said = claim(words, found, found.months[0].period.start)
    assert words.value(expected, "money") in said and "open on 1 Jul 2025" in said.replace(
        "\u00a0", " "
    )
