"""Two charts beside each other, and what cannot stand there."""

import pytest

from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.errors import DefinitionError
from kpi_toolkit.kpis import sales
from kpi_toolkit.report import Report


@pytest.fixture(scope="module")
def report(crm: Crm) -> Report:
    return Report("sales", crm=crm, period="2026-Q3", language="en")


def test_charts_stand_beside_each_other_as_they_are_drawn_for_a_phone(report: Report) -> None:
    left, right = report.trend(sales.decided_win_rate), report.ranking(sales.won_value, by="owner")
    row = report.beside(left, right)
    assert row.kind == "row"
    halves = [part["content"] for part in row.content["blocks"]]
    assert [half["wide"] for half in halves] == [left.content["narrow"], right.content["narrow"]]
    assert row.values == (*left.values, *right.values)


def test_a_sentence_in_place_of_a_chart_takes_no_half(report: Report) -> None:
    chart, sentence = report.trend(sales.decided_win_rate), report.trend(sales.new_customer_revenue)
    assert sentence.kind == "text"
    found = report.beside(chart, sentence)
    assert found.kind == "stack"
    assert found.content["blocks"][0]["content"]["wide"] == chart.content["wide"]


def test_what_needs_the_page_is_refused(report: Report) -> None:
    with pytest.raises(DefinitionError, match="scorecard"):
        report.beside(report.scorecard(sales.won_value), report.trend(sales.won_value))
