"""When a report is due: cron in local time, by hand from a calendar."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from kpi_toolkit.errors import ConfigError
from kpi_toolkit.run.slots import due_slot, slot_instant, slot_name

PARIS = ZoneInfo("Europe/Paris")
MONDAYS = "0 7 * * 1"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(schedule: str, last: str | None, now: str) -> str | None:
    slot = due_slot(schedule, PARIS, last, at(now))
    return slot and slot_name(slot)


def test_a_monday_is_due_from_seven_local_time() -> None:
    assert due(MONDAYS, "2026-09-28T05:00Z", "2026-10-05T04:59:59") is None
    assert due(MONDAYS, "2026-09-28T05:00Z", "2026-10-05T05:00:00") == "2026-10-05T05:00Z"


def test_a_slot_that_ran_is_not_due_again() -> None:
    assert due(MONDAYS, "2026-10-05T05:00Z", "2026-10-11T22:00:00") is None


def test_of_three_missed_mondays_the_latest_alone_is_due() -> None:
    assert due(MONDAYS, "2026-09-14T05:00Z", "2026-10-07T12:00:00") == "2026-10-05T05:00Z"


def test_without_an_earlier_run_only_a_slot_of_the_last_eight_days_is_due() -> None:
    assert due(MONDAYS, None, "2026-10-07T12:00:00") == "2026-10-05T05:00Z"
    assert due("0 7 1 * *", None, "2026-10-20T12:00:00") is None


def test_a_clock_set_back_makes_nothing_due() -> None:
    assert due("0 * * * *", "2026-10-05T12:00Z", "2026-10-05T10:30:00") is None


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        ("2026-03-29T00:59:59", None),  # 01:59 local; the clock goes from 02:00 to 03:00
        ("2026-03-29T01:00:00", "2026-03-29T01:00Z"),  # 03:00 local: the skipped 02:30 is made up
        ("2026-10-25T00:30:00", "2026-10-25T00:30Z"),  # 02:30 local, the first of two
    ],
)
def test_daylight_saving_neither_skips_nor_doubles_a_night(now: str, slot: str | None) -> None:
    day = now[:10]
    before = {"2026-03-29": "2026-03-28T01:30Z", "2026-10-25": "2026-10-24T00:30Z"}[day]
    assert due("30 2 * * *", before, now) == slot


def test_the_second_half_past_two_of_the_autumn_night_is_no_slot() -> None:
    assert due("30 2 * * *", "2026-10-25T00:30Z", "2026-10-25T01:45:00") is None


def test_a_day_that_never_comes_is_never_due() -> None:
    assert due("0 7 31 2 1#5", None, "2026-10-05T05:00:00") is None


def test_years_of_missed_minutes_are_one_slot() -> None:
    assert due("* * * * *", "2020-01-01T00:00Z", "2026-10-05T05:00:30") == "2026-10-05T05:00Z"


def test_a_wrong_schedule_is_one_sentence() -> None:
    with pytest.raises(ConfigError, match="schedule '0 25': .*expected five cron fields"):
        due_slot("0 25", PARIS, None, at("2026-10-05T05:00:00"))


def test_a_slots_name_reads_back() -> None:
    assert slot_name(slot_instant("2026-10-05T05:00Z")) == "2026-10-05T05:00Z"
