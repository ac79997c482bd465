"""From one local day to another there are whole days, whatever the clock did in between."""

import datetime as dt
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.measures import expression

PARIS = "Europe/Paris"


def crm(created: str, closed: str) -> kt.Crm:
    frame = pd.DataFrame({"deal_id": ["1"], "status": "won", "amount": 1.0})
    frame["created_at"], frame["closed_at"] = pd.Timestamp(created), pd.Timestamp(closed)
    return kt.from_frames(as_of="2026-10-05", time_zone=PARIS, deals=frame)


@pytest.mark.parametrize(
    ("created", "closed", "days"),
    [
        ("2026-03-01", "2026-05-01", 61),  # the clock lost an hour on 29 March
        ("2025-10-01", "2025-11-01", 31),  # and won one on 26 October
        ("2026-01-01", "2026-02-01", 31),
        ("2026-03-28 12:00", "2026-03-30 12:00", 47 / 24),
        ("2026-03-28", "2026-03-30 12:00", 59 / 24),
        ("2026-03-28 00:15", "2026-03-30 00:15", 47 / 24),
    ],
)
def test_a_cycle_between_days_is_whole_and_between_times_elapsed(
    created: str, closed: str, days: float
) -> None:
    month = closed[:7]
    for kpi in (kt.sales_cycle, kt.sales_cycle_median):
        assert kpi(crm(created, closed), month).value == days
    quarter = f"2026-Q{(int(closed[5:7]) + 2) // 3}"
    if closed.startswith("2026"):
        assert kt.sales_cycle_survival(crm(created, closed), quarter).value == days


# The last three changed their clocks at midnight, both ways, or by half an hour.
ZONES = ["Europe/Paris", "America/New_York", "America/Santiago", "Africa/Cairo",
         "Australia/Lord_Howe"]  # fmt: skip


@pytest.mark.parametrize("zone", ZONES)
def test_every_pair_of_days_is_as_far_apart_as_the_calendar_says(zone: str) -> None:
    days = [dt.date(2014, 1, 1) + dt.timedelta(n) for n in range(365)]
    frame = pd.DataFrame({"day": days})
    placed = f"timezone('UTC', timezone('{zone}', CAST(day AS TIMESTAMP)))"
    sql = expression.render("days(a, b)", {}, time_zone=zone)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("days", frame)
        found = connection.execute(
            f"WITH d AS (SELECT day, {placed} AS at FROM days) SELECT days, calendar FROM "
            f"(SELECT {sql} AS days, CAST(l AS DATE) - CAST(k AS DATE) AS calendar "
            "FROM (SELECT p.day AS k, p.at AS a, q.day AS l, q.at AS b FROM d p, d q)) "
            "WHERE days <> calendar"
        ).fetchall()
    assert found == []


def test_times_of_a_day_are_as_far_apart_as_they_are(zone: str = PARIS) -> None:
    """Against Python's own zones, for times at quarters of an hour around both changes."""
    start = dt.datetime(2026, 3, 28, tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
    times = [start + dt.timedelta(minutes=15 * n) for n in range(288)]
    times += [time + dt.timedelta(days=210) for time in times]
    frame = pd.DataFrame({"at": [time.replace(tzinfo=None) for time in times]})
    sql = expression.render("days(a, b)", {}, time_zone=zone)
    with duckdb.connect() as connection:
        connection.register("times", frame)
        rows = connection.execute(
            f"SELECT a, b, {sql} FROM (SELECT p.at AS a, q.at AS b FROM times p, times q)"
        ).fetchall()

    def local(instant: dt.datetime) -> dt.datetime:
        return instant.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone))

    for a, b, days in rows[::7]:
        ends = local(a), local(b)
        if all(end.time() == dt.time() for end in ends):
            assert days == (ends[1].date() - ends[0].date()).days
        else:
            assert days == (b - a) / dt.timedelta(days=1)
