"""The company's working days, and local business time as UTC.

The sample counts time in working days: whole numbers from FIRST_DAY on. Events of one record lie on
different working days, so their order never depends on the hour.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np

from kpi_toolkit.crm.sample.draws import Whole

ZONE = ZoneInfo("Europe/Paris")
FIRST_DAY = date(2017, 1, 2)
LAST_DAY = date(2029, 12, 28)
FIXED_HOLIDAYS = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
EASTERS = (
    *(date(2017, 4, 16), date(2018, 4, 1), date(2019, 4, 21), date(2020, 4, 12), date(2021, 4, 4)),
    *(date(2022, 4, 17), date(2023, 4, 9), date(2024, 3, 31), date(2025, 4, 20)),
    *(date(2026, 4, 5), date(2027, 3, 28), date(2028, 4, 16), date(2029, 4, 1)),
)
AFTER_EASTER = (1, 39, 50)
SECONDS_A_DAY = 86_400


@cache
def working_days() -> tuple[date, ...]:
    """Every Monday to Friday that is no French holiday."""
    moved = {easter + timedelta(days) for easter in EASTERS for days in AFTER_EASTER}
    span = (FIRST_DAY + timedelta(days) for days in range((LAST_DAY - FIRST_DAY).days + 1))
    return tuple(
        day
        for day in span
        if day.weekday() < 5 and day not in moved and (day.month, day.day) not in FIXED_HOLIDAYS
    )


@cache
def _positions() -> Whole:
    return np.array(working_days(), dtype="datetime64[D]").astype(np.int64)


@cache
def _midnights() -> Whole:
    return np.array([utc_seconds(day) for day in working_days()], dtype=np.int64)


def utc_seconds(day: date) -> int:
    """A local day's start, in seconds since 1970 UTC."""
    return int(datetime.combine(day, time(), ZONE).astimezone(UTC).timestamp())


def position(day: date) -> int:
    """The number of the first working day not before `day`."""
    return int(np.searchsorted(_positions(), np.datetime64(day, "D").astype(np.int64)))


def days(positions: Whole) -> Whole:
    """Working days as days since 1970."""
    return _positions()[positions]


def instants(positions: Whole, seconds: Whole) -> Whole:
    """Seconds since 1970 UTC of a local time of day, itself in seconds, on working days.

    No working day changes between summer and winter time, so its midnight and seconds suffice.
    """
    return _midnights()[positions] + seconds


@cache
def quarter_ends() -> Whole:
    """For every working day, the last working day of its quarter."""
    quarters = np.array([day.year * 4 + (day.month - 1) // 3 for day in working_days()])
    return np.searchsorted(quarters, quarters, side="right") - 1


@cache
def months() -> Whole:
    """For every working day, its month, 1 to 12."""
    return np.array([day.month for day in working_days()], dtype=np.int64)


NEVER = len(working_days()) - 1
"""The last working day of all: what has not happened by any export."""
