"""The open deals to worry about, as a block of a report."""

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.blocks import Block
from kpi_toolkit.report import Report
from tests.insight.deals.test_at_risk import LOG, OPEN, WON, crm_of

NBSP, NNBSP = "\u00a0", "\u202f"


def at_risk(crm: kt.Crm, language: str = "en", **settings: object) -> Block:
    return Report("pipeline", period="2026-Q3", crm=crm, language=language).at_risk(**settings)


def plain(text: str) -> str:
    return text.replace(NBSP, " ").replace(NNBSP, " ")


def test_the_greatest_come_first_with_their_reasons_and_what_to_do() -> None:
    found = at_risk(crm_of(OPEN, WON, record_changes=LOG)).content
    assert found["message"] == "3 of 6 open deals are at risk, worth €55 of €165."
    assert plain(found["subject"]) == (
        "1 Oct 2026: 2 past their expected closing; 2 of which nothing was recorded for more than "
        "30 d; one open for more than 181 d, longer than nine of ten won deals took; one to close "
        "(€5), open for more than 200 d, longer than any deal won in twelve months took."
    )
    # Columns that the data lack, as owner and stage do here, are left out.
    heads = ["Deal", "Amount, €", "Overdue, d", "Silent, d", "Age, d", "To do"]
    assert found["heads"] == heads
    assert found["rows"] == [
        ["silent", "30", "", "31", "", "call"],
        ["due", "20", "1", "", "", "date or close"],
        ["all", "5", "100", "214", "214", "close, unless it has a new date"],
    ]


def test_in_french_too() -> None:
    found = at_risk(crm_of(OPEN, WON, record_changes=LOG), "fr", n=1).content
    assert (
        plain(found["message"]) == "3 affaires ouvertes sur 6 sont à risque, soit 55 € sur 165 €."
    )
    assert plain(found["subject"]).startswith("1er oct. 2026 : 2 ont dépassé leur clôture prévue ;")
    listed = " Liste : la plus grosse des 2 qui ne sont pas à clore."
    assert plain(found["subject"]).endswith(listed)
    assert found["rows"][0][-1] == "relancer"


def test_what_the_data_cannot_tell_is_said() -> None:
    found = at_risk(crm_of(OPEN.drop(columns="expected_close_on"), WON[:3]))
    assert str(found) == (
        "No open deal is at risk. When deals are expected to close is not known. What happens to "
        "deals is not recorded. Too few deals were won in twelve months to tell an unusual age."
    )


@pytest.mark.parametrize("missing", ["amount", "closed_at"])
def test_without_its_data_it_is_a_sentence(missing: str) -> None:
    table = pd.concat([OPEN]).drop(columns=missing)
    assert str(at_risk(crm_of(table))).startswith("Deals at risk: not available (missing:")


USERS = pd.DataFrame({"user_id": ["Ann", "Bob"], "active_to": [pd.Timestamp("2026-08-31"), pd.NaT]})


def test_each_owner_has_its_deals_with_what_part_of_its_pipeline_they_are() -> None:
    owned = OPEN.assign(owner=["Bob", "Bob", "Ann", "Ann", "Bob", None, "Ann", "Ann"])
    found = at_risk(crm_of(owned, WON, record_changes=LOG, users=USERS), by="owner").content
    assert found["message"] == "Ann has most at risk: 2 deals, €70, 74% of the amount at risk."
    assert found["heads"] == [
        "Owner", "At risk", "Past due", "No activity", "Too old", "Owner left", "To close",
        "Amount, €", "of its pipeline",
    ]  # fmt: skip
    assert found["rows"] == [
        ["Ann", "2", "", "1", "", "2", "", "70", "100%"],
        ["Bob", "2", "2", "1", "1", "", "1", "25", "71%"],
    ]


def test_deals_of_an_owner_who_left_are_to_be_given_to_another() -> None:
    owned = OPEN.assign(owner=["Bob", "Bob", "Ann", "Ann", "Bob", None, "Ann", "Ann"])
    rows = at_risk(crm_of(owned, WON, record_changes=LOG, users=USERS)).content["rows"]
    assert {row[0]: row[-1] for row in rows} == {
        "heard of": "give to someone else",
        "silent": "give to someone else",
        "due": "date or close",
        "all": "close, unless it has a new date",
    }


def test_where_most_are_older_than_any_won_deal_the_list_has_those_that_can_still_be_won() -> None:
    old = OPEN[OPEN["deal_id"] == "all"].assign(expected_close_on=None)
    many = [old.assign(deal_id=f"old {n}", amount=1000 + n) for n in range(5)]
    young = old.assign(deal_id="young", amount=7, created_at=pd.Timestamp("2026-03-20"))
    crm = crm_of(*many, young, WON.drop(columns="expected_close_on"))
    found = at_risk(crm, n=1).content
    assert found["rows"] == [["young", "7", "195", "go on or close"]]
    assert plain(found["subject"]).endswith(
        "5 to close (€5.01k), open for more than 200 d, longer than any deal won in twelve months "
        "took. More than half of the open deals are at risk, so that alone tells little. Listed: "
        "the first. When deals are expected to close is not known. What happens "
        "to deals is not recorded."
    )
    said = plain(str(Report("pipeline", period="2026-Q3", crm=crm, language="en").ahead()))
    assert "took; which leaves one to take up (€7); data as of 1 Oct 2026." in said
