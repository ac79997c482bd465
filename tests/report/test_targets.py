"""The block of targets: over, under way, of members, none."""

import pandas as pd
import pytest

from kpi_toolkit.kpis import sales
from kpi_toolkit.report import Report
from tests.report.conftest import crm_of


def rows(**columns: list[object]) -> pd.DataFrame:
    given = {
        "kpi": ["won_value", "won_value", "decided_win_rate", "won_value"],
        "period": ["2026-Q3", "2026", "2026-Q3", "2026-Q3"],
        "dimension": [None, None, None, "owner"],
        "member": [None, None, None, "Bob"],
        "value": [1000.0, 9e6, 0.99, 10.0],
    }
    return pd.DataFrame(given | columns)


@pytest.fixture(scope="module")
def report(tables: dict[str, pd.DataFrame]) -> Report:
    return Report("r", period="2026-Q3", crm=crm_of(tables, targets=rows()))


def names(block: object) -> list[str]:
    return [row["name"] for group in block.content["groups"] for row in group["rows"]]  # type: ignore[attr-defined]


def test_the_periods_own_target_counts_and_not_the_years(report: Report) -> None:
    found = report.targets()
    assert names(found) == ["Won value", "Win rate"]
    assert found.content["title"] == "One of 2 targets is reached; furthest behind: Win rate (42%)."


def test_kpis_are_shown_as_they_are_asked_for(report: Report) -> None:
    assert names(report.targets(sales.decided_win_rate)) == ["Win rate"]
    assert names(report.targets(sales.decided_win_rate, sales.won_value)) == [
        "Win rate",
        "Won value",
    ]


def test_members_are_shown_only_where_their_dimension_is_named(report: Report) -> None:
    assert "Bob" not in str(report.targets())
    found = report.targets(by="owner")
    assert names(found) == ["Bob"]
    assert found.content["groups"][0]["name"] == "Won value, Q3\xa02026"
    assert found.to_json()["values"][0]["member"] == "Bob"


def test_the_year_under_way_says_how_many_business_days_are_over(
    tables: dict[str, pd.DataFrame],
) -> None:
    report = Report("r", period="2026", crm=crm_of(tables, targets=rows()))
    found = report.targets()
    assert names(found) == ["Won value"]
    assert "business days are over" in found.content["groups"][0]["name"]
    assert {column["key"] for column in found.content["columns"]} >= {"year", "n", "interval"}


def test_a_slice_has_no_target(tables: dict[str, pd.DataFrame]) -> None:
    report = Report("r", period="2026-Q3", scope="owner=Bob", crm=crm_of(tables, targets=rows()))
    assert "a slice of it has none" in str(report.targets())


def test_without_targets_it_says_so(tables: dict[str, pd.DataFrame]) -> None:
    report = Report("r", period="2026-Q3", crm=crm_of(tables))
    assert str(report.targets()) == "No target holds in Q3\xa02026."
    assert str(report.targets(by="owner")) == "No target by owner holds in Q3\xa02026."


def test_the_kpis_of_targets_are_in_the_dictionary(tables: dict[str, pd.DataFrame]) -> None:
    report = Report("r", period="2026-Q3", crm=crm_of(tables, targets=rows()))
    report.targets()
    terms = [item["term"] for item in report.dictionary().content["items"]]
    assert terms == ["Won value", "Win rate"]
