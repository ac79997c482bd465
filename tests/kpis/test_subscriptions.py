"""Recurring revenue: what runs, starts and ends adds up."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kpi_toolkit as kt

Term = tuple[str, str | None, float]


def terms(*rows: Term, **columns: list) -> kt.Crm:
    frame = pd.DataFrame(rows, columns=["started_at", "ended_at", "mrr"])
    moments = {c: pd.to_datetime(frame[c], format="ISO8601") for c in ("started_at", "ended_at")}
    ids = [f"s{i}" for i in range(len(frame))]
    frame = frame.assign(subscription_id=ids, **moments, **columns)
    return kt.from_frames(as_of="2026-12-01", subscriptions=frame)


@pytest.mark.parametrize(
    ("started", "ended", "running", "began", "over"),
    [
        ("2026-05-01", None, 10, 10, 0),
        ("2026-04-30 23:59:59", None, 10, 0, 0),
        ("2026-05-31 23:59:59", None, 10, 10, 0),
        ("2026-06-01", None, 0, 0, 0),
        ("2026-01-01", "2026-05-01", 0, 0, 10),
        ("2026-01-01", "2026-05-31 23:59:59", 0, 0, 10),
        ("2026-01-01", "2026-06-01", 10, 0, 0),
        ("2026-05-02", "2026-05-03", 0, 10, 10),
    ],
)
def test_both_edges(started: str, ended: str | None, running: int, began: int, over: int) -> None:
    crm = terms((started, ended, 10.0), ("2020-01-01", "2020-02-01", 1000.0))
    found = [
        kpi(crm, "2026-05").value
        for kpi in (kt.monthly_recurring_revenue, kt.mrr_started, kt.mrr_ended)
    ]
    assert found == [running, began, over]


def test_a_term_that_a_change_ended_is_not_due() -> None:
    crm = terms(
        *[("2025-05-10", None, 10.0)] * 4,
        renewal_due_at=[pd.Timestamp("2026-05-10")] * 4,
        renewed_at=[pd.Timestamp("2026-04-20"), None, pd.Timestamp("2026-05-10"), None],
        end_reason=["renewed", None, "changed", "cancelled"],
    )
    found = kt.renewal_rate(crm, "2026-05")
    assert (found.numerator, found.denominator) == (1, 3)
    assert kt.renewal_rate(crm, "2026-06").reason == "no data when no term was due"


days = st.dates(dt.date(2026, 2, 1), dt.date(2026, 8, 1))


@given(st.lists(st.tuples(days, st.none() | days, st.integers(0, 999)), min_size=1, max_size=9))
@settings(max_examples=15)
def test_what_starts_less_what_ends_is_the_change_of_what_runs(
    rows: list[tuple[dt.date, dt.date | None, int]],
) -> None:
    ordered = [(str(a), None if b is None else str(max(a, b)), float(m)) for a, b, m in rows]
    crm = terms(*ordered)
    # Before the first term there is no data, and before the first end none ended.
    before, after = (
        kt.monthly_recurring_revenue(crm, month).value or 0 for month in ("2026-03", "2026-06")
    )
    started, ended = (kpi(crm, "2026-Q2").value or 0 for kpi in (kt.mrr_started, kt.mrr_ended))
    assert after - before == started - ended
