"""An edition's rules, broken one by one."""

import csv
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from kpi_toolkit.config.headlines import HeadlineConfig
from kpi_toolkit.crm.connect import Crm, from_frames
from kpi_toolkit.format import Format
from kpi_toolkit.insight.headlines import action, breaches, headlines, told, told_together
from kpi_toolkit.kpis import registry
from kpi_toolkit.measures.indicator import of_catalogue

ENGLISH = Format("en", "EUR")
LEADING = ("pipeline_value", "leads_created", "time_in_stage", "monthly_recurring_revenue")
LAGGING = ("won_value", "decided_win_rate", "sales_cycle", "average_won_deal", "revenue")


@pytest.fixture(scope="module")
def crm() -> Crm:
    """Deals with all that the KPIs above need of them, and no lead, stage, order or contract."""
    day = pd.to_datetime(["2026-09-01"])
    deals = pd.DataFrame(
        {
            "deal_id": ["1"],
            "status": ["won"],
            "amount": [1.0],
            "created_at": day,
            "closed_at": day,
            "first_contact_at": day,
        }
    )
    return from_frames(deals=deals)


def said(crm: Crm, *names: str, **changes: HeadlineConfig) -> list[str]:
    good = HeadlineConfig(owner="Eve", act_on="Ask why")
    found = headlines({name: changes.get(name, good) for name in names})
    return [told(one, ENGLISH) for one in breaches(found, crm) if one.rule != "available"]


@pytest.mark.parametrize(
    ("leading", "lagging", "balanced"),
    [(3, 3, True), (2, 3, True), (3, 5, True), (4, 5, True), (1, 4, False), (4, 1, False)],
)
def test_leading_and_lagging_are_two_at_least_of_each(
    crm: Crm, leading: int, lagging: int, balanced: bool
) -> None:
    found = said(crm, *LEADING[:leading], *LAGGING[:lagging])
    assert (found == []) is balanced
    if not balanced:
        assert found == [
            f"Leading and lagging headlines are out of balance, {leading} to {lagging}: an edition "
            "has at least two of each, and at most 70% of one kind."
        ]


def test_one_kind_has_at_most_seven_of_ten(crm: Crm) -> None:
    """Two to five is 71 %."""
    assert "out of balance, 2 to 5" in said(crm, *LEADING[:2], *LAGGING)[0]


@pytest.mark.parametrize("names", [(), LAGGING[:4], (*LEADING, *LAGGING, "backlog", "churn_rate")])
def test_an_edition_has_five_to_ten(crm: Crm, names: tuple[str, ...]) -> None:
    assert said(crm, *names) == [
        f"An edition has 5 to 10 headlines, and this one has {len(names)}; declare them in "
        "[headlines]."
    ]


def test_each_has_an_owner_and_what_to_do(crm: Crm) -> None:
    found = said(crm, *LEADING[:3], *LAGGING[:3], won_value=HeadlineConfig(owner=" ", act_on="Ask"))
    assert found == [
        "Won value is a headline that nobody answers for; write owner in [headlines.won_value]."
    ]
    found = said(crm, *LEADING[:3], *LAGGING[:3], won_value=HeadlineConfig(owner="Eve"))
    assert found == [
        "Won value is a headline without what to do when it moves; write act_on in "
        "[headlines.won_value]."
    ]


def test_on_a_page_those_that_lack_the_same_are_one_sentence(crm: Crm) -> None:
    lacking = {"won_value": HeadlineConfig(act_on="Ask"), "won_deals": HeadlineConfig(act_on="Ask")}
    found = breaches(headlines({**lacking, "won_valeu": HeadlineConfig(owner="Eve")}), crm)
    edition, owners, *others = told_together(found, ENGLISH)
    assert "this one has 3" in edition
    assert owners == (
        "Nobody answers for 2 headlines (Won value, Deals won); write owner in [headlines]."
    )
    assert [text.split(" is ")[1][:20] for text in others] == [
        "a headline, but no K",
        "a headline without w",
    ]


def test_each_is_a_kpi_that_the_data_have(crm: Crm) -> None:
    names = ("won_valeu", *LEADING[:3], *LAGGING[1:4])
    assert said(crm, *names) == [
        "“won_valeu” is a headline, but no KPI has this name. Did you mean “won_value”?"
    ]
    good = HeadlineConfig(owner="Eve", act_on="Ask why")
    found = breaches(headlines(dict.fromkeys((*LEADING[:3], *LAGGING[:3]), good)), crm)
    assert [told(one, ENGLISH) for one in found] == [
        "Leads created is a headline, but the data lack Leads; choose another one.",
        "Time in stage is a headline, but the data lack Deal stages, Stages; choose another one.",
    ]


def test_an_analysts_kpi_says_its_own_kind() -> None:
    assert of_catalogue([]) is None
    assert of_catalogue(["R02"]) is None
    assert of_catalogue(["S17", "S01"]) == "leading"


@pytest.mark.real_data
def test_each_kpi_is_what_the_catalogue_calls_it(real_data: Callable[[str], Path]) -> None:
    shared = real_data("maven_crm").parents[1]
    with (shared / "kpi_catalogue.csv").open(encoding="utf-8") as file:
        rows = {row["id"]: row["leading_or_lagging"].split()[0] for row in csv.DictReader(file)}
    for kpi in registry().values():
        if kpi.catalogue:
            expected = rows[kpi.catalogue[0]]
            assert kpi.indicator == (None if expected == "disputed" else expected), kpi.name


def test_owner_and_action_are_in_the_language_of_the_report() -> None:
    both = {"fr": "Relire", "en": "Go through"}
    declared = {"won_value": HeadlineConfig(owner="Eve", act_on=both)}
    for language, act_on in both.items():
        (found,) = headlines(declared, language)
        assert action(found, Format(language, "EUR")).endswith(act_on)
        assert found.owner == "Eve"
    (only,) = headlines({"won_value": HeadlineConfig(act_on={"fr": "Relire"})}, "en")
    assert (only.owner, only.act_on) == ("", "Relire")


def test_another_language_is_refused() -> None:
    with pytest.raises(ValueError, match="'fr' or 'en'"):
        HeadlineConfig(act_on={"de": "Lesen"})
    with pytest.raises(ValueError, match="expected a text, or one a language"):
        HeadlineConfig(owner=3)
