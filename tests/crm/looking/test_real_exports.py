"""What is proposed for public data sets reads them whole, as it stands."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kpi_toolkit.config import ProjectConfig
from kpi_toolkit.crm.connect import connect
from kpi_toolkit.crm.looking import propose

RealData = Callable[[str], Path]
KEPT = {
    "maven_crm": {
        "accounts": 85,
        "deals": 8800,
        "deals.joins.users": 35,
        "products": 7,
        "users": 35,
    },
    "ravenstack/iso": {"accounts": 500, "subscriptions": 5000, "tickets": 2000},
    "it_incidents": {"tickets": 890},
    "online_retail": {"orders": 42481},
    "cdnow": {"orders": 69659},
    "telco_churn": {"accounts": 7043},
}


@pytest.mark.parametrize("name", KEPT)
def test_the_proposal_reads_every_row(name: str, real_data: RealData, tmp_path: Path) -> None:
    folder = real_data(name)
    files = sorted(f for f in folder.iterdir() if f.suffix in (".csv", ".txt"))
    text = propose(files, ProjectConfig(currency="USD", time_zone="UTC"), tmp_path).text
    (tmp_path / "kpi.toml").write_text(text, encoding="utf-8")
    crm = connect(tmp_path / "kpi.toml", as_of="2026-01-01")
    assert {part.table: part.kept for part in crm.reading} == KEPT[name]
    assert len(crm.quarantine()) == 0


def test_the_figures_of_maven_are_reproduced(real_data: RealData, tmp_path: Path) -> None:
    file = real_data("maven_crm") / "sales_pipeline.csv"
    text = propose([file], ProjectConfig(currency="USD", time_zone="UTC"), tmp_path).text
    (tmp_path / "kpi.toml").write_text(text, encoding="utf-8")
    sql = "SELECT count(*), sum(amount) FROM deals WHERE status = 'won'"
    assert connect(tmp_path / "kpi.toml").query(sql) == [(4238, 10005534)]


@pytest.mark.parametrize(
    ("file", "table", "columns"),
    [
        ("hubspot/deal_data", "deals", "deal_id owner pipeline stage amount created_at closed_at"),
        ("hubspot/ticket_data", "tickets", "ticket_id agent created_at resolved_at"),
        ("salesforce/sf_opportunity_data", "deals", "deal_id account_id owner source amount"),
        ("salesforce/sf_lead_data", "leads", "lead_id source created_at deal_id"),
        ("zendesk/ticket_data", "tickets", "ticket_id agent channel priority created_at"),
        ("mailchimp/campaign", "campaigns", "campaign_id name launched_at"),
        ("qualtrics/survey_response", "surveys", "response_id responded_at"),
    ],
)
def test_vendors_names_are_known(
    file: str, table: str, columns: str, real_data: RealData, tmp_path: Path
) -> None:
    path = real_data("vendor_schemas") / f"{file}.csv"
    text = propose([path], ProjectConfig(time_zone="UTC"), tmp_path).text
    stanza = text.partition(f"[tables.{table}.columns]\n")[2].partition("\n[")[0]
    named = {line.split(" = ")[0] for line in stanza.splitlines() if " = " in line}
    assert set(columns.split()) <= named
