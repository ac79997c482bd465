"""A forecast that nobody published is the one that would have been made then, and is told apart."""

import datetime as dt
import importlib
from dataclasses import replace

import pandas as pd
import pytest

from kpi_toolkit.crm.connect import from_frames
from kpi_toolkit.insight.forecast.forecast import forecast
from kpi_toolkit.insight.forecast.recomputed import recomputed
from kpi_toolkit.insight.forecast.rows import value_rows
from kpi_toolkit.insight.forecast.scores import Told, scores
from kpi_toolkit.kpis import sales
from kpi_toolkit.report import Report
from tests.models import made

# Beside the module there is its function of the same name.
forecast_scores = importlib.import_module("kpi_toolkit.report.forecast_scores")
MAY = pd.Timestamp("2025-05-01")


@pytest.fixture(scope="module")
def told() -> list[Told]:
    crm = made.crm()
    june = crm.calendar.containing(dt.date(2025, 6, 1), "month")
    return list(recomputed(crm, june, (), made.moment()))


def test_it_is_the_one_of_then_to_the_last_bit(told: list[Told]) -> None:
    assert [one.period.key for one in told] == ["2025-04", "2025-05"]
    then = from_frames(**made.exported(made.tables(), MAY), as_of=MAY)
    bounds = (sales.win_probability.bind(), sales.sales_forecast.bind())
    expected = value_rows(forecast(then, MAY.to_pydatetime(), 3), told[0].period, *bounds)
    assert list(told[0].rows) == expected


def test_what_was_published_is_not_computed_again() -> None:
    crm = made.crm()
    june = crm.calendar.containing(dt.date(2025, 6, 1), "month")
    found = recomputed(crm, june, {"2025-04", "2025-05"}, made.moment())
    assert list(found) == []


def test_its_months_that_are_over_are_judged_apart_from_published_ones(told: list[Told]) -> None:
    found = scores(told, made.crm(), made.moment())
    assert [(m.forecast_of.key, m.month.key, m.published) for m in found.months] == [
        ("2025-05", "2025-06", False),
        ("2025-04", "2025-05", False),
        ("2025-04", "2025-06", False),
    ]
    assert found.published is None
    assert found.recomputed is not None
    assert found.recomputed.brier < found.recomputed.plain
    deals = made.tables()["deals"].set_index("deal_id")
    decided = [deal for one in told for deal in one.deals if deals["closed_at"][deal] < made.AS_OF]
    assert found.recomputed.decided == len(decided)
    assert found.recomputed.won == (deals["status"][decided] == "won").sum()


def test_nothing_is_computed_before_the_first_deal_is_decided() -> None:
    crm = made.crm()
    january = crm.calendar.containing(dt.date(2024, 1, 1), "month")
    assert list(recomputed(crm, january, (), made.moment())) == []


@pytest.mark.parametrize(
    ("language", "message", "origin"),
    [
        ("en", "3 months are forecast again from what was known then", "computed again"),
        ("fr", "3 mois sont prévus à nouveau d’après ce que l’on savait alors", "recalculée"),
    ],
)
def test_the_page_says_which_is_which(language: str, message: str, origin: str) -> None:
    report = Report("never published", period="2025-06", crm=made.crm(), language=language)
    found = report.forecast_scores().content
    assert found["message"].startswith(message)
    assert [row[-1] for row in found["rows"]] == [origin] * 3


def test_a_mixture_counts_all_months_once_and_says_how_many_are_computed_again(
    told: list[Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    april, may = told
    mixed = [replace(april, published=True), may]
    monkeypatch.setattr(forecast_scores, "_told", lambda session: mixed)
    report = Report("mixed", period="2025-06", crm=made.crm(), language="en")
    found = report.forecast_scores().content
    assert found["message"].startswith("3 months that were forecast are over;")
    assert found["subject"].startswith("The forecast of one month was not published:")
    assert [row[-1] for row in found["rows"]] == ["computed again", "published", "published"]
