"""A vendor's preset becomes the mapping of the exports that are there, and of nothing else."""

from pathlib import Path
from typing import Any

import pytest

from kpi_toolkit import resources
from kpi_toolkit.config import Config, ProjectConfig, load
from kpi_toolkit.crm import mapping, presets
from kpi_toolkit.crm.connect import Crm, connect
from kpi_toolkit.crm.presets.blocks import Block, alternatives, blocks
from kpi_toolkit.crm.presets.fitting import VENDORS
from kpi_toolkit.crm.presets.stanzas import assumed
from kpi_toolkit.crm.tables import TABLES

NEW_YORK = ProjectConfig(time_zone="America/New_York", currency="USD")
PROJECT = '[project]\ntime_zone = "America/New_York"\ncurrency = "USD"\n[source]\nkind = "files"\n'


def every_block() -> list[tuple[str, Block]]:
    read = {vendor: resources.preset(vendor).read_text("utf-8") for vendor in VENDORS}
    return [(vendor, block) for vendor, text in read.items() for block in blocks(text)[1]]


def configured(folder: Path, tables: str) -> Config:
    (folder / "kpi.toml").write_text(PROJECT + tables.replace("{time_zone}", "UTC"), "utf-8")
    return load(folder / "kpi.toml")


def begun(vendor: str, folder: Path, **files: str) -> tuple[presets.Fitted, Crm]:
    """The records of some exports, mapped by a vendor's preset."""
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    fitted = presets.fit(vendor, folder, NEW_YORK)
    for name, text in fitted.selects.items():
        (folder / name).write_text(text, encoding="utf-8")
    configured(folder, fitted.text)
    return fitted, connect(folder / "kpi.toml", as_of="2026-10-05")


def rows(crm: Crm, table: str, *columns: str) -> list[tuple[Any, ...]]:
    return [
        tuple(str(value) if value is not None else None for value in row)
        for row in crm.query(f"SELECT {', '.join(columns)} FROM {table} ORDER BY _line")
    ]


@pytest.mark.parametrize(("vendor", "block"), every_block())
def test_each_stanza_is_a_mapping_that_kpi_toml_admits(
    vendor: str, block: Block, tmp_path: Path
) -> None:
    stanza = assumed(block)
    selects = {path.name for path in resources.preset(vendor).with_suffix("").glob("*.sql")}
    (plan,) = mapping.plans(configured(tmp_path, stanza.text(selects)))
    assert plan.table.name == block.table
    assert {column.name for column in plan.columns} == stanza.supplied


@pytest.mark.parametrize(("vendor", "block"), every_block())
def test_no_alternative_is_left_in_what_is_written(vendor: str, block: Block) -> None:
    assert " | " not in assumed(block).text(())


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_select_of_a_preset_says_what_it_needs(vendor: str) -> None:
    for path in resources.preset(vendor).with_suffix("").glob("*.sql"):
        first = path.read_text("utf-8").partition("\n")[0]
        needed = first.removeprefix("-- needs: ").split()
        assert needed and all(name.partition(".")[0] in TABLES for name in needed)


@pytest.mark.parametrize("vendor", VENDORS)
def test_without_an_export_all_that_a_vendor_has_is_mapped(vendor: str, tmp_path: Path) -> None:
    fitted = presets.fit(vendor, tmp_path / "nowhere", NEW_YORK)
    config = configured(tmp_path, fitted.text)
    assert not fitted.found
    assert set(config.tables) == set(fitted.absent)
    assert all(files.endswith(".csv") for files in fitted.absent.values())


def test_hubspots_own_export(tmp_path: Path) -> None:
    """Its times are local; 09:30 in New York is 13:30 in UTC, in summer."""
    deals = (
        "Record ID,Deal Name,Deal Stage,Close Date,Deal owner,Amount,Create Date,Pipeline\n"
        "1,Big,Closed Won,2026-07-31 18:00,Ann Lee,1500.50,2026-07-01 09:30,Sales\n"
        "2,Small,Closed lost,2026-08-02 10:00,Bob Ray,,2026-07-02 10:00,Sales\n"
        "3,Next,Proposal,2026-12-24 00:00,Ann Lee,200,2026-07-03 00:15,Sales\n"
    )
    fitted, crm = begun("hubspot", tmp_path, **{"hubspot-crm-exports-all-deals-2026-10-05": deals})
    assert fitted.found == {"deals": "hubspot-crm-exports-all-deals-2026-10-05.csv"}
    assert rows(crm, "deals", "deal_id", "owner", "status", "stage", "amount", "created_at") == [
        ("1", "Ann Lee", "won", None, "1500.5000", "2026-07-01 13:30:00"),
        ("2", "Bob Ray", "lost", None, None, "2026-07-02 14:00:00"),
        ("3", "Ann Lee", "open", "Proposal", "200.0000", "2026-07-03 04:15:00"),
    ]
    assert rows(crm, "deals", "closed_at", "expected_close_on") == [
        ("2026-07-31 22:00:00", "2026-07-31"),
        ("2026-08-02 14:00:00", "2026-08-02"),
        (None, "2026-12-24"),
    ]


def test_hubspots_api_names(tmp_path: Path) -> None:
    """Its times are UTC; who owns a deal is told by the file of owners."""
    _, crm = begun(
        "hubspot",
        tmp_path,
        deals="hs_object_id,dealstage,closedate,hubspot_owner_id,amount,createdate\n"
        "1,closedwon,2026-07-31T22:00:00Z,7,10.5,2026-07-01T09:30:00.250Z\n"
        "2,qualified,2026-12-31T22:00:00Z,8,20,2026-07-02T09:30:00Z\n",
        owners="id,email\n7,ann@example.org\n",
    )
    assert rows(crm, "deals", "deal_id", "owner", "status", "amount", "created_at") == [
        ("1", "ann@example.org", "won", "10.5000", "2026-07-01 09:30:00.250000"),
        ("2", "8", "open", "20.0000", "2026-07-02 09:30:00"),
    ]
    assert rows(crm, "deals", "closed_at") == [("2026-07-31 22:00:00",), (None,)]


def test_salesforces_data_export(tmp_path: Path) -> None:
    """A close date is a day of the business; deleted records are left out."""
    _, crm = begun(
        "salesforce",
        tmp_path,
        Opportunity="Id,IsDeleted,AccountId,StageName,Amount,CloseDate,IsClosed,IsWon,OwnerId,"
        "CreatedDate,Type\n"
        "006A,false,001A,Closed Won,1000.0,2026-07-31,true,true,005A,2026-07-01T09:30:00.000Z,"
        "New Customer\n"
        "006B,false,001A,Negotiation,50.0,2026-12-31,false,false,005B,2026-07-02T09:30:00.000Z,\n"
        "006C,true,001A,Closed Lost,70.0,2026-07-31,true,false,005A,2026-07-03T09:30:00.000Z,\n",
        User="Id,Username\n005A,ann@example.org\n005B,bob@example.org\n",
        OpportunityStage="MasterLabel,SortOrder,DefaultProbability\nNegotiation,8,90\n",
        OpportunityHistory="OpportunityId,StageName,CreatedDate,Amount\n"
        "006A,Negotiation,2026-07-01T09:30:00.000Z,900\n"
        "006A,Negotiation,2026-07-05T09:30:00.000Z,1000\n"
        "006A,Closed Won,2026-07-31T09:30:00.000Z,1000\n",
    )
    assert rows(crm, "deals", "deal_id", "owner", "kind", "status", "stage", "closed_at") == [
        ("006A", "ann@example.org", "new", "won", None, "2026-07-31 04:00:00"),
        ("006B", "bob@example.org", None, "open", "Negotiation", None),
    ]
    assert crm.quarantine().empty
    assert [read.left_out for read in crm.reading if read.table == "deals"] == [1]
    assert rows(crm, "stages", "stage", "position", "probability") == [("Negotiation", "8", "0.9")]
    assert rows(crm, "deal_stages", "stage", "entered_at") == [
        ("Negotiation", "2026-07-01 09:30:00"),
        ("Closed Won", "2026-07-31 09:30:00"),
    ]


def test_pipedrives_list_export_in_two_parts(tmp_path: Path) -> None:
    head = (
        "Deal - ID,Deal - Title,Deal - Owner,Deal - Value,Deal - Currency,Deal - Status,"
        "Deal - Stage,Deal - Deal created,Deal - Won time,Deal - Lost time,Deal - Lost reason\n"
    )
    first = "1,Big,Ann,100,USD,Won,Offer,2026-07-01 09:30:00,2026-07-31 18:00:00,,\n"
    second = "2,Small,Bob,50,USD,Lost,Offer,2026-07-01 09:30:00,,2026-08-01 18:00:00,Price\n"
    parts = {"deals-77-1": head + first, "deals-77-2": head + second}
    fitted, crm = begun("pipedrive", tmp_path, **parts)
    assert fitted.found == {"deals": "deals-77-1.csv, deals-77-2.csv"}
    assert rows(crm, "deals", "deal_id", "owner", "status", "stage", "closed_at") == [
        ("1", "Ann", "won", None, "2026-07-31 22:00:00"),
        ("2", "Bob", "lost", None, "2026-08-01 22:00:00"),
    ]


def test_pipedrives_api_fields(tmp_path: Path) -> None:
    deals = (
        "id,title,user_id,org_id,person_id,stage_id,pipeline_id,value,currency,status,add_time,"
        "update_time,won_time,lost_time,close_time,lost_reason,expected_close_date\n"
        "1,Big,7,3,4,2,1,99.9,USD,won,2026-07-01 09:30:00,2026-07-31 18:00:00,"
        "2026-07-31 18:00:00,,2026-07-31 18:00:00,,\n"
        "2,Next,8,3,4,2,1,50,USD,open,2026-07-02 09:30:00,,,,,,2026-12-24\n"
    ) + "".join(f"{n},Old,8,3,4,2,1,1,USD,open,2026-07-02 09:30:00,,,,,,\n" for n in range(3, 40))
    deleted = "40,Gone,8,3,4,2,1,1,USD,deleted,2026-07-02 09:30:00,,,,,,\n"
    _, crm = begun(
        "pipedrive",
        tmp_path,
        deals=deals + deleted,
        users="id,email,created\n7,ann@example.org,2026-01-01 00:00:00\n",
        stages="id,order_nr,name,deal_probability,pipeline_id\n2,1,Offer,40,1\n",
        persons="id,name,org_id,primary_email,add_time\n4,Zoe Kay,3,zoe@example.org,"
        "2026-02-01 08:00:00\n",
        organizations="id,name,owner_id,add_time\n3,Kay and Co,7,2026-02-01 08:00:00\n",
        activities="id,type,owner_id,deal_id,add_time,due_date,marked_as_done_time\n"
        "5,call,7,1,2026-07-05 08:00:00,2026-07-06,2026-07-06 14:00:00\n",
    )
    assert rows(crm, "deals", "deal_id", "owner", "status", "stage", "amount", "closed_at")[:2] == [
        ("1", "ann@example.org", "won", None, "99.9000", "2026-07-31 18:00:00"),
        ("2", "8", "open", "2", "50.0000", None),
    ]
    assert [read.left_out for read in crm.reading if read.table == "deals"] == [1]
    assert rows(crm, "stages", "stage", "probability") == [("2", "0.4")]
    assert rows(crm, "accounts", "account_id", "owner") == [("3", "ann@example.org")]
    assert rows(crm, "contacts", "name", "email") == [("Zoe Kay", "zoe@example.org")]
    assert rows(crm, "activities", "kind", "due_at", "done_at") == [
        ("call", "2026-07-06 04:00:00", "2026-07-06 14:00:00")
    ]


def test_zendesk_without_a_history_keeps_what_its_tickets_say(tmp_path: Path) -> None:
    """The SELECT that needs the history is left out, and nothing is guessed in its place."""
    fitted, crm = begun(
        "zendesk",
        tmp_path,
        tickets="id,status,assignee_id,created_at\n1,closed,7,2026-07-01T09:30:00Z\n",
        users="id,name,email,role,created_at\n7,Ann,ann@example.org,agent,2026-01-01T00:00:00Z\n"
        "8,Zoe,zoe@example.org,end-user,2026-01-01T00:00:00Z\n",
    )
    assert set(fitted.selects) == {"contacts.sql", "users.sql"}
    assert rows(crm, "tickets", "ticket_id", "agent") == [("1", "ann@example.org")]
    assert "resolved_at" not in crm.columns["tickets"]
    assert rows(crm, "users", "user_id") == [("ann@example.org",)]
    assert rows(crm, "contacts", "contact_id") == [("8",)]


def test_zendesks_satisfaction_is_a_survey(tmp_path: Path) -> None:
    ratings = (
        "id,score,ticket_id,assignee_id,updated_at\n"
        "1,good,9,7,2026-07-01T09:30:00Z\n2,bad,9,7,2026-07-02T09:30:00Z\n"
        "3,offered,9,7,2026-07-03T09:30:00Z\n"
    )
    _, crm = begun("zendesk", tmp_path, satisfaction_ratings=ratings)
    assert rows(crm, "surveys", "kind", "score", "scale_max") == [
        ("csat", "1.0", "1.0"),
        ("csat", "0.0", "1.0"),
        ("csat", None, "1.0"),
    ]


def test_what_an_export_lacks_stands_there_as_a_comment(tmp_path: Path) -> None:
    fitted, _ = begun(
        "hubspot",
        tmp_path,
        deals="Record ID,Deal Stage,Create Date\n1,Closed Won,2026-07-01 09:30\n",
    )
    lines = fitted.text.splitlines()
    assert "# amount: not in deals.csv" in lines
    assert "[tables.deals]" in lines
    assert any(line.startswith("# [tables.contacts]") for line in lines)
    assert "contacts" in fitted.absent


@pytest.mark.parametrize("column", ["", "IsDeleted", "is_deleted"])
def test_records_are_left_out_only_where_an_export_says_that_they_are_deleted(
    tmp_path: Path, column: str
) -> None:
    columns = "Id,AccountId,CloseDate,IsClosed,IsWon,StageName,CreatedDate"
    (tmp_path / "Opportunity.csv").write_text(f"{columns},{column}\n", encoding="utf-8")
    stanza, _, _ = presets.fit("salesforce", tmp_path, NEW_YORK).text.partition("# [")
    conditions = [line for line in stanza.splitlines() if line.startswith("where")]
    said = [f"where = \"coalesce(lower({column}), 'false') in ('false', '0')\""]
    assert conditions == (said if column else [])


def test_a_file_that_one_table_is_made_of_is_not_unlike_for_another(tmp_path: Path) -> None:
    (tmp_path / "contacts.csv").write_text("id,email\n", encoding="utf-8")
    (tmp_path / "deals.csv").write_text("name\n", encoding="utf-8")
    found = presets.fit("hubspot", tmp_path, NEW_YORK)
    assert (list(found.found), found.unlike) == (["contacts"], ("deals.csv",))
    assert "leads" in found.absent


def test_alternatives_are_in_the_order_of_preference() -> None:
    assert alternatives("Close Date | closedate") == ["Close Date", "closedate"]
