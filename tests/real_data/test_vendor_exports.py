"""The presets of `kpi init --from` on files with the vendors' real columns: every row accounted
for, and values of at least two rows a table as they stand in the files.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kpi_toolkit.cli import app
from kpi_toolkit.crm.connect import Crm, connect
from kpi_toolkit.crm.table_read import TableRead
from kpi_toolkit.errors import DataError

# Rows of the file, rows kept, rows left out as deleted.
HUBSPOT = {
    "deals": (44, 44, 0),
    "stages": (71, 69, 2),
    "deal_stages": (14, 14, 0),
    "accounts": (24, 24, 0),
    "contacts": (22, 22, 0),
    "activities": (5, 5, 0),
    "users": (100, 100, 0),
    "tickets": (25, 25, 0),
    "campaigns": (100, 100, 0),
    "list_members": (100, 100, 0),
}
SALESFORCE = {
    "deals": (10, 0, 10),
    "deal_stages": (10, 10, 0),
    "accounts": (10, 1, 9),
    "contacts": (4, 4, 0),
    "leads": (1, 1, 0),
    "activities": (10, 10, 0),
    "users": (10, 10, 0),
    "orders": (10, 10, 0),
}
ZENDESK = {
    "tickets": (10, 8, 2),
    "record_changes": (38, 38, 0),
    "accounts": (10, 10, 0),
    "contacts": (10, 10, 0),
    "users": (10, 10, 0),
}

Begin = Callable[..., Crm]


@pytest.fixture(scope="module")
def projects() -> dict[str, Path]:
    """kpi.toml of each vendor's project, once it has begun."""
    return {}


@pytest.fixture(scope="module")
def begin(
    real_data: Callable[[str], Path],
    tmp_path_factory: pytest.TempPathFactory,
    projects: dict[str, Path],
) -> Begin:
    """A project that `kpi init --from` has begun over a vendor's files, in UTC, once kpi.toml is
    edited.
    """
    files = real_data("vendor_schemas")

    def begun(vendor: str, edited: Callable[[str], str] = str) -> Crm:
        folder = tmp_path_factory.mktemp(vendor) / "project"
        options = ["--from", vendor, "--data", str(files / vendor), "--time-zone", "UTC"]
        made = CliRunner().invoke(app, ["init", *options, str(folder)])
        assert made.exit_code == 0, made.output
        config = folder / "kpi.toml"
        config.write_text(edited(config.read_text(encoding="utf-8")), encoding="utf-8")
        crm = connect(config, as_of="2026-01-01")
        projects.setdefault(vendor, config)
        return crm

    return begun


@pytest.fixture(scope="module")
def hubspot(begin: Begin) -> Crm:
    return begin("hubspot")


@pytest.fixture(scope="module")
def zendesk(begin: Begin) -> Crm:
    return begin("zendesk")


@pytest.fixture(scope="module")
def salesforce(begin: Begin) -> Crm:
    """Its deals are all deleted, which has to be admitted."""
    stanza = "[tables.deals]\n"
    return begin("salesforce", lambda text: text.replace(stanza, f"{stanza}may_be_empty = true\n"))


@pytest.fixture(scope="module")
def undeleted(begin: Begin) -> Crm:
    """Without the lines that leave deleted records out."""
    return begin("salesforce", lambda text: re.sub(r"(?m)^where = .*\n", "", text))


def read(crm: Crm) -> dict[str, TableRead]:
    return {part.table: part for part in crm.reading if not part.derived and "." not in part.table}


def row(crm: Crm, table: str, **wanted: Any) -> Mapping[str, str]:
    """The values of the one row with an id, as text, without those that are not there."""
    ((key, value),) = wanted.items()
    found = crm.frame(f"SELECT * FROM {table} WHERE {key} = ?", [value]).to_dict("records")
    assert len(found) == 1
    return {k: str(v) for k, v in found[0].items() if v == v and v is not None and k != "_line"}


@pytest.mark.parametrize(
    ("vendor", "expected"),
    [("hubspot", HUBSPOT), ("salesforce", SALESFORCE), ("zendesk", ZENDESK)],
)
def test_every_row_is_accounted_for(
    vendor: str, expected: dict[str, tuple[int, int, int]], request: pytest.FixtureRequest
) -> None:
    found = read(request.getfixturevalue(vendor))
    assert {name: (r.rows, r.kept, r.left_out) for name, r in found.items()} == expected
    assert not any(r.quarantined for r in found.values())


def test_hubspots_deals_without_stage_amount_or_closing_are_open(hubspot: Crm) -> None:
    first = {"deal_id": "1244495215", "status": "open", "created_at": "2019-12-04 12:48:22"}
    assert row(hubspot, "deals", deal_id="1244495215") == first
    owned = row(hubspot, "deals", deal_id="2392872971")
    assert owned["owner"] == "gjMMJfwLmOf2YmxZCYCVVw=="  # the address of owner 35252170
    assert owned["created_at"] == "2020-07-09 20:15:11"


def test_hubspots_stages(hubspot: Crm) -> None:
    first = row(hubspot, "stages", stage="/n0+plNHbWErNq8Ek+NM3g==")
    assert (first["pipeline"], first["position"], first["probability"]) == (
        "wh+Wm18D0z1D4E+PE252gg==",
        "6",
        "1.0",
    )
    assert row(hubspot, "stages", stage="fQXVZHvq6nRBO5G2jluSrw==")["probability"] == "0.8"
    entered = row(hubspot, "deal_stages", deal_id="3954699413")
    assert entered["entered_at"] == "2021-01-07 06:49:18"
    assert entered["stage"] == "f66ca9bc5a02c2f1513ce83f0a0e117d"
    assert row(hubspot, "deal_stages", deal_id="3954780486")["entered_at"] == "2021-01-07 08:00:46"


def test_hubspots_companies_and_contacts(hubspot: Crm) -> None:
    company = row(hubspot, "accounts", account_id="2182162682")
    assert (company["region"], company["country"]) == ("XX", "United States")
    assert company["created_at"] == "2019-07-05 20:35:26"
    other = row(hubspot, "accounts", account_id="2319384765")
    assert other["name"] == "205020e0c4a91e8ee3f36b068dee85d3"
    contact = row(hubspot, "contacts", contact_id="78971951")
    assert contact["name"] == "db320f93ead463e1a2faee198cd9a122 22370ea245fce0b355938327d41bd1e4"
    assert contact["email"] == "fcb67ef339b691956cc85fa12be6490c"
    assert row(hubspot, "contacts", contact_id="76340251")["created_at"] == "2021-03-21 14:33:30"


def test_hubspots_engagements_of_four_files(hubspot: Crm) -> None:
    call = row(hubspot, "activities", activity_id="19732910159")
    assert (call["kind"], call["done_at"]) == ("call", "2014-08-27 20:50:44.778000")
    task = row(hubspot, "activities", activity_id="32034933897")
    assert (task["kind"], task["due_at"]) == ("task", "2023-03-08 02:30:00")
    assert "done_at" not in task
    assert row(hubspot, "activities", activity_id="19732910300")["kind"] == "message"


def test_hubspots_owners_tickets_campaigns_and_lists(hubspot: Crm) -> None:
    owner = row(hubspot, "users", user_id="PsO4E5YPnpbcBSOq3aGKtQ==")
    assert owner["active_from"] == "2020-02-13 18:19:32.792000"
    ticket = row(hubspot, "tickets", ticket_id="307034542")
    assert ticket["first_response_at"] == "2021-02-17 21:59:58"
    assert ticket["resolved_at"] == "2020-11-10 14:54:50"
    assert "resolved_at" not in row(hubspot, "tickets", ticket_id="293370454")
    campaign = row(hubspot, "campaigns", campaign_id="75310262")
    assert (campaign["kind"], campaign["channel"]) == ("FEEDBACK_NPS_EMAIL", "email")
    assert row(hubspot, "campaigns", campaign_id="2") == {"campaign_id": "2", "channel": "email"}
    member = row(hubspot, "list_members", contact_id="31993001")
    assert member["subscribed_at"] == "2020-05-10 01:04:46.778000"
    assert member["unsubscribed_at"] == "2020-05-10 11:01:15.168000"


def test_salesforces_deals_are_all_deleted_which_is_told(begin: Begin) -> None:
    with pytest.raises(DataError, match=r"tables\.deals\.where leaves out all of its 10 rows"):
        begin("salesforce")


def test_salesforces_opportunities(undeleted: Crm) -> None:
    won = row(undeleted, "deals", deal_id="006q000000HddohAAB")
    assert (won["status"], won["amount"]) == ("won", "24120000.0")
    assert won["created_at"] == "2018-12-19 19:51:13"
    assert won["closed_at"] == "2018-12-19 00:00:00"
    assert "stage" not in won
    lost = row(undeleted, "deals", deal_id="006q000000HK8jdAAD")
    assert (lost["status"], lost["amount"], lost["closed_at"]) == (
        "lost",
        "200000.0",
        "2018-11-21 00:00:00",
    )
    still = row(undeleted, "deals", deal_id="006q000000HdOhuAAF")
    assert (still["status"], still["stage"]) == ("open", "9RN9J3tlxr89gDctReax5w==")
    assert "closed_at" not in still


def test_salesforces_accounts_contacts_and_leads(undeleted: Crm) -> None:
    account = row(undeleted, "accounts", account_id="0015500000Xyy06AAB")
    assert account["name"] == "Eric's Test"
    assert row(undeleted, "accounts", account_id="0015500000Ygpq1AAB")["name"] == "Seinfeld"
    contact = row(undeleted, "contacts", contact_id="0031G00000q9jPQAQ")
    assert (contact["name"], contact["phone"]) == ("Janet Yellen", "(555) 555-5555")
    assert row(undeleted, "contacts", contact_id="0031G00000rfAvuQAE")["name"] == "Jerome Powell"
    lead = row(undeleted, "leads", lead_id="00Q1G00000nDnM5UAK")
    assert lead["account_id"] == "0011G00000tLWKnQAO"
    assert lead["qualified_at"] == "2019-11-11 17:23:34"


def test_salesforces_tasks_users_orders_and_stays(undeleted: Crm) -> None:
    task = row(undeleted, "activities", activity_id="00T1G00003Ufap9UAB")
    assert (task["kind"], task["contact_id"]) == ("task", "0031G00001S3ckZQAR")
    assert (task["deal_id"], task["done_at"]) == ("0061G00000N38JZQAZ", "2019-11-11 17:23:34")
    assert row(undeleted, "activities", activity_id="00T1G00003UfepsUAB")["owner"]
    assert row(undeleted, "users", user_id="xv6xgJYOh/ZMPRNDPbzueQ==")
    assert row(undeleted, "orders", order_id="5393")["amount"] == "27998.6"
    assert row(undeleted, "orders", order_id="5392")["ordered_at"] == "2019-11-11 17:23:34"
    stay = row(undeleted, "deal_stages", deal_id="006q000000HdOhuAAF")
    assert stay["entered_at"] == "2019-04-03 18:36:06"


def test_zendesks_tickets(zendesk: Crm) -> None:
    ticket = row(zendesk, "tickets", ticket_id="11071")
    assert (ticket["agent"], ticket["priority"]) == ("example@email.com", "urgent")
    assert ticket["resolved_at"] == "2020-11-14 11:01:27"
    assert ticket["reopened"] == "False"
    other = row(zendesk, "tickets", ticket_id="16988")
    assert (other["agent"], other["channel"]) == ("418284131934", "email")
    assert "resolved_at" not in other  # its history is not in the files


def test_zendesks_history_organisations_contacts_and_users(zendesk: Crm) -> None:
    changes = zendesk.query(
        "SELECT changed_at::VARCHAR, field, new FROM record_changes WHERE record_id = '11071' "
        "ORDER BY _line LIMIT 2"
    )
    assert changes == [
        ("2020-08-28 11:01:27", "status", "open"),
        ("2020-08-28 11:01:27", "assignee_id", "1111"),
    ]
    assert row(zendesk, "accounts", account_id="370326104793")["name"] == "name1"
    assert (
        row(zendesk, "accounts", account_id="370326181493")["created_at"] == "2020-02-13 22:50:18"
    )
    assert row(zendesk, "contacts", contact_id="2222")["name"] == "Earnest End User"
    assert row(zendesk, "contacts", contact_id="403957746773")["account_id"] == "370319191913"
    assert row(zendesk, "users", user_id="example@email.com")["active_from"] == (
        "2020-02-26 22:55:12"
    )


@pytest.mark.parametrize("vendor", ["hubspot", "salesforce", "zendesk"])
def test_kpi_check_reads_them(
    vendor: str, request: pytest.FixtureRequest, projects: Mapping[str, Path]
) -> None:
    request.getfixturevalue(vendor)
    said = CliRunner().invoke(app, ["check", "--config", str(projects[vendor])])
    assert said.exit_code == 0, said.output
