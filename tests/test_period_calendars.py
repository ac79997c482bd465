"""Periods against a clock that is walked through: every instant lies in one period of a grain, by
the local day that the time zone's own rules give.
"""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_toolkit.period import Calendar, Grain, Period, parse_period

ZONES = ["UTC", "Europe/Paris", "America/New_York", "America/Santiago", "Australia/Lord_Howe"]
NOW = dt.datetime.fromisoformat("2026-10-05T06:00")
days = st.dates(dt.date(1990, 1, 1), dt.date(2080, 12, 31))


@given(days)
def test_a_week_is_that_of_the_iso_calendar(day: dt.date) -> None:
    week = Calendar("UTC").containing(day, "week")
    year, number, _ = day.isocalendar()
    assert week.key == f"{year}-W{number:02d}"
    assert week.start <= day < week.end
    assert week.start.isoweekday() == 1
    assert parse_period(week.key, Calendar("UTC"), NOW) == week


def test_the_weeks_of_forty_years_follow_each_other() -> None:
    """Through years of 52 and of 53 weeks, with the first week that may start in December."""
    week = Calendar("Europe/Paris").containing(dt.date(1999, 12, 29), "week")
    seen = []
    for _ in range(2100):
        seen.append(week.key)
        follower = week.previous(-1)
        assert follower.start == week.end
        assert follower.previous() == week
        week = follower
    assert len(set(seen)) == len(seen)
    long_years = {key[:4] for key in seen if key.endswith("W53")}
    assert long_years == {"2004", "2009", "2015", "2020", "2026", "2032", "2037"}


@pytest.mark.parametrize("zone", ZONES)
def test_every_hour_of_three_years_lies_in_the_day_that_the_local_clock_shows(zone: str) -> None:
    calendar, there = Calendar(zone), ZoneInfo(zone)
    moment = dt.datetime(2024, 12, 30, tzinfo=dt.UTC)
    period = calendar.containing(dt.date(2024, 12, 1), "day")
    while moment.year < 2027:
        local = moment.astimezone(there).date()
        if period.start != local:
            period = calendar.containing(local, "day")
        naive = moment.replace(tzinfo=None)
        assert period.start_at <= naive < period.end_at
        moment += dt.timedelta(minutes=30)


@given(
    days, st.integers(1, 12), st.sampled_from(ZONES), st.sampled_from(["month", "quarter", "year"])
)
@settings(max_examples=300)
def test_a_fiscal_period_holds_its_day_and_meets_its_neighbours(
    day: dt.date, starts: int, zone: str, grain: Grain
) -> None:
    calendar = Calendar(zone, starts)
    period = calendar.containing(day, grain)
    assert period.start <= day < period.end
    assert period.start_at < period.end_at == period.previous(-1).start_at
    assert period.previous().end_at == period.start_at
    assert parse_period(period.key, calendar, NOW) == period
    length = {"month": 1, "quarter": 3, "year": 12}[grain]
    assert (period.start.month - starts) % length == 0
    assert months(period) == length


@given(days, st.integers(1, 12))
def test_a_fiscal_year_is_named_by_the_calendar_year_in_which_it_ends(
    day: dt.date, starts: int
) -> None:
    year = Calendar("UTC", starts).containing(day, "year")
    last_day = year.end - dt.timedelta(days=1)
    assert year.key == str(last_day.year)
    assert [quarter.key for quarter in year.split("quarter")] == [
        f"{year.key}-Q{n}" for n in range(1, 5)
    ]
    assert len(year.split("month")) == 12


@given(days, st.sampled_from(ZONES))
def test_a_day_is_as_long_as_the_clocks_make_it(day: dt.date, zone: str) -> None:
    """Half an hour at most on Lord Howe, an hour elsewhere; most days have 24 hours."""
    period = Calendar(zone).containing(day, "day")
    hours = (period.end_at - period.start_at) / dt.timedelta(hours=1)
    assert hours in ({23.5, 24, 24.5} if zone == "Australia/Lord_Howe" else {23, 24, 25})


def months(period: Period) -> int:
    return (period.end.year - period.start.year) * 12 + period.end.month - period.start.month
