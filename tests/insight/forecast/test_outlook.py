"""From when on a report looks ahead: the latest one from today, an earlier one as it did then."""

import datetime as dt

import pytest

from kpi_toolkit.insight.forecast.outlook import moment, months_left
from kpi_toolkit.period import Calendar, parse_period

PARIS = Calendar("Europe/Paris", 1)


def at(day: str) -> dt.datetime:
    return PARIS.instant(dt.date.fromisoformat(day))


@pytest.mark.parametrize(
    ("period", "as_of", "from_day"),
    [
        ("2026-W33", "2026-08-17", "2026-08-17"),
        ("2026-W33", "2026-08-20", "2026-08-20"),
        # A week later another report is the latest one.
        ("2026-W33", "2026-08-24", "2026-08-17"),
        ("2026-W33", "2026-11-02", "2026-08-17"),
        ("2026-07", "2026-08-03", "2026-08-03"),
        ("2026-07", "2026-09-03", "2026-08-01"),
        ("2026-08-16", "2026-08-17", "2026-08-17"),
        # The report on a quarter is made in the month after it, and read each Monday from then on.
        ("2026-Q2", "2026-07-06", "2026-07-01"),
        ("2026-Q2", "2026-08-03", "2026-08-03"),
        ("2026-Q2", "2026-10-05", "2026-07-01"),
        ("2025", "2026-01-12", "2026-01-01"),
        ("2025", "2026-05-04", "2026-05-04"),
        # What is under way, and all time, end today.
        ("2026-Q3", "2026-08-17", "2026-08-17"),
        ("all", "2026-08-17", "2026-08-17"),
    ],
)
def test_a_report_looks_ahead_from_today_or_as_it_did_then(
    period: str, as_of: str, from_day: str
) -> None:
    found = parse_period(period, PARIS, at(as_of))
    assert moment(found, at(as_of)) == at(from_day)


@pytest.mark.parametrize(
    ("day", "months"),
    [("2026-07-01", 3), ("2026-07-31", 3), ("2026-08-17", 2), ("2026-09-30", 1)],
)
def test_what_lies_ahead_is_the_rest_of_the_quarter(day: str, months: int) -> None:
    assert months_left(PARIS, at(day)) == months
    # A fiscal year that starts in February has other quarters.
    assert months_left(Calendar("Europe/Paris", 2), PARIS.instant(dt.date(2026, 7, 31))) == 1
