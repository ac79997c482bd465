"""Targets and how much of them was reached."""

import pandas as pd
import pytest

from kpi_toolkit.crm.connect import from_frames
from kpi_toolkit.insight.targets import Targets, attainment
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
    return Targets.of(from_frames(as_of=AS_OF, targets=frame))


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
