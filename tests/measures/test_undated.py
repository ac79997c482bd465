"""Rows without a date are counted and named, and never left out in silence."""

import pandas as pd

import kpi_toolkit as kt
from kpi_toolkit.kpis import sales
from kpi_toolkit.measures.evaluate import Evaluation
from kpi_toolkit.measures.undated import Undated, undated


def crm(**changes: list[object]) -> kt.Crm:
    frame = pd.DataFrame(
        {
            "deal_id": ["a", "b", "c", "d"],
            "status": ["won", "lost", "open", "won"],
            "created_at": pd.to_datetime(["2026-07-01", None, None, "2026-07-02"]),
            "closed_at": pd.to_datetime(["2026-08-01", "2026-08-02", None, None]),
        }
    ).assign(**changes)
    return kt.from_frames(deals=frame, time_zone="UTC", as_of="2026-10-05")


def found(kpi: kt.kpis.Kpi, data: kt.Crm) -> list[Undated]:
    return undated(kpi.bind().measures, Evaluation(data, data.as_of))


def test_decided_deals_without_a_closing_count_in_no_period() -> None:
    """Deal d is won and has no day; deal c is open, so its empty closing is no fault."""
    assert found(sales.decided_win_rate, crm()) == [Undated("deals", "closed_at", 1)]


def test_deals_without_a_creation_count_in_no_cohort() -> None:
    assert found(sales.opportunity_to_customer_rate, crm()) == [
        Undated("deals", "created_at", 2, is_stock=True)
    ]


def test_dated_rows_and_stocks_are_not_named() -> None:
    dated = crm(closed_at=pd.to_datetime(["2026-08-01"] * 4).tolist())
    assert found(sales.decided_win_rate, dated) == []
    assert found(sales.pipeline_value, crm(amount=[1.0] * 4)) == []
