"""A forecast beside the target of the months that it is about."""

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.crm.connect import from_frames
from kpi_toolkit.format import Format
from kpi_toolkit.insight.forecast.forecast import forecast
from tests.models import made


def test_a_quarter_under_way_comes_to_what_is_won_and_what_the_open_deals_bring() -> None:
    day = pd.Timestamp("2025-06-16")
    targets = pd.DataFrame({"kpi": ["won_value"], "period": ["2025-Q2"], "value": [1e9]})
    frames = made.exported(made.tables(), day)
    crm = from_frames(**frames, targets=targets, as_of=day)
    found = forecast(crm, crm.as_of, 3)
    deals = frames["deals"]
    since = (deals["status"] == "won") & (deals["closed_at"] >= "2025-04-01")
    won, may = (
        deals.loc[rows, "amount"].sum()
        for rows in (since, since & (deals["closed_at"] < "2025-06-01"))
    )
    june, july, august = found.reached
    assert june.expected == pytest.approx(found.months[0].expected + may) and june.expected > won
    assert june.bands[95][0] > won
    assert july.expected == found.months[1].expected
    assert august.expected == pytest.approx(july.expected + found.months[2].expected)
    report = kt.Report("p", period="2025-Q2", language="en", crm=crm)
    content = report.forecast(months=3).content
    words = Format("en", "EUR")
    assert f"Q2 2025 comes to {words.value(june.expected, 'money')}" in words_of(content["message"])
    assert "Target of Q2 2025: €1.00bn" in words_of(content["message"])
    # The beginning of the third quarter would look low: the table has it, the picture has not.
    assert "July" not in content["alt"] and "July" in str(content["rows"])
    # Unless more months are asked for, what lies ahead is the rest of the quarter.
    assert "July" not in str(report.forecast().content["rows"])
    # What is won already is nothing that the open deals should bring.
    assert found.brought > 0 and found.total
    to_come = words.value(found.total.expected - found.brought, "money")
    assert f"open on 15 Jun 2025 should bring {to_come}" in words_of(content["message"])
    assert f"June 2025 counts what is won in it already: {words.value(found.brought, 'money')}" in (
        words_of(content["note"])
    )


@pytest.mark.parametrize("period", ["2025-W24", "2025-05"])
def test_a_weekly_or_monthly_report_looks_ahead_from_its_own_day(period: str) -> None:
    """On Monday 16 June, a week and two weeks after the periods: to the end of June."""
    day = pd.Timestamp("2025-06-16")
    targets = pd.DataFrame({"kpi": ["won_value"], "period": ["2025-Q2"], "value": [1e9]})
    crm = from_frames(**made.exported(made.tables(), day), targets=targets, as_of=day)
    report = kt.Report("p", period=period, language="en", crm=crm)
    found, words = forecast(crm, crm.as_of, 1), Format("en", "EUR")
    assert found.to_come
    said = words_of(str(report.ahead()))
    value = words.value(found.to_come.expected, "money")
    assert f"The deals open on 15 Jun 2025 should bring {value} by the end of June 2025" in said
    reached = words.value(found.reached[-1].expected, "money")
    assert f"with what is won already, Q2 2025 comes to {reached}" in said
    assert "of the target (Q2 2025: €1.00bn)" in said
    # What new deals brought in a whole quarter says little of the rest of one.
    assert "as much again" not in said
    chart = report.forecast().content
    assert f"open on 15 Jun 2025 should bring {value}" in words_of(chart["message"])
    assert [row[0] for row in chart["rows"]] == ["June 2025", "Total"]


def words_of(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(("aim", "said"), [(1e9, "of which €1"), (1.0, "which this covers.")])
def test_the_target_of_the_months_to_come_stands_beside_them(aim: float, said: str) -> None:
    """What new deals have to bring is what a director decides on."""
    targets = pd.DataFrame({"kpi": ["won_value"], "period": ["2025-Q3"], "value": [aim]})
    crm = from_frames(**made.tables(), targets=targets, as_of=made.AS_OF)
    message = kt.Report("p", period="2025-Q2", language="en", crm=crm).forecast().content["message"]
    assert "Target of Q3\u00a02025: " in message and said in message
