"""Periods: keys, words, bounds by local days, fiscal years, daylight saving."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_toolkit.errors import ConfigError, PeriodError
from kpi_toolkit.format import Format
from kpi_toolkit.period import GRAINS, Calendar, Grain, Period, parse_as_of, parse_period
from tests.oracles.bounds import days, utc

UTC, PARIS, NEW_YORK = Calendar("UTC"), Calendar("Europe/Paris"), Calendar("America/New_York")


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


NOW = at("2026-10-05T06:00")


def period(key: str, calendar: Calendar = UTC) -> Period:
    return parse_period(key, calendar, NOW)


# -- keys


@pytest.mark.parametrize(
    ("key", "grain", "start", "end"),
    [
        ("2026-Q3", "quarter", "2026-07-01", "2026-10-01"),
        ("2026-T3", "quarter", "2026-07-01", "2026-10-01"),
        ("2026-09", "month", "2026-09-01", "2026-10-01"),
        ("2026-12", "month", "2026-12-01", "2027-01-01"),
        ("2026-W38", "week", "2026-09-14", "2026-09-21"),
        ("2026-W53", "week", "2026-12-28", "2027-01-04"),
        ("2025-W01", "week", "2024-12-30", "2025-01-06"),
        ("2026", "year", "2026-01-01", "2027-01-01"),
        ("2028-02-29", "day", "2028-02-29", "2028-03-01"),
    ],
)
def test_a_key_names_half_open_local_days(key: str, grain: Grain, start: str, end: str) -> None:
    found = period(key)
    assert (found.grain, str(found.start), str(found.end)) == (grain, start, end)
    assert found.key == key.replace("T", "Q")


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("last complete quarter", "2026-Q3"),
        ("last quarter", "2026-Q3"),
        ("this quarter", "2026-Q4"),
        ("current month", "2026-10"),
        ("Last complete month", "2026-09"),
        ("last complete week", "2026-W40"),
        ("last complete year", "2025"),
        ("this day", "2026-10-05"),
        ("all", "all"),
    ],
)
def test_words_are_read_at_the_moment_of_knowledge(words: str, key: str) -> None:
    assert period(words).key == key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("T2 2026", "2026-Q2"),
        ("q2 2026", "2026-Q2"),
        ("Q3\u00a02026", "2026-Q3"),
        ("2026-T2", "2026-Q2"),
        ("T2 exercice 2026", "2026-Q2"),
        ("juin 2026", "2026-06"),
        ("June 2026", "2026-06"),
        ("sept. 2026", "2026-09"),
        ("Août 2026", "2026-08"),
        ("févr.\u00a02026", "2026-02"),
        ("S38 2026", "2026-W38"),
        ("2026-S08", "2026-W08"),
        ("semaine 8, 2026", "2026-W08"),
        ("week 38, 2026", "2026-W38"),
        ("1er juil. 2026", "2026-07-01"),
        ("14 September 2026", "2026-09-14"),
        ("FY 2026", "2026"),
    ],
)
def test_periods_are_read_as_reports_write_them(written: str, key: str) -> None:
    assert period(written).key == key


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("calendar", [UTC, Calendar("UTC", fiscal_year_starts=4)])
def test_every_name_that_a_report_gives_to_a_period_is_read(
    language: str, calendar: Calendar
) -> None:
    words = Format(language)
    keys = [f"2026-{n:02}" for n in range(1, 13)] + ["2026-Q1", "2026-W38", "2026", "2026-07-01"]
    for found in (period(key, calendar) for key in keys):
        assert period(words.period(found), calendar) == found


@pytest.mark.parametrize("text", ["S1 2026", "jui 2026", "ju 2026", "T5 2026", "Brumaire 2026"])
def test_a_name_that_may_mean_two_periods_or_none_is_refused(text: str) -> None:
    with pytest.raises(PeriodError, match="expected 2026-Q3, .* juin 2026, S38 2026, or 'last co"):
        period(text)


def test_words_follow_the_local_day() -> None:
    """At half past ten in the evening, UTC, October has begun in Paris and not in New York."""
    evening = at("2026-09-30T22:30")
    assert parse_period("this month", PARIS, evening).key == "2026-10"
    assert parse_period("this month", NEW_YORK, evening).key == "2026-09"


@pytest.mark.parametrize(
    "text",
    ["", "2026-Q5", "2026-13", "2026-00", "2026-W54", "2025-W53", "2026-02-29", "26-Q1", "2026-9"]
    + ["last complete fortnight", "٢٠٢٦", "0001", "9999-12-31", "2026-Q3 ;", "2026-W00"],
)
def test_what_is_no_period_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(PeriodError, match="period "):
        period(text)


def test_a_period_stands_for_itself() -> None:
    assert parse_period(period("2026-Q3"), PARIS, NOW) == period("2026-Q3")


# -- bounds


@pytest.mark.parametrize(
    ("calendar", "key", "start_at", "end_at"),
    [
        (UTC, "2026-Q3", "2026-07-01T00:00", "2026-10-01T00:00"),
        (PARIS, "2026-Q3", "2026-06-30T22:00", "2026-09-30T22:00"),
        (NEW_YORK, "2026-Q3", "2026-07-01T04:00", "2026-10-01T04:00"),
        # The clocks change within the period: its ends have different offsets.
        (PARIS, "2026-Q1", "2025-12-31T23:00", "2026-03-31T22:00"),
        (NEW_YORK, "2026-11", "2026-11-01T04:00", "2026-12-01T05:00"),
        (PARIS, "2026-03-29", "2026-03-28T23:00", "2026-03-29T22:00"),
        (PARIS, "2026-10-25", "2026-10-24T22:00", "2026-10-25T23:00"),
        # Where the clocks change at midnight, the day starts at the first instant that exists.
        (Calendar("America/Santiago"), "2026-09-06", "2026-09-06T04:00", "2026-09-07T03:00"),
    ],
)
def test_bounds_are_utc_instants(calendar: Calendar, key: str, start_at: str, end_at: str) -> None:
    found = period(key, calendar)
    assert (found.start_at, found.end_at) == (at(start_at), at(end_at))


keys = st.one_of(
    st.builds("{}-Q{}".format, st.integers(1990, 2100), st.integers(1, 4)),
    st.builds("{}-{:02}".format, st.integers(1990, 2100), st.integers(1, 12)),
    st.builds("{}-W{:02}".format, st.integers(1990, 2100), st.integers(1, 52)),
    st.builds("{}".format, st.integers(1990, 2100)),
    st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1)).map(str),
)
zones = st.sampled_from(["UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata"])


@given(keys, zones, st.integers(1, 12))
def test_bounds_agree_with_pandas(key: str, zone: str, starts: int) -> None:
    found = parse_period(key, Calendar(zone, starts), NOW)
    first, after = days(key, starts)
    assert found.key == key
    assert (pd.Timestamp(found.start), pd.Timestamp(found.end)) == (first, after)
    assert (found.start_at, found.end_at) == (utc(first, zone), utc(after, zone))


@given(st.dates(dt.date(1950, 1, 1), dt.date(2150, 1, 1)), st.integers(1, 12))
def test_a_day_lies_in_exactly_one_period_of_a_grain(day: dt.date, starts: int) -> None:
    calendar = Calendar("UTC", starts)
    for grain in GRAINS:
        found = calendar.containing(day, grain)
        assert found.start <= day < found.end
        assert grain == "all" or parse_period(found.key, calendar, NOW) == found


@given(keys, st.integers(1, 12))
def test_periods_follow_each_other_without_gap(key: str, starts: int) -> None:
    found = parse_period(key, Calendar("Europe/Paris", starts), NOW)
    assert found.previous().end == found.start
    assert found.previous(-1).start == found.end
    assert found.previous(5).previous(-5) == found
    *earlier, last = found.last(4)
    assert last == found
    assert all(a.end == b.start for a, b in zip(earlier, [*earlier[1:], last], strict=True))


# -- fiscal years


@pytest.mark.parametrize(
    ("starts", "key", "start", "end"),
    [
        # Named by the calendar year in which the fiscal one ends.
        (4, "2027", "2026-04-01", "2027-04-01"),
        (4, "2027-Q1", "2026-04-01", "2026-07-01"),
        (4, "2027-Q4", "2027-01-01", "2027-04-01"),
        (10, "2026-Q1", "2025-10-01", "2026-01-01"),
        (12, "2026-Q2", "2026-03-01", "2026-06-01"),
        (2, "2026-Q4", "2025-11-01", "2026-02-01"),
        (1, "2026-Q4", "2026-10-01", "2027-01-01"),
    ],
)
def test_fiscal_quarters(starts: int, key: str, start: str, end: str) -> None:
    found = period(key, Calendar("UTC", starts))
    assert (str(found.start), str(found.end), found.key) == (start, end, key)


def test_last_complete_year_of_a_fiscal_calendar() -> None:
    assert period("last complete year", Calendar("UTC", 4)).key == "2026"


# -- neighbours and parts


@pytest.mark.parametrize(
    ("key", "year_ago"),
    [
        ("2026-Q3", "2025-Q3"),
        ("2026-03", "2025-03"),
        ("2026", "2025"),
        ("2026-W38", "2025-W38"),
        ("2026-W53", "2026-W01"),
        # The same weekday.
        ("2026-09-14", "2025-09-15"),
    ],
)
def test_a_year_ago(key: str, year_ago: str) -> None:
    assert period(key).year_ago().key == year_ago


def test_parts_of_a_period() -> None:
    assert [p.key for p in period("2026-Q3").split("month")] == ["2026-07", "2026-08", "2026-09"]
    weeks = period("2026-09").split("week")
    assert [weeks[0].key, weeks[-1].key] == ["2026-W37", "2026-W40"]


def test_all_time_has_no_neighbour() -> None:
    with pytest.raises(PeriodError, match="'all' has no previous period"):
        period("all").previous()


def test_a_period_is_complete_when_it_has_ended() -> None:
    quarter = period("2026-Q3", PARIS)
    assert quarter.is_complete(at("2026-09-30T22:00"))
    assert not quarter.is_complete(at("2026-09-30T21:59:59"))
    assert quarter.end_by(at("2026-08-01")) == at("2026-08-01")
    assert quarter.end_by(NOW) == quarter.end_at


# -- moments


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-10-05", "2026-10-04T22:00"),
        ("2026-10-05T06:00", "2026-10-05T04:00"),
        ("2026-10-05T06:00Z", "2026-10-05T06:00"),
        ("2026-10-05T06:00-04:00", "2026-10-05T10:00"),
        ("2026-12-05", "2026-12-04T23:00"),
        (dt.date(2026, 10, 5), "2026-10-04T22:00"),
        (dt.datetime(2026, 10, 5, tzinfo=dt.UTC), "2026-10-05T00:00"),
        ("", "2026-10-05T06:00"),
        (None, "2026-10-05T06:00"),
    ],
)
def test_as_of_is_local_time_unless_it_says_otherwise(text: str | dt.date, moment: str) -> None:
    assert parse_as_of(text, PARIS, NOW) == at(moment)


def test_an_as_of_that_is_no_date_is_refused() -> None:
    with pytest.raises(PeriodError, match="as_of 'yesterday': expected a date"):
        parse_as_of("yesterday", PARIS, NOW)


def test_a_calendar_needs_a_zone_and_a_month() -> None:
    with pytest.raises(ConfigError, match="did you mean 'Europe/Paris'"):
        Calendar("Europe/Pariss")
    with pytest.raises(ConfigError, match="expected a month from 1 to 12"):
        Calendar("UTC", 13)


def test_a_period_that_has_not_begun_is_refused_where_a_report_would_be_empty() -> None:
    calendar = Calendar("Europe/Paris")
    period = parse_period("2026-Q4", calendar, calendar.instant(dt.date(2026, 10, 5)))
    assert period.require_started(calendar.instant(dt.date(2026, 10, 2))) is period
    with pytest.raises(PeriodError, match=r"2026-Q4: it starts on 2026-10-01, .* ask for an ear"):
        period.require_started(period.start_at)
