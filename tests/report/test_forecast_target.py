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
    content = kt.Report("p", period="2025-Q2", language="en", crm=crm).forecast().content
    words = Format("en", "EUR")
    assert f"Q2 2025 comes to {words.value(june.expected, 'money')}" in words_of(content["message"])
    assert "Target of Q2 2025: €1.00bn" in words_of(content["message"])
    # The beginning of the third quarter would look low: the table has it, the picture has not.
    assert "July" not in content["alt"] and "July" in str(content["rows"])


def words_of(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(("aim", "said"), [(1e9, "of which €1"), (1.0, "which this covers.")])
def test_the_target_of_the_months_to_come_stands_beside_them(aim: float, said: str) -> None:
    """What new deals have to bring is what a director decides on."""
    targets = pd.DataFrame({"kpi": ["won_value"], "period": ["2025-Q3"], "value": [aim]})
    crm = from_frames(**made.tables(), targets=targets, as_of=made.AS_OF)
    message = kt.Report("p", period="2025-Q2", language="en", crm=crm).forecast().content["message"]
    assert "Target of Q3\u00a02025: " in message and said in message
