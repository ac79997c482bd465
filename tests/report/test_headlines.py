"""The executive edition of a project's own kpi.toml."""

from pathlib import Path

import pandas as pd
import pytest

from kpi_toolkit.insight.change.claims import Sentence
from kpi_toolkit.report import Report
from kpi_toolkit.report.summary import findings
from tests.report.conftest import crm_of

TOML = """
[headlines.pipeline_value]
owner = "Ops"
act_on = "Clean it"
[headlines.won_value]
owner = "Sales"
act_on = "Call <b>"
"""


@pytest.fixture
def report(tmp_path: Path, tables: dict[str, pd.DataFrame]) -> Report:
    (tmp_path / "kpi.toml").write_text(TOML, encoding="utf-8")
    return Report("executive", period="2026-Q3", crm=crm_of(tables))


def test_the_headlines_are_those_of_the_project(report: Report) -> None:
    assert [kpi.name for kpi in report.headline_kpis()] == ["pipeline_value", "won_value"]
    groups = report.headline_scorecard().content["groups"]
    assert [(g["name"], [r["name"] for r in g["rows"]]) for g in groups] == [
        ("Leading: what is coming", ["Open pipeline"]),
        ("Lagging: what has come of it", ["Won value"]),
    ]


def test_each_is_shown_with_its_owner_and_what_to_do(report: Report) -> None:
    rows = report.headline_actions().content["rows"]
    assert {row[0]: row[2:] for row in rows} == {
        "Open pipeline": ["Ops", "Clean it"],
        "Won value": ["Sales", "Call <b>"],
    }
    assert "<b>" not in report.headline_actions()._repr_mimebundle_()["text/html"]


def test_the_check_speaks_where_a_rule_is_broken_and_is_silent_else(report: Report) -> None:
    assert str(report.edition_check()) == (
        "- An edition has 5 to 10 headlines, and this one has 2; declare them in [headlines]."
    )
    good = Report("executive", period="2026-Q3", crm=report.crm)
    good._session.headlines = report._session.headlines * 3
    assert good.edition_check() is None


def test_without_a_project_there_is_no_headline(tables: dict[str, pd.DataFrame]) -> None:
    report = Report("r", period="2026-Q3", crm=crm_of(tables))
    assert report.headline_kpis() == ()
    assert str(report.headline_scorecard()) == str(report.headline_actions()) == "No KPI to show."
    assert "this one has 0" in str(report.edition_check())


def test_a_finding_says_who_does_what_about_it(report: Report) -> None:
    """On the page where it is told, in each report of the project."""
    others = [Sentence(kpi, "It falls", "by 3.", 1.0) for kpi in ("won_value", "sales_cycle")]
    block = findings(report._session, [], others)
    said = {item["where"]: item["action"] for item in block.content["items"]}
    assert said == {"won_value": "Sales: Call <b>", "sales_cycle": ""}
    assert "→ Sales: Call <b>" in str(block)
    assert "→ Sales: Call &lt;b&gt;" in block._repr_mimebundle_()["text/html"]
