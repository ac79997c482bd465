"""From when on a report looks ahead, and how far."""

from __future__ import annotations

import datetime as dt

from kpi_toolkit.period import Calendar, Period


def moment(period: Period, as_of: dt.datetime) -> dt.datetime:
    """What a report on a period looks ahead from: its end; the latest one on a day, a week or a
    month from today, and so does one on a quarter or a year once the month after it is over.
    """
    end = period.end_by(as_of)
    if end >= as_of or as_of >= period.previous(-1).end_at:
        return end
    month = period.calendar.containing(period.end, "month")
    is_short = period.grain in ("day", "week", "month")
    return as_of if is_short or as_of >= month.end_at else end


def months_left(calendar: Calendar, moment: dt.datetime) -> int:
    """How many months the quarter that holds a moment has left, the one under way included."""
    day = calendar.local_day(moment)
    months = calendar.containing(day, "quarter").split("month")
    return sum(month.end > day for month in months)
