"""A margin says of how many lines the cost is known, wherever it is shown."""

import pandas as pd

import kpi_toolkit as kt
from tests.report.conftest import crm_of


def test_the_scorecard_and_the_trend_say_it() -> None:
    months = pd.date_range("2026-01-10", "2026-09-10", freq="MS")
    orders = pd.DataFrame({"order_id": [str(n) for n in range(4 * len(months))]})
    orders = orders.assign(ordered_at=months.repeat(4), amount=100.0, cost=60.0)
    orders.loc[orders.index % 4 == 3, "cost"] = None
    report = kt.Report("r", period="2026-Q3", language="en", crm=crm_of({"orders": orders}))
    ((row,),) = (group["rows"] for group in report.scorecard(kt.profit_margin).content["groups"])
    assert (row["value"], row["mark"]) == ("40.0", "cost known of 75.0% of the lines")
    note = report.trend(kt.profit_margin).content["note"].replace("\u00a0", " ")
    assert "Sept 2026: cost known of 75.0% of the lines." in note
