"""The rows behind a KPI in a report, also where there can be none."""

import pandas as pd
import pytest

from kpi_toolkit.kpis import sales
from kpi_toolkit.report import Report
from tests.report.conftest import crm_of


@pytest.fixture
def without_deals() -> Report:
    orders = pd.DataFrame(
        {
            "order_id": ["1"],
            "account_id": ["a"],
            "amount": [5.0],
            "ordered_at": [pd.Timestamp("2026-08-01")],
        }
    )
    return Report("r", period="2026-Q3", crm=crm_of({"orders": orders}))


def test_of_a_kpi_that_lacks_data_the_notebooks_next_steps_still_work(
    without_deals: Report,
) -> None:
    found = without_deals.records(sales.won_value)
    assert found.empty
    largest = found.nlargest(10, "amount").sort_values("closed_at")[["owner", "amount"]]
    shown = without_deals.table(largest, "The largest deals", units={"amount": "money"})
    assert str(shown) == "Won value: not available (missing: Deals)."


def test_records_have_the_columns_of_the_table_and_their_parts(without_deals: Report) -> None:
    found = without_deals.records(sales.decided_win_rate)
    assert {"deal_id", "status", "in_numerator", "in_denominator"} <= set(found.columns)
    assert found["amount"].dtype == "float64"


def test_no_record_in_the_period_is_no_refusal(tables: dict[str, pd.DataFrame]) -> None:
    report = Report("r", period="2015-Q1", crm=crm_of(tables))
    shown = report.table(report.records(sales.won_value), "The largest deals")
    assert "no data" in str(shown)
