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
    assert str(report.targets()) == "Targets: not available (none holds in Q3\xa02026)."
    said = "Targets by owner: not available (none holds in Q3\xa02026)."
    assert str(report.targets(by="owner")) == said


def test_the_kpis_of_targets_are_in_the_dictionary(tables: dict[str, pd.DataFrame]) -> None:
    report = Report("r", period="2026-Q3", crm=crm_of(tables, targets=rows()))
    report.targets()
    terms = [item["term"] for item in report.dictionary().content["items"]]
    assert terms == ["Won value", "Win rate"]


def test_of_many_members_the_greatest_targets_are_shown_and_the_others_counted(
    tables: dict[str, pd.DataFrame],
) -> None:
    members = [f"Owner {n:02d}" for n in range(42)]
    many = pd.DataFrame(
        {
            "kpi": "won_value",
            "period": "2026-Q3",
            "dimension": "owner",
            "member": members,
            "value": [float(n + 1) for n in range(42)],
        }
    )
    found = Report("r", period="2026-Q3", crm=crm_of(tables, targets=many)).targets(by="owner")
    assert names(found) == members[:1:-1]
    assert "Not shown: 2 more." in found.content["note"]
    assert found.content["title"].startswith("No target is reached;")


def test_a_hostile_name_stays_a_name(tables: dict[str, pd.DataFrame]) -> None:
    named = rows(member=[None, None, None, "<script>alert(1)</script>"])
    report = Report("r", period="2026-Q3", crm=crm_of(tables, targets=named))
    page = report.targets(by="owner")._repr_mimebundle_()["text/html"]
    assert "<script>" not in page
    assert "alert(1)" in page


def test_short_of_its_target_a_period_under_way_is_not_bad_in_a_scorecard(
    tables: dict[str, pd.DataFrame],
) -> None:
    report = Report("r", period="2026", crm=crm_of(tables, targets=rows()))
    (row,) = report.scorecard(sales.won_value).content["groups"][0]["rows"]
    assert row["target"]["ratio"] < 1
    assert row["target"]["good"] is None
