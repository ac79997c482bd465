"""Rows that depend on the bounds of a period are made anew for each; see Fact."""

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.measures.fact import Fact
from kpi_toolkit.measures.formula import Node
from kpi_toolkit.measures.kpi import Kpi

# One deal a line: created, closed, and what became of it in the end.
DEALS = [
    ("2026-04-10", "2026-08-02", "won"),
    ("2026-06-30", "2026-09-30", "lost"),
    ("2026-08-15", "2026-10-01", "won"),
    ("2026-09-01", None, "open"),
]
standing = Fact(
    "deals",
    dimensions=("owner", "status"),
    open=("created_at", "closed_at"),
    columns={"status": "case when closed_at < :end then deals.status else 'open' end"},
)
of_period = Fact("deals", where="created_at >= :start and created_at < :end")


@pytest.fixture(scope="module")
def crm() -> Crm:
    frame = pd.DataFrame(DEALS, columns=["created_at", "closed_at", "status"])
    frame["deal_id"] = [f"d{i}" for i in range(len(frame))]
    frame["amount"] = [10.0, 20.0, 30.0, 40.0]
    dates = {name: pd.to_datetime(frame[name], utc=True) for name in ("created_at", "closed_at")}
    return kt.from_frames(as_of="2026-10-05", deals=frame.assign(**dates))


def counted(by_status: str, node: Node) -> Kpi:
    """A KPI of this module; the registry forgets it after the test."""

    def standing_deals() -> Node:
        """Deals by their status at the end of the period.

        Formula: number of deals
        Counts: deals open in the period
        Empty: 0
        """
        return node

    decorate = kt.kpi(
        label=by_status, unit="count", better="context", window="stock", finest_grain="month"
    )
    return decorate(standing_deals)


def test_a_member_is_what_a_record_was_at_the_end_of_the_period(crm: Crm) -> None:
    kpi = counted("Deals", standing.during.count())
    for period, expected in [
        ("2026-08", {"won": 1, "open": 2}),
        ("2026-09", {"lost": 1, "open": 2}),
        ("2026-10", {"won": 1, "open": 1}),
        ("2026-Q3", {"won": 1, "lost": 1, "open": 2}),
    ]:
        assert kpi.by(crm, period, "status")["value"].to_dict() == expected
        assert kpi(crm, period).value == sum(expected.values())


def test_a_series_of_a_breakdown_takes_each_period_at_its_own_end(crm: Crm) -> None:
    kpi = counted("Deals", standing.during.count())
    found = kpi.rows(crm, "2026-10", by=("status",), n=3)
    assert {(v.period.key, v.members["status"]): v.value for v in found} == {
        ("2026-08", "open"): 2,
        ("2026-08", "won"): 1,
        ("2026-09", "open"): 2,
        ("2026-09", "lost"): 1,
        ("2026-10", "open"): 1,
        ("2026-10", "won"): 1,
    }


def test_the_rows_of_a_fact_may_be_those_of_the_period(crm: Crm) -> None:
    kpi = counted("Created", of_period.sum("amount"))
    assert [v.value for v in kpi.rows(crm, "2026-10", n=5)] == [20, 0, 30, 40, 0]
    assert kpi.records(crm, "2026-08")["deal_id"].tolist() == ["d2"]
    assert kpi(crm, "all").value == 100


def test_the_records_carry_the_member_of_the_period(crm: Crm) -> None:
    kpi = counted("Deals", standing.during.count())
    records = kpi.records(crm, "2026-08")
    assert sorted(records["status"]) == ["open", "open", "won"]


def test_only_what_moves_is_asked_period_by_period(
    crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    kpi, texts, query = counted("Deals", standing.during.count()), [], crm.query

    def heard(sql: str) -> list[tuple]:
        texts.append(sql)
        return query(sql)

    monkeypatch.setattr(crm, "query", heard)
    kpi.rows(crm, "2026-10", n=5)
    assert len(texts) == 1
    kpi.rows(crm, "2026-10", by=("status",), n=5)
    assert len(texts) == 1 + 5
