"""Each rule of a SMART target, broken once."""

import datetime as dt

import pandas as pd
import pytest

from kpi_toolkit.crm.connect import Crm, from_frames
from kpi_toolkit.format import Format
from kpi_toolkit.insight.audit.audit import audit
from kpi_toolkit.insight.targets.smart import smart
from kpi_toolkit.insight.targets.smart_words import weakness
from kpi_toolkit.report.data_check import DataCheck

AS_OF = dt.datetime.fromisoformat("2026-10-05")
ENGLISH = Format("en", "EUR")
GOOD = {
    "kpi": "won_value",
    "period": "2026-Q3",
    "dimension": None,
    "member": None,
    "value": 100.0,
    "owner": "Eve",
}


def crm(*rows: dict[str, object]) -> Crm:
    """Deals won for 10 in each month of 2026 up to September, by Ann; a row of targets each."""
    ends = pd.to_datetime([f"2026-{month:02d}-10" for month in range(1, 10)])
    deals = pd.DataFrame(
        {
            "deal_id": [str(n) for n in range(len(ends))],
            "owner": "Ann",
            "status": "won",
            "amount": 10.0,
            "created_at": ends - pd.Timedelta(days=5),
            "closed_at": ends,
        }
    )
    given = {**{"starts_at": pd.NaT, "ends_at": pd.NaT}, **GOOD}
    targets = pd.DataFrame([given | row for row in rows])
    return from_frames(as_of=AS_OF, time_zone="UTC", deals=deals, targets=targets)


def told(*rows: dict[str, object]) -> list[str]:
    found = smart(crm(*rows), AS_OF)
    return [weakness(one, ENGLISH).replace("\xa0", " ") for one in found]


def test_names_of_kpis_may_be_those_of_another_language() -> None:
    (found,) = smart(crm({"period": "2026-Q9"}), AS_OF)
    said = weakness(found, ENGLISH, names=Format("fr"))
    assert said.startswith("Montant signé: “2026-Q9” is no period")


def test_a_target_that_is_dated_measurable_specific_and_owned_passes() -> None:
    assert told({}, {"dimension": "owner", "member": "Ann"}) == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            {"owner": " "},
            "Won value, Q3 2026: nobody answers for it; write who does in the column owner.",
        ),
        (
            {"period": "H2 2026"},
            "Won value: “H2 2026” is no period; write 2026-Q3, 2026-09, 2026-W38 or 2026.",
        ),
        ({"value": None}, "Won value, Q3 2026: no value is set; write one, or delete the row."),
        (
            {"kpi": "won_valeu"},
            "“won_valeu”, Q3 2026: no KPI has this name. Did you mean “won_value”?",
        ),
        ({"kpi": "xyz"}, "“xyz”, Q3 2026: no KPI has this name."),
        (
            {"kpi": "leads_created"},
            "Leads created, Q3 2026: nothing measures it, since the data lack leads; map that, or "
            "delete the row.",
        ),
        (
            {"kpi": "sales_cycle", "period": "2026-W38"},
            "Sales cycle, W38 2026: the KPI is made for longer periods (month or longer), so "
            "nothing measures it.",
        ),
        (
            {"kpi": "decided_win_rate", "value": 43.0},
            "Win rate, Q3 2026: 4,300% is not possible; write a share such as 0.43.",
        ),
        (
            {"kpi": "deals_by_status"},
            "Deals by status, Q3 2026: neither more nor less of it is better, so a target cannot "
            "judge it; delete the row.",
        ),
        ({"kpi": "sales_cycle", "value": -5.0}, "Sales cycle, Q3 2026: −5.0 d is not possible."),
        (
            {"member": "Ann"},
            "Won value, Ann, Q3 2026: a dimension and a member belong together; fill in both, or "
            "neither.",
        ),
        (
            {"dimension": "ownr", "member": "Ann"},
            "Won value, Ann, Q3 2026: the KPI is not broken down by “ownr”. Did you mean “owner”?",
        ),
        (
            {"dimension": "owner", "member": "Anne"},
            "Won value, Anne, Q3 2026: no record has “Anne” as its owner. Did you mean “Ann”?",
        ),
    ],
)  # fmt: skip
def test_each_fault_says_which_target_and_what_to_do(row: dict[str, object], said: str) -> None:
    assert [one.replace("\u202f", " ") for one in told(row)] == [said]


def test_targets_at_the_same_fault_are_one_sentence() -> None:
    rows = [{"owner": None, "period": f"2026-0{month}"} for month in (1, 2, 3)]
    assert told(*rows) == [
        "Won value, Jan 2026 and 2 more targets: nobody answers for it; write who does in the "
        "column owner."
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"period": "2026-10", "value": 10.0}, []),
        (
            {"period": "2026-10", "value": 10.5},
            [
                "Won value, Oct 2026: €10.50 is beyond all of the 9 periods before, of which the "
                "best had €10 (Jan 2026); is it meant to be?"
            ],
        ),
        ({"period": "2026-09", "value": 99.0}, []),  # over
        ({"period": "2026-Q4", "value": 99.0}, []),  # three quarters before it: too few
    ],
)
def test_beyond_all_earlier_periods_a_target_is_worth_a_thought(
    row: dict[str, object], said: list[str]
) -> None:
    found = smart(crm(row), AS_OF)
    assert told(row) == said
    assert not any(one.is_fault for one in found)


def test_where_lower_is_better_below_all_of_them_is_ambitious() -> None:
    row = {"kpi": "sales_cycle", "period": "2026-10"}
    assert "4.0\u202fd is beyond" in told({**row, "value": 4.0})[0]
    assert told({**row, "value": 5.0}) == []


def test_a_page_names_no_person() -> None:
    found = audit(crm({"dimension": "owner", "member": "Anne"}))
    text = str(DataCheck(found, ENGLISH).targets())
    assert "Ann" not in text
    assert "•••" in text


def test_a_page_says_that_all_targets_are_well_or_that_there_are_none() -> None:
    text = str(DataCheck(audit(crm({})), ENGLISH).targets())
    assert text == "- Each target is dated, measurable, specific and owned."
    nothing = DataCheck(audit(from_frames(deals=pd.DataFrame({"deal_id": ["1"]}))), ENGLISH)
    assert str(nothing.targets()) == "There are no targets."
