"""Retention and churn: by hand, as a property, and as the articles have them."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kpi_toolkit as kt
from kpi_toolkit.crm.connect import Crm

START, END = map(dt.datetime.fromisoformat, ("2026-07-01", "2026-10-01"))


def crm_of(*rows: tuple[object, object], time_zone: str = "UTC") -> Crm:
    frame = pd.DataFrame(rows, columns=["became_customer_at", "churned_at"])
    instants = {
        column: pd.to_datetime(frame[column], format="ISO8601").dt.tz_localize("UTC")
        for column in frame
    }
    ids = [f"a{i}" for i in range(len(frame))]
    return kt.from_frames(
        time_zone=time_zone,
        as_of="2027-01-01",
        accounts=frame.assign(account_id=ids, **instants),
    )


def test_retention_follows_those_who_were_there_at_the_start() -> None:
    crm = crm_of(
        ("2026-01-01", None),
        ("2026-01-01", "2026-08-01"),
        ("2026-01-01", "2026-12-01"),
        # Won in the period, kept or lost again: in neither part.
        ("2026-08-01", None),
        ("2026-08-01", "2026-09-01"),
        # Gone before.
        ("2025-01-01", "2026-06-01"),
    )
    kept, lost = kt.retention_rate(crm, "2026-Q3"), kt.churn_rate(crm, "2026-Q3")
    assert (kept.numerator, kept.denominator) == (2, 3)
    assert (lost.numerator, lost.denominator) == (1, 3)


@pytest.mark.parametrize(
    ("became", "churned", "counted", "lost"),
    [
        ("2026-06-30 23:59:59.999999", None, 1, 0),
        ("2026-07-01 00:00", None, 0, 0),
        ("2026-01-01", "2026-06-30 23:59:59.999999", 0, 0),
        ("2026-01-01", "2026-07-01 00:00", 1, 1),
        ("2026-01-01", "2026-09-30 23:59:59.999999", 1, 1),
        ("2026-01-01", "2026-10-01 00:00", 1, 0),
        (None, None, 0, 0),
    ],
)
def test_both_edges(became: str | None, churned: str | None, counted: int, lost: int) -> None:
    crm = crm_of((became, churned), ("2026-01-01", None))
    found = kt.churn_rate(crm, "2026-Q3")
    assert (found.numerator, found.denominator) == (lost, counted + 1)


@pytest.mark.parametrize(
    ("time_zone", "first_instant"),
    [
        ("UTC", "2026-07-01 00:00"),
        ("Europe/Paris", "2026-06-30 22:00"),
        ("America/New_York", "2026-07-01 04:00"),
    ],
)
def test_a_period_starts_with_the_local_day(time_zone: str, first_instant: str) -> None:
    before = pd.Timestamp(first_instant) - pd.Timedelta(microseconds=1)
    crm = crm_of((first_instant, None), (before, None), time_zone=time_zone)
    assert kt.retention_rate(crm, "2026-Q3").n == 1


def test_nobody_at_the_start_is_no_data() -> None:
    found = kt.retention_rate(crm_of(("2026-08-01", None)), "2026-Q3")
    assert (found.value, found.status) == (None, "no_data")
    assert found.reason == "no data when there was no customer at the start"


near = st.datetimes(START - dt.timedelta(days=60), END + dt.timedelta(days=60))
moments = near | st.sampled_from([START, END])


@given(st.lists(st.tuples(moments, st.none() | moments), max_size=12))
@settings(max_examples=15)
def test_churn_and_retention_make_100_percent(rows: list[tuple[object, object]]) -> None:
    crm = crm_of(*[(a, None if b is None else max(a, b)) for a, b in rows])
    kept, lost = kt.retention_rate(crm, "2026-Q3"), kt.churn_rate(crm, "2026-Q3")
    assert kept.denominator == lost.denominator == kept.n
    assert kept.numerator + lost.numerator == kept.denominator
    if kept.n:
        assert kept.value + lost.value == pytest.approx(1, abs=1e-15)
