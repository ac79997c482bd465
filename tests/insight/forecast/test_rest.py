"""What the rest of a period brings comes from the rests of earlier ones, and from nothing later."""

import datetime as dt

import pandas as pd
import pytest

from kpi_toolkit.crm.connect import from_frames
from kpi_toolkit.format import Format
from kpi_toolkit.insight.forecast.rest import _late, rest
from kpi_toolkit.insight.targets.pace import Progress, progress
from kpi_toolkit.insight.targets.targets import Target
from kpi_toolkit.insight.targets.words import sentence
from kpi_toolkit.measures.evaluate import Evaluation
from kpi_toolkit.report import Report
from tests.models import made

MIDDLE = pd.Timestamp("2025-06-16")
END = pd.Timestamp("2025-07-01")
REST = (MIDDLE.to_pydatetime(), END.to_pydatetime())
MONTHS = pd.date_range("2024-01-01", "2025-05-01", freq="MS")
PAST = [
    (
        (start + pd.Timedelta(days=15)).to_pydatetime(),
        (start + pd.offsets.MonthBegin()).to_pydatetime(),
    )
    for start in MONTHS
]


def won_between(start: pd.Timestamp, end: pd.Timestamp, created_since: object = None) -> float:
    deals = made.tables()["deals"]
    rows = (deals["status"] == "won") & (deals["closed_at"] >= start) & (deals["closed_at"] < end)
    if created_since is not None:
        rows &= deals["created_at"] >= created_since
    return float(deals.loc[rows, "amount"].sum())


def standing(tables: made.Tables) -> Progress:
    """A target of June in the middle of the month."""
    targets = pd.DataFrame({"kpi": ["won_value"], "period": ["2025-06"], "value": [400_000.0]})
    crm = from_frames(**tables, targets=targets, as_of=MIDDLE)
    june = crm.calendar.containing(dt.date(2025, 6, 1), "month")
    target = Target("won_value", "2025-06", june, 400_000.0)
    (found,) = progress([target], crm.as_of, Evaluation(crm, crm.as_of))
    return found


def test_what_came_lies_in_it() -> None:
    found = rest(made.crm(), REST, PAST)
    assert found is not None
    assert found.low < found.expected < found.high
    assert found.low <= won_between(MIDDLE, END) <= found.high


def test_shuffling_all_that_was_recorded_later_changes_no_bit() -> None:
    other = from_frames(**made.shuffled(made.tables(), 5, MIDDLE), as_of=made.AS_OF)
    assert rest(other, REST, PAST) == rest(made.crm(), REST, PAST)


def test_deals_that_are_created_and_won_in_the_rest_are_those_of_earlier_rests() -> None:
    expected = [won_between(*span, created_since=span[0]) for span in PAST]
    assert any(expected)
    assert _late(made.crm(), PAST) == pytest.approx(expected)


def test_without_a_model_that_does_better_there_is_none() -> None:
    few = made.crm_of_deals(60)
    crm = from_frames(**few, as_of=MIDDLE)
    assert rest(crm, REST, PAST) is None
    assert rest(made.crm(), REST, PAST[-2:]) is None


def test_the_amount_won_lands_by_its_open_deals_and_says_so() -> None:
    found = standing(made.exported(made.tables(), MIDDLE))
    assert found.landing is not None and found.value.value is not None
    assert found.landing.of_deals
    low, high = found.landing.interval or (0.0, 0.0)
    assert found.value.value < low < found.landing.value < high
    assert low <= won_between(pd.Timestamp("2025-06-01"), END) <= high
    told = sentence(found, Format("en", "EUR"))
    assert "landing, with what the open deals should bring: " in told
    said = sentence(found, Format("fr", "EUR"))
    assert "atterrissage, avec ce que les affaires ouvertes devraient rapporter" in said


def test_with_few_deals_it_lands_at_its_pace() -> None:
    found = standing(made.exported(made.crm_of_deals(60), MIDDLE))
    assert found.landing is None or not found.landing.of_deals


@pytest.mark.parametrize(
    ("language", "said", "other"),
    [
        (
            "en",
            "Landing of Won value: what is won so far, and what the open deals",
            "Other landings",
        ),
        (
            "fr",
            "ce qui est gagné à ce jour et ce que les affaires ouvertes",
            "Autres atterrissages",
        ),
    ],
)
def test_the_page_says_what_each_landing_rests_on(language: str, said: str, other: str) -> None:
    targets = pd.DataFrame(
        {"kpi": ["won_value", "won_deals"], "period": "2025-06", "value": [400_000.0, 60.0]}
    )
    crm = from_frames(**made.exported(made.tables(), MIDDLE), targets=targets, as_of=MIDDLE)
    report = Report("r", period="2025-06", crm=crm, language=language)
    note = report.targets().content["note"]
    assert said in note
    assert other in note
