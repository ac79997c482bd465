"""The open deals to worry about, as a block of a report."""

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.blocks import Block
from kpi_toolkit.report import Report
from tests.insight.deals.test_at_risk import LOG, OPEN, WON, crm_of

NBSP, NNBSP = "\u00a0", "\u202f"


def at_risk(crm: kt.Crm, language: str = "en", **settings: int) -> Block:
    return Report("pipeline", period="2026-Q3", crm=crm, language=language).at_risk(**settings)


def plain(text: str) -> str:
    return text.replace(NBSP, " ").replace(NNBSP, " ")


def test_the_worst_come_first_with_their_reasons() -> None:
    found = at_risk(crm_of(OPEN, WON, record_changes=LOG)).content
    assert found["message"] == "3 of 6 open deals are at risk, worth €55 of €165."
    assert plain(found["subject"]) == (
        "All of them, 1 Oct 2026: 2 past their expected closing; 2 of which nothing was recorded "
        "for more than 30 d; one open for more than 181 d, longer than nine of ten won deals took."
    )
    assert [row[0] for row in found["rows"]] == ["all", "silent", "due"]
    assert plain(found["rows"][0][-1]) == "due 100 d ago; silent for 214 d; open for 214 d"


def test_in_french_too() -> None:
    found = at_risk(crm_of(OPEN, WON, record_changes=LOG), "fr", n=1).content
    assert (
        plain(found["message"]) == "3 affaires ouvertes sur 6 sont à risque, soit 55 € sur 165 €."
    )
    assert plain(found["subject"]).startswith("La première, 1er oct. 2026 : 2 ont dépassé")
    assert plain(found["rows"][0][-1]) == (
        "échéance passée de 100 j ; sans activité depuis 214 j ; ouverte depuis 214 j"
    )


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
