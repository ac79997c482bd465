"""report.drivers over a company where one region loses its deals."""

import re

import pandas as pd
import pytest

from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.kpis import sales
from kpi_toolkit.report import Report
from tests import stable_crm
from tests.report.conftest import crm_of

HOSTILE = "</script><script>alert(1)</script>"


@pytest.fixture(scope="module")
def fallen(tables: dict[str, pd.DataFrame]) -> Crm:
    """Deals of one size, of which East wins none in the third quarter."""
    deals = tables["deals"].assign(amount=1000.0)
    late = (deals["region"] == "East") & (deals["closed_at"] >= "2026-07-01")
    return crm_of({**tables, "deals": deals.assign(status=deals["status"].mask(late, "lost"))})


def parts(report: Report, *arguments: object, **named: object) -> list[dict]:
    block = report.drivers(*arguments, **named)
    assert block.kind == "stack"
    return [part["content"] for part in block.content["blocks"]]


def test_the_waterfall_leads_from_one_period_to_the_other(fallen: Crm) -> None:
    chart, table = parts(Report("r", period="2026-Q3", crm=fallen), sales.won_value, by="region")
    assert chart["message"].startswith("Won value: −")
    assert "(−€10.0k)" in chart["message"] and "fewer deals;" in chart["message"]
    assert "East" in chart["message"]
    steps = chart["alt"].removeprefix("Bridge: ").split(", ")
    assert [step.split(" ")[0] for step in steps] == [
        "Q2\u00a02026",
        "East",
        "West",
        "Q3\u00a02026",
    ]
    assert "<svg" in chart["wide"] and "<svg" in chart["narrow"]
    assert [row[0] for row in table["rows"]] == ["East", "West"]
    assert table["total"][0] == "Total"


def test_its_values_go_to_the_archive_by_member(fallen: Crm) -> None:
    block = Report("r", period="2026-Q3", crm=fallen).drivers(sales.won_value, by="region")
    told = {(v["period_start"], v["dimension"], v["member"]) for v in block.to_json()["values"]}
    assert ("2026-04-01", "region", "East") in told and ("2026-07-01", "region", "West") in told


def test_people_are_shown_only_where_they_are_named(fallen: Crm) -> None:
    chart, _ = parts(Report("r", period="2026-Q3", crm=fallen), sales.won_value)
    assert "by " in chart["subject"] and "by owner" not in chart["subject"]
    named, _ = parts(Report("r", period="2026-Q3", crm=fallen), sales.won_value, by="owner")
    assert "by owner" in named["subject"]


def test_the_smallest_members_are_one_row(crm: Crm) -> None:
    report = Report("r", period="2026-Q3", crm=crm)
    chart, table = parts(report, sales.won_value, by="owner", n=2)
    assert [row[0] for row in table["rows"]][2:] == ["2 others"]
    assert "2 others" in chart["alt"]


def test_a_scope_is_decomposed_within(crm: Crm) -> None:
    report = Report("r", period="2026-Q3", scope="team=North", crm=crm)
    chart, table = parts(report, sales.decided_win_rate, by="owner")
    assert {row[0] for row in table["rows"]} == {"Ann", "Bob"}
    assert report.drivers(sales.decided_win_rate).content["blocks"][0]["content"]["name"] != (
        "drivers-decided_win_rate-team"
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Sales cycle, median: no drivers (distinct counts, medians and estimates"),
        ("fr", "pas d’explication de l’écart (les nombres d’éléments distincts, les médianes"),
    ],
)
def test_what_does_not_add_up_says_so(language: str, said: str, crm: Crm) -> None:
    report = Report("r", period="2026-Q3", crm=crm, language=language)
    assert said in str(report.drivers(sales.sales_cycle_median))


def test_where_there_is_nothing_to_explain_it_says_so(crm: Crm) -> None:
    whole = Report("r", period="all", crm=crm).drivers(sales.won_value, by="region")
    assert whole.kind == "text"
    first = Report("r", period="2023-Q4", crm=crm).drivers(sales.decided_win_rate, by="region")
    said = "Win rate: not compared with Q3\u00a02023 (no record)."
    assert str(first) == said
    few = crm_of({"deals": crm.frame("SELECT deal_id, status, amount, closed_at FROM deals")})
    assert "no dimension tells" in str(
        Report("r", period="2026-Q3", crm=few).drivers(sales.won_value)
    )


def test_french_and_hostile_names(fallen: Crm) -> None:
    deals = fallen.frame("SELECT * EXCLUDE (_line) FROM deals").replace(
        {"region": {"East": HOSTILE}}
    )
    report = Report("r", period="2026-Q3", crm=crm_of({"deals": deals}), language="fr")
    block = report.drivers(sales.won_value, by="region")
    page = block._repr_mimebundle_()["text/html"]
    assert "<script>alert" not in page
    assert "Effet volume" in str(block) and "moins d’affaires" in str(block)


@pytest.fixture(scope="module")
def collapsed() -> Crm:
    """Five years of deals of one size; in the last quarter East loses those that it would win, and
    so does a team.
    """
    deals = stable_crm.frames(5, 6000)["deals"].assign(amount=1000.0)
    late = (deals["region"] == "East") & (deals["closed_at"] >= "2026-07-01")
    return crm_of({"deals": deals.assign(status=deals["status"].mask(late, "lost"))})


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", r"East (alone )?\(−€\d+\.\dk"), ("fr", r"East (seul )?\(−\d+,\d\u202fk€")],
)
def test_a_finding_says_where_the_change_comes_from(
    language: str, said: str, collapsed: Crm
) -> None:
    report = Report("r", period="2026-Q3", crm=collapsed, language=language)
    text = str(report.findings(sales.won_value, sales.decided_win_rate))
    assert re.search(said, text), text


def test_the_causes_of_all_findings_are_two_queries_at_most(collapsed: Crm) -> None:
    report = Report("r", period="2026-Q3", crm=collapsed)
    kpis = (sales.won_value, sales.decided_win_rate, sales.won_deals)
    report.scorecard(*kpis)
    before = collapsed.queries
    block = report.findings(*kpis)
    assert len(block.content["items"]) >= 2
    assert collapsed.queries - before <= 2
