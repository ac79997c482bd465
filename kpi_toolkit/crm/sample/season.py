"""When deals and leads come in: growth, the August trough, the rush before quarters' ends."""

from datetime import date

import numpy as np

from kpi_toolkit.crm.sample import workdays
from kpi_toolkit.crm.sample.draws import Draws, Whole

FIRST_EXPORT = date(2023, 10, 1)
LAST_EXPORT = date(2027, 1, 4)
BEGIN = workdays.position(date(2023, 10, 2))
END = workdays.position(LAST_EXPORT)
WARM_UP = workdays.position(date(2023, 5, 2))
MONTH_WEIGHTS = (100, 102, 105, 100, 96, 98, 84, 68, 110, 108, 104, 86)
WEEKDAY_WEIGHTS = (100, 112, 108, 105, 84)
YEARLY_GROWTH = 80
AUGUST_PUT_OFF = 0.3
LAST_QUARTER_DAYS = 6
RUSH_WINDOW = 15


def openings(draws: Draws, name: str, three_years: int) -> Whole:
    """Working days of creation, in order; about `three_years` from October 2023 to October 2026.

    They begin in May 2023, so that the pipeline of October 2023 is full, and go on to January 2027.
    """
    weights = _weights()
    full = workdays.position(date(2026, 10, 5))
    inside = int(weights[BEGIN - WARM_UP : full - WARM_UP].sum())
    size = three_years * int(weights.sum()) // inside
    return np.sort(WARM_UP + draws.choice(f"{name}.created", weights, size))


def _weights() -> Whole:
    """A whole weight for each working day; growth is linear in a year and compounds over them."""
    days = workdays.working_days()[WARM_UP:END]
    return np.array([_weight(day) for day in days], dtype=np.int64)


def _weight(day: date) -> int:
    level = 1000
    for _ in range(day.year - FIRST_EXPORT.year):
        level += level * YEARLY_GROWTH // 1000
    level += level * YEARLY_GROWTH * (day.timetuple().tm_yday - 1) // 365_000
    return level * MONTH_WEIGHTS[day.month - 1] * WEEKDAY_WEIGHTS[day.weekday()] // 10_000


def rush(draws: Draws, name: str, closed: Whole, share: Whole) -> Whole:
    """Closings, some put off: from August to September, and to the last days of a quarter.

    `share` is in thousandths of those due in a quarter's last three weeks; December takes half as
    many again.
    """
    size = len(closed)
    august = workdays.months()[closed] == 8
    summer = august & draws.chance(f"{name}.summer", AUGUST_PUT_OFF, size)
    closed = closed + np.where(summer, 6 + draws.below(f"{name}.summer_days", 10, size), 0)
    end = workdays.quarter_ends()[closed]
    late = end - draws.below(f"{name}.rush_day", LAST_QUARTER_DAYS, size)
    odds = np.where(workdays.months()[closed] == 12, share * 3 // 2, share)
    near = ~summer & (end - closed <= RUSH_WINDOW)
    moved = near & (draws.below(f"{name}.rush", 1000, size) < odds)
    return np.where(moved, np.maximum(closed, late), closed)
