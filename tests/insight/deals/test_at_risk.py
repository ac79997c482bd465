"""Open deals to worry about, on a table worked out by hand."""

import datetime as dt

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.insight.deals.at_risk import DealsAtRisk, deals_at_risk
from tests.insight.deals.deal_tables import changes, deals

AS_OF = dt.datetime(2026, 9, 30, 22)  # noqa: DTZ001 - naive UTC: the first of October in Paris
OPEN = deals(
    ("fine", 10, "2026-09-25", "open", None, "2026-10-01"),
    ("due", 20, "2026-09-25", "open", None, "2026-09-30"),
    ("silent", 30, "2026-08-31 23:00", "open", None, "2026-12-31"),
    ("heard of", 40, "2026-08-31 23:00", "open", None, "2026-12-31"),
    ("all", 5, "2026-03-01", "open", None, "2026-06-23"),
    ("undated", 60, None, "open", None, None),
    ("lost", 70, "2026-03-01", "lost", "2026-09-01", "2026-06-01"),
    ("tomorrow", 80, "2026-10-01", "open", None, "2026-06-01"),
)
# Twenty won deals took 10, 20, ... 200 days: nine tenths took at most 181, by interpolation.
WON = deals(
    *(
        (f"w{days}", 1, str(dt.date(2026, 9, 1) - dt.timedelta(days)), "won", "2026-09-01")
        for days in range(10, 201, 10)
    )
)
LOG = changes(
    ("heard of", "2026-09-10", "stage", "A", "B"), ("all", "2026-10-02", "stage", "A", "")
)


def crm_of(*tables: pd.DataFrame, **others: pd.DataFrame) -> Crm:
    return kt.from_frames(
        as_of=AS_OF, time_zone="Europe/Paris", deals=pd.concat(tables, ignore_index=True), **others
    )


def told(found: DealsAtRisk) -> dict[str, dict[str, int]]:
    return {deal.deal_id: dict(deal.days) for deal in found.deals}


def test_each_deal_has_the_days_behind_its_reasons() -> None:
    found = kt.deals_at_risk(crm_of(OPEN, WON, record_changes=LOG))
    assert found.usual_days == pytest.approx(181, abs=0.1)
    assert told(found) == {
        "all": {"overdue": 100, "silent": 214, "old": 214},
        "silent": {"silent": 31},
        "due": {"overdue": 1},
    }
    assert (found.open_deals, found.open_amount, found.amount) == (6, 165, 55)
    assert found.unknown == ()


def test_a_reason_that_the_data_cannot_give_is_named() -> None:
    found = deals_at_risk(crm_of(OPEN.drop(columns="expected_close_on"), WON[:19]))
    assert told(found) == {}
    assert found.unknown == ("overdue", "silent", "old")


def test_what_is_planned_for_later_is_no_sign_of_life() -> None:
    meetings = pd.DataFrame(
        {
            "activity_id": ["a", "b"],
            "deal_id": ["silent", "heard of"],
            "created_at": pd.to_datetime(["2026-10-05", "2026-09-29"]),
        }
    )
    found = deals_at_risk(crm_of(OPEN, activities=meetings))
    assert found.count("silent") == 2  # "silent" and "all"


@pytest.mark.parametrize(("silent_days", "expected"), [(29, 2), (30, 2), (31, 1), (214, 0)])
def test_the_days_of_silence_may_be_chosen(silent_days: int, expected: int) -> None:
    found = deals_at_risk(crm_of(OPEN, record_changes=LOG), silent_days=silent_days)
    assert found.count("silent") == expected


def test_a_member_has_its_own_deals_but_the_usual_time_of_all() -> None:
    crm = crm_of(OPEN.assign(owner=["Ann", "Bob"] * 4), WON, record_changes=LOG)
    found = deals_at_risk(crm, within={"owner": "Ann"})
    assert list(told(found)) == ["silent", "all"]
    assert found.usual_days == pytest.approx(181, abs=0.1)
    assert found.open_deals == 3


def test_the_frame_has_the_reasons_in_words() -> None:
    crm = crm_of(OPEN, WON, record_changes=LOG)
    frame = kt.deals_at_risk(crm).frame
    plain = frame["reasons"].str.replace("\u202f", " ").tolist()
    assert plain == [
        "silent for 31 d",
        "due 1 d ago",
        "due 100 d ago; silent for 214 d; open for 214 d",
    ]
    assert frame["amount"].tolist() == [30.0, 20.0, 5.0]


def test_who_has_left_is_gone_and_who_leaves_now_is_not() -> None:
    owned = OPEN[OPEN["deal_id"].isin(["fine", "due"])].assign(owner=["Ann", "Bob"])
    left = pd.to_datetime(["2026-10-01 00:00", "2026-09-30 23:59"])
    users = pd.DataFrame({"user_id": ["Ann", "Bob"], "active_to": left})
    assert told(deals_at_risk(crm_of(owned, users=users))) == {"due": {"overdue": 1, "left": 1}}


def test_members_have_their_deals_at_risk_and_all_that_they_have_open() -> None:
    crm = crm_of(OPEN.assign(owner=["Ann", "Bob"] * 4), WON, record_changes=LOG)
    found = deals_at_risk(crm, by="owner").members
    assert [(one.member, one.amount, one.open_amount, one.open_deals) for one in found] == [
        ("Ann", 35, 45, 3),
        ("Bob", 20, 120, 3),
    ]


def test_they_show_themselves_in_a_notebook() -> None:
    found = deals_at_risk(crm_of(OPEN, WON, record_changes=LOG))
    shown = found._repr_mimebundle_()
    title, said, line, *_ = shown["text/plain"].splitlines()
    assert title == "Deals at risk"
    assert said.startswith(f"{len(found.deals)} of {found.open_deals} open deals are at risk")
    assert line.startswith(f"  {found.deals[0].deal_id}  €")
    assert found.deals[0].deal_id in shown["text/html"]
