"""Targets, which of them holds, and how much of it was reached."""

import datetime as dt

import pandas as pd
import pytest

from kpi_toolkit.crm.connect import from_frames
from kpi_toolkit.insight.targets.targets import Targets, attainment
from tests.insight.readings import AS_OF, period


@pytest.mark.parametrize(
    ("value", "target", "better", "share"),
    [
        (90.0, 100.0, "up", 0.9),
        (120.0, 100.0, "up", 1.2),
        (50.0, 60.0, "down", 1.2),
        (80.0, 60.0, "down", 0.75),
        (0.0, 100.0, "up", 0.0),
        (0.0, 60.0, "down", None),
        (None, 100.0, "up", None),
        (90.0, None, "up", None),
        (90.0, 0.0, "up", None),
        (-5.0, 100.0, "up", None),
        (5.0, -100.0, "up", None),
    ],
)
def test_attainment_is_1_when_reached_whichever_way_is_better(
    value: float | None, target: float | None, better: str, share: float | None
) -> None:
    assert attainment(value, target, better) == (None if share is None else pytest.approx(share))


def targets(**columns: list[object]) -> Targets:
    frame = pd.DataFrame(
        {"kpi": ["won_value", "won_value"], "period": ["2026-Q3", "2026"], "value": [90, 400]}
        | columns
    )
    return Targets.of(from_frames(as_of=AS_OF, time_zone="UTC", targets=frame))


def test_a_target_is_found_by_its_period() -> None:
    found = targets()
    assert found.find("won_value", period("2026-Q3")) == 90
    assert found.find("won_value", period("2026")) == 400
    assert found.find("won_value", period("2026-Q2")) is None
    assert found.find("sales_cycle", period("2026-Q3")) is None


def test_a_members_target_is_not_the_wholes() -> None:
    found = targets(dimension=["owner", None], member=["Ann", None])
    assert found.find("won_value", period("2026-Q3")) is None
    assert found.find("won_value", period("2026-Q3"), "owner", "Ann") == 90


def test_without_a_targets_table_there_is_none() -> None:
    deals = pd.DataFrame({"deal_id": ["1"], "status": ["won"]})
    crm = from_frames(as_of=AS_OF, deals=deals)
    assert Targets.of(crm).find("won_value", period("2026-Q3")) is None


@pytest.mark.parametrize(
    ("moment", "held"),
    [
        ("2026-07-01T00:00:00", ["2026"]),
        ("2026-07-01T00:00:01", ["2026-Q3", "2026"]),
        ("2026-10-01T00:00:00", ["2026-Q3", "2026"]),
        ("2026-10-01T00:00:01", ["2026"]),
        ("2027-01-01T00:00:01", []),
    ],
)
def test_a_period_that_has_just_ended_has_its_own_target(moment: str, held: list[str]) -> None:
    at = dt.datetime.fromisoformat(moment)
    assert [target.text for target in targets().rows if target.holds_at(at)] == held


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        ("2026-Q3", 90),
        ("2026-09", 90),
        ("2026-Q2", 400),
        ("2026-Q4", 400),
        ("2026", 400),
        ("2025-Q4", None),
    ],
)
def test_of_the_targets_that_hold_a_period_the_shortest_counts(
    asked: str, held: float | None
) -> None:
    found = targets().holding(period(asked), AS_OF)
    assert [target.value for target in found] == ([] if held is None else [held])


def test_for_all_time_the_shortest_that_holds_now_counts() -> None:
    july = dt.datetime.fromisoformat("2026-07-20")
    assert [t.text for t in targets().holding(period("all"), july)] == ["2026-Q3"]
    assert [t.text for t in targets().holding(period("all"), AS_OF)] == ["2026"]


def test_each_member_has_a_target_of_its_own() -> None:
    found = targets(dimension=["owner", "owner"], member=["Ann", "Bob"])
    assert [t.member for t in found.holding(period("2026-Q3"), AS_OF)] == ["Ann", "Bob"]


def test_a_row_without_a_value_holds_for_nothing() -> None:
    found = targets(value=[None, 400.0])
    assert [t.text for t in found.holding(period("2026-Q3"), AS_OF)] == ["2026"]
