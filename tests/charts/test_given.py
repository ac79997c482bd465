"""A chart of anything but plain pandas says in one sentence what it expects."""

import pandas as pd
import pytest

from kpi_toolkit import charts
from kpi_toolkit.errors import RenderError, UnknownName

MONTHS = pd.date_range("2026-01", periods=3, freq="MS")
VALUES = pd.Series([1.0, 2.0, 3.0], MONTHS)
MEMBERS = pd.DataFrame({"value": [2.0, 1.0]}, ["Ann", "Bob"])
FORECAST = pd.DataFrame({"valeur": [1.0]}, [pd.Timestamp("2026-04-01")])


@pytest.mark.parametrize(
    ("chart", "given", "sentence"),
    [
        (charts.trend, VALUES.to_frame("value"), "a frame of value: expected a Series; take one"),
        (charts.trend, [1, 2], "values of type list: expected a pandas Series"),
        (charts.trend, VALUES.astype(str) + " €", "expected numbers"),
        (charts.trend, pd.Series([1.0, 2.0]), "0 in the index: expected the start of a period"),
        (charts.trend, MEMBERS["value"], "'Ann' in the index: expected the start of a period"),
        (charts.pareto, MEMBERS, "a frame of value"),
        (charts.distribution, 3, "values of type int"),
        (charts.ranking, VALUES, "a Series: expected a pandas DataFrame"),
        (charts.ranking, MEMBERS.set_axis(["valeu"], axis=1), "without the column 'value': did"),
        (charts.waterfall, MEMBERS.astype(str) + "k", "column 'value': expected numbers"),
        (charts.variance_columns, MEMBERS, "without the column 'actual'"),
        (charts.funnel, MEMBERS, "without the column 'count'"),
        (charts.cohort, VALUES, "a Series: expected a pandas DataFrame"),
    ],
)
def test_what_a_chart_cannot_draw_is_one_sentence(chart, given, sentence: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(RenderError) as caught:
        chart(given)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_forecast_needs_its_values() -> None:
    with pytest.raises(RenderError, match="without the column 'value'"):
        charts.fan(VALUES, FORECAST)


def test_a_unit_is_one_of_ours() -> None:
    with pytest.raises(RenderError, match="unit 'moneys': did you mean 'money'"):
        charts.ranking(MEMBERS, unit="moneys")  # type: ignore[arg-type]


def test_an_unknown_chart_names_its_neighbour() -> None:
    with pytest.raises(UnknownName, match="did you mean 'waterfall'"):
        charts.watterfall  # noqa: B018
