"""The command line on MavenTech's data: what they allow is told, what they lack is named."""

import json
from pathlib import Path

import nbformat
import pytest
from typer.testing import Result

import kpi_toolkit as kt
from tests.real_data.conftest import Kpi

LACKING = {
    **dict.fromkeys(
        ("time_in_stage", "time_in_stage_median", "stage_conversion_rate")
        + ("pipeline_value_by_stage", "pipeline_deals_by_stage"),
        "deal_stages, stages",
    ),
    **dict.fromkeys(("focus_opportunities", "focus_value"), "deals.is_focus"),
    "new_product_conversion_rate": "products.launched_on",
    "profit_margin": "orders.cost",
    "upsell_rate": "accounts.churned_at, deals.kind",
    "retention_rate": "accounts.churned_at",
    "churn_rate": "accounts.churned_at",
}
# KPIs of tables that MavenTech does not have.
ABSENT = {
    "subscriptions": ("monthly_recurring_revenue", "mrr_started", "mrr_ended", "renewal_rate"),
    "tickets": ("tickets_created", "backlog", "first_response_time", "resolution_time")
    + ("resolution_time_median", "sla_compliance", "escalation_rate"),
    "surveys": ("customer_satisfaction",),
    "leads": ("leads_created", "lead_conversion_rate", "lead_to_opportunity_rate")
    + ("lead_source_success_rate", "lead_response_time", "lead_response_median"),
    "mailings": ("email_open_rate", "email_click_rate", "email_conversion_rate"),
}


@pytest.fixture(scope="module")
def reported(kpi: Kpi, project: Path) -> tuple[Result, Result]:
    """Two quarters as they would have been reported, the second in both languages."""
    third = kpi("run", "sales", "--period", "2017-Q3", "--as-of", "2017-10-01")
    both = ["--language", "en", "--language", "fr"]
    return third, kpi("run", "sales", "--period", "2017-Q4", "--as-of", "2018-01-01", *both)


def files(project: Path, language: str, ending: str) -> list[Path]:
    """What the last quarter's report has left, of one language."""
    runs = (project.parent / "reports/sales/all/2017-Q4").iterdir()
    marked = f'<html lang="{language}"'
    found = [run for run in runs if marked in next(run.glob("*.html")).read_text("utf-8")]
    return [path for run in found for path in run.glob(f"*.{ending}")]


def test_check_counts_the_rows_and_names_what_is_lacking(kpi: Kpi) -> None:
    said = kpi("check")
    assert said.exit_code == 0
    assert "deals                 sales_pipeline.csv  8,800  8,800          0" in said.output
    known = len(kt.kpis.registry())
    allowed = known - len(LACKING) - sum(map(len, ABSENT.values()))
    assert f"KPIs available: {allowed} of {known}" in said.output
    assert "retention_rate, churn_rate" in said.output
    assert "time_in_stage, " in said.output


def test_the_executive_edition_keeps_its_rules(kpi: Kpi) -> None:
    """Five headlines that the data allow, balanced, each with who acts and how."""
    assert json.loads(kpi("check", "--json").output)["headlines"] == []


def test_list_marks_the_kpis_that_the_data_do_not_allow(kpi: Kpi) -> None:
    listed = json.loads(kpi("list", "--json").output)
    absent = {name: table for table, names in ABSENT.items() for name in names}
    lacking = {row["kpi"]: ", ".join(row["lacks"]) for row in listed if row["lacks"]}
    assert lacking == LACKING | absent


def test_explain_names_the_dimensions_that_the_data_have(kpi: Kpi) -> None:
    assert "owner, team, region, product, industry" in kpi("explain", "sales_cycle").output


def test_value_prints_a_member_a_row(kpi: Kpi) -> None:
    rows = kpi("value", "won_value", "--period", "all", "--by", "region").output.splitlines()
    assert [row.split() for row in rows[-3:]] == [
        ["West", "$3.57m", "1,438"],
        ["Central", "$3.35m", "1,629"],
        ["East", "$3.09m", "1,171"],
    ]


def test_a_kpi_that_the_data_do_not_allow_names_what_they_lack(kpi: Kpi) -> None:
    said = kpi("value", "time_in_stage", "--period", "2017-Q4")
    assert said.exit_code == 4
    assert "the data lack deal_stages, stages" in said.stderr


def test_the_reports_come_out_in_both_languages(
    reported: tuple[Result, Result], project: Path
) -> None:
    assert [said.exit_code for said in reported] == [0, 0], [said.output for said in reported]
    for language in ("en", "fr"):
        (pdf,) = files(project, language, "pdf")
        assert pdf.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            (
                "Time in stage (missing: Deal stages, Stages)",
                "Win rate by source (missing: Source (Deals)).",
                "Q3 2017, edition 1",
            ),
        ),
        (
            "fr",
            (
                "Durée par étape (manque : Étapes des affaires, Étapes)",
                "Taux de succès par source (manque : Source (Affaires)).",
            ),
        ),
    ],
)
@pytest.mark.usefixtures("reported")
def test_a_report_names_what_is_not_available_and_goes_on(
    project: Path, language: str, sentences: tuple[str, ...]
) -> None:
    (page,) = files(project, language, "html")
    text = page.read_text(encoding="utf-8").replace("\u00a0", " ")
    assert [sentence for sentence in sentences if sentence not in text] == []


@pytest.mark.usefixtures("reported")
def test_the_notebook_of_a_report_holds_its_blocks_without_an_error(project: Path) -> None:
    (path,) = files(project, "en", "ipynb")
    outputs = [o for cell in nbformat.read(path, 4).cells for o in cell.get("outputs", ())]
    assert not [output for output in outputs if output["output_type"] == "error"]
    assert outputs
