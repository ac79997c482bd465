"""What of an earlier period stands beside one of which only a part is over, or beside a cohort that
is still young.
"""

from __future__ import annotations

import datetime as dt

from kpi_toolkit.business import days
from kpi_toolkit.period import Period


def same_age(period: Period, current: Period, as_of: dt.datetime) -> dt.datetime:
    """When a cohort had the age that the current one has at `as_of`."""
    return min(as_of, period.start_at + (as_of - current.start_at))


def same_business_day(earlier: Period, current: Period, as_of: dt.datetime) -> dt.datetime | None:
    """When as many business days of an earlier period were over as of the current one at `as_of`,
    at the same time of day; None where it has fewer.

    On a day that is none of business, the days since the last one are taken along, up to the next.
    """
    calendar, over = current.calendar, current.business_days(as_of)
    is_open = calendar.business.open_on
    found = [day for day in days(earlier.start, earlier.end) if is_open(day)]
    if len(found) < over:
        return None
    following = calendar.instant(found[over]) if over < len(found) else earlier.end_at
    today = calendar.local_day(as_of)
    if is_open(today):
        return min(following + (as_of - calendar.instant(today)), earlier.end_at)
    since = _since_last(current, today)
    start = calendar.instant(found[over - 1]) if over else earlier.start_at
    return min(start + (as_of - calendar.instant(since)), following)


def _since_last(current: Period, today: dt.date) -> dt.date:
    """The last business day of the period before today, else its first day."""
    is_open = current.calendar.business.open_on
    return max((d for d in days(current.start, today) if is_open(d)), default=current.start)
