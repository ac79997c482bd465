"""Local times that were there twice, when the clocks went back: which of the two, nobody wrote."""

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

from kpi_toolkit.crm.moments import Moment
from kpi_toolkit.crm.quoting import literal

_YEARS = range(1990, 2041)
# An ISO text with its offset, as a typed cell may have one too.
_ZONED = r"^\x02?\d{4}-\d\d-\d\d[T ].*(Z|[+-]\d\d(:?\d\d)?)$"


def doubled(value: str, raw: str, moment: Moment) -> str:
    """SQL that is true where the UTC instant `value` stands for a local time, the text `raw`, that
    came twice; "" where that cannot be.
    """
    unique = moment.day or moment.date_format.startswith("epoch") or "%z" in moment.date_format
    months, hours = _when(moment.time_zone)
    if unique or not months:
        return ""
    zone = literal(moment.time_zone)
    local, before = (
        f"timezone({zone}, timezone('UTC', {at}))" for at in (value, f"{value} - INTERVAL 1 HOUR")
    )
    again = f"{local} = {before} AND NOT regexp_matches({raw}, {literal(_ZONED)})"
    # Months and hours are compared first: time zones are dear.
    return (
        f"CASE WHEN month({value}) IN ({months}) AND hour({value}) IN ({hours}) THEN {again} "
        "ELSE false END"
    )


@lru_cache(maxsize=32)
def _when(time_zone: str) -> tuple[str, str]:
    """The months and the UTC hours in which the clocks of a zone have gone back by an hour."""
    zone = ZoneInfo(time_zone)
    first = dt.datetime(_YEARS.start, 1, 1, tzinfo=dt.UTC)
    days = (_YEARS.stop - _YEARS.start) * 366
    found = [
        hour
        for day in (first + dt.timedelta(days=n) for n in range(days))
        if _offset(day + dt.timedelta(days=1), zone) < _offset(day, zone)
        for hour in (day + dt.timedelta(hours=h) for h in range(24))
        if _offset(hour, zone) < _offset(hour - dt.timedelta(hours=1), zone)
    ]
    months, hours = sorted({h.month for h in found}), sorted({h.hour for h in found})
    return ", ".join(map(str, months)), ", ".join(map(str, hours))


def _offset(instant: dt.datetime, zone: ZoneInfo) -> dt.timedelta:
    return instant.astimezone(zone).utcoffset() or dt.timedelta()
