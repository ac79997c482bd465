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
MONTH_WEIGHTS = (100, 103, 105, 98, 92, 102, 88, 52, 108, 106, 102, 84)
WEEKDAY_WEIGHTS = (100, 112, 108, 105, 84)
YEARLY_GROWTH = 80
LAST_QUARTER_DAYS = 6


def openings(draws: Draws, name: str, three_years: int) -> Whole:
    """Working days of creation, in order; about `three_years` of them from October 2023 to October 2026.

    They begin in May 2023, so that the pipeline of October 2023 is full, and go on to January 2027.
    """
    weights = _weights()
    full = workdays.position(date(2026, 10, 5))
    inside = int(weights[BEGIN - WARM_UP : full - WARM_UP].sum())
    size = three_years * int(weights.sum()) // inside
    return np.sort(WARM_UP + draws.choice(f"{name}.created", weights, size))


def _weights() -> Whole:
    """A whole weight for each working day; growth is linear within a year and compounds over them."""
    days = workdays.working_days()[WARM_UP:END]
    return np.array([_weight(day) for day in days], dtype=np.int64)


def _weight(day: date) -> int:
    level = 1000
    for _ in range(day.year - FIRST_EXPORT.year):
        level += level * YEARLY_GROWTH // 1000
    level += level * YEARLY_GROWTH * (day.timetuple().tm_yday - 1) // 365_000
    return level * MONTH_WEIGHTS[day.month - 1] * WEEKDAY_WEIGHTS[day.weekday()] // 10_000


def rush(draws: Draws, name: str, closed: Whole, share: Whole) -> Whole:
    """Closings, some moved to the last days of their quarter, and out of August.

    `share` is in thousandths; December takes half as many again, August's closings move twice as often.
    """
    size = len(closed)
    end = workdays.quarter_ends()[closed]
    late_date = end - draws.below(f"{name}.rush_day", LAST_QUARTER_DAYS, size)
    month = workdays.months()[closed]
    odds = np.where(month == 12, share * 3 // 2, np.where(month == 8, share * 2, share))
    moved = draws.below(f"{name}.rush", 1000, size) < np.where(end - closed <= 40, odds, 0)
    return np.where(moved, np.maximum(closed, late_date), closed)
