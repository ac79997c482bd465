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
    assert not reading.is_cut
    assert reading.signal.kind != "unknown"
