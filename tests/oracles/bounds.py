"""The bounds of a period worked out again, with pandas."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Bounds:
    """Naive UTC instants; `end` is `as_of` in the period under way, `zone` tells local days."""

    start: pd.Timestamp
    end: pd.Timestamp
    since: pd.Timestamp
    as_of: pd.Timestamp
    zone: str = "UTC"


def bounds(key: str, as_of: str, zone: str = "UTC", fiscal_year_starts: int = 1) -> Bounds:
    """The bounds of "2026-Q3", "2026-09", "2026-W38" or "2026", as known at a UTC instant."""
    first, after = days(key, fiscal_year_starts)
    known = pd.Timestamp(as_of)
    end = min(utc(after, zone), known)
    local_end = end.tz_localize("UTC").tz_convert(zone).normalize().tz_localize(None)
    since = utc(local_end - pd.DateOffset(years=1), zone)
    return Bounds(utc(first, zone), end, since, known, zone)


def days(key: str, fiscal_year_starts: int = 1) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The first local day and the day after the last."""
    if "W" in key:
        year, week = key.split("-W")
        # The week that holds 4 January is the first one.
        fourth = pd.Timestamp(f"{year}-01-04")
        monday = fourth - pd.Timedelta(days=fourth.day_of_week) + pd.Timedelta(weeks=int(week) - 1)
        return monday, monday + pd.Timedelta(weeks=1)
    if len(key) == 10:
        return pd.Timestamp(key), pd.Timestamp(key) + pd.Timedelta(days=1)
    if len(key) == 7 and "Q" not in key:
        return pd.Timestamp(f"{key}-01"), pd.Timestamp(f"{key}-01") + pd.DateOffset(months=1)
    year = int(key[:4]) - (fiscal_year_starts > 1)
    opening = pd.Timestamp(year=year, month=fiscal_year_starts, day=1)
    if "Q" in key:
        first = opening + pd.DateOffset(months=3 * (int(key[-1]) - 1))
        return first, first + pd.DateOffset(months=3)
    return opening, opening + pd.DateOffset(years=1)


def utc(day: pd.Timestamp, zone: str) -> pd.Timestamp:
    """The UTC instant at which a local day starts."""
    return day.tz_localize(zone).tz_convert("UTC").tz_localize(None)
