"""A period that the records leave before it ends: the page says so, and judges nothing in it."""

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.insight.change.reading import Reading
from kpi_toolkit.kpis import sales
from tests.report.conftest import crm_of

LAST = pd.Timestamp("2026-09-10 23:59")
KPIS = (sales.won_value, sales.decided_win_rate, sales.pipeline_value)


@pytest.fixture(scope="module")
def crm(tables: dict[str, pd.DataFrame]) -> Crm:
    """An export that stopped on the tenth of September, looked at in October."""
    deals = tables["deals"].loc[lambda d: d["created_at"] <= LAST]
    later = deals["closed_at"] > LAST
    status = deals["status"].mask(later, "open")
    deals = deals.assign(status=status, closed_at=deals["closed_at"].mask(later))
    return crm_of({"deals": deals})


def report(crm: Crm, period: str) -> kt.Report:
    return kt.Report("r", period=period, language="en", crm=crm)


def test_the_scorecard_calls_it_incomplete_and_says_why_once(crm: Crm) -> None:
    content = report(crm, "2026-09").scorecard(*KPIS).content
    rows = [row for group in content["groups"] for row in group["rows"]]
    assert {row["signal"]["text"] for row in rows} == {"incomplete"}
    # Where nothing is compared, there is no column for it.
    assert {row["previous"]["text"] + row["year"]["text"] for row in rows} == {""}
    note = content["note"].replace("\u00a0", " ")
    assert "Incomplete: the records end before the period does" in note
    assert "Not compared with Aug 2026, Sept 2025 (the records end on 10 Sept 2026)." in note
    assert "Too few periods" not in note


def test_the_findings_say_that_nothing_can_be_judged(crm: Crm) -> None:
    found = str(report(crm, "2026-09").findings(*KPIS))
    assert "The records end on 10 Sept 2026, before the period does" in found
    assert "ordinary variation" not in found


def test_what_stands_beside_no_earlier_period_says_the_reason(crm: Crm) -> None:
    said = str(report(crm, "2026-09").variance(sales.opportunities_created, by="owner"))
    assert "not compared with Aug 2026 (the records" in said.replace("\u00a0", " ")


def test_a_part_of_a_month_stands_beside_no_whole_one(crm: Crm) -> None:
    months = report(crm, "2026-09").variance(sales.won_value).content
    assert months["message"].endswith(" of 11 periods.")


def test_months_that_are_whole_are_judged(crm: Crm) -> None:
    (reading,) = report(crm, "2026-08")._session.readings([sales.won_value.bind()])
    assert isinstance(reading, Reading)
    assert reading.is_whole
    assert reading.signal.kind != "unknown"


# -- deals that end while orders go on


@pytest.fixture(scope="module")
def late(crm: Crm) -> Crm:
    """Deals stop on the tenth of September, orders do not; both have targets, deals a high one."""
    days = pd.date_range("2025-06-01", "2026-09-30 12:00", freq="9h").as_unit("us")
    orders = pd.DataFrame({"ordered_at": days, "amount": 10.0, "account_id": "a"})
    targets = pd.DataFrame({"kpi": ["won_value", "revenue"], "value": [1e9, 1.0]})
    return crm_of(
        {
            "deals": crm.frame("SELECT * EXCLUDE (_line) FROM deals"),
            "orders": orders.assign(order_id=orders.index.astype(str)),
            "targets": targets.assign(period="2026-09"),
        }
    )


@pytest.mark.parametrize("period", ["2026-09", "2026-Q3"])
def test_what_reads_a_table_that_ends_is_not_judged_and_the_others_are(
    late: Crm, period: str
) -> None:
    found = report(late, period)
    rows = found.scorecard(sales.won_value, kt.revenue).content["groups"][0]["rows"]
    assert rows[0]["signal"]["text"] == "incomplete" and rows[0]["previous"]["text"] in ("", "–")
    assert rows[1]["signal"]["text"] != "incomplete" and rows[1]["previous"]["text"]
    said = str(found.findings(sales.won_value, kt.revenue)).replace("\u00a0", " ")
    assert "misses its target" not in said and "Won value rises" not in said
    ends = "The records of the table Deals end on 10 Sept 2026, too early to judge: Won value."
    assert said.count(ends) == 1
    assert "Nothing unusual: no KPI" not in said


def test_a_target_of_a_table_that_ends_is_neither_missed_nor_behind(late: Crm) -> None:
    for as_of in ("2026-10-05", "2026-09-28"):
        found = kt.Report("r", period="2026-09", language="en", crm=late, as_of=as_of).targets()
        won, bought = found.content["groups"][0]["rows"]
        assert list(won["signal"].values()) == ["none", "incomplete"]
        assert not won["interval"] and not won["n"]
        assert bought["signal"]["text"] == "reached"


def test_the_line_of_freshness_names_the_table_that_is_behind(late: Crm) -> None:
    behind = "The newest record of the table Deals is of 10 Sept 2026, while others go on."
    found = report(late, "2026-09")
    found.scorecard(sales.won_value)
    assert behind in str(found.quality()).replace("\u00a0", " ")
    assert behind in str(found.data_check().summary()).replace("\u00a0", " ")
    whole = report(late, "2026-08")
    whole.scorecard(sales.won_value)
    assert "newest record" not in str(whole.quality())


def test_a_trend_names_the_table_that_ends(late: Crm) -> None:
    said = str(report(late, "2026-09").trend(sales.won_value)).replace("\u00a0", " ")
    assert "The records of the table Deals end on 10 Sept 2026: September 2026 is of a part" in said


def test_what_a_model_foresees_of_a_table_that_ends_is_not_judged(late: Crm) -> None:
    """Asked before anything was scored."""
    rows = report(late, "2026-09").scorecard(sales.sales_forecast).content["groups"][0]["rows"]
    assert rows[0]["signal"]["text"] == "incomplete"
