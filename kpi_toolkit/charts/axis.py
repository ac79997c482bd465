"""The scales of a chart: period names under it, round values beside it."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import pandas as pd

from kpi_toolkit.charts.given import start_of
from kpi_toolkit.format import Format
from kpi_toolkit.period import Calendar, Grain, Period

_RHYTHM: dict[Grain, tuple[int, ...]] = {
    "day": (1, 2, 5, 7, 14),
    "week": (1, 2, 4, 13, 26),
    "month": (1, 3, 6, 12),
    "quarter": (1, 2, 4),
}


@dataclass(frozen=True)
class TimeAxis:
    """Short names of the periods, longer ones, and the years with the position of their first."""

    short: list[str]
    long: list[str]
    years: list[tuple[int, str]]
    regular: list[int]  # a period's number in its year, so that thinned labels keep to it
    rhythm: tuple[int, ...]  # how labels may be thinned: each k-th


def time_axis(index: pd.Index, words: Format, fiscal_year_starts: int = 1) -> TimeAxis:
    """The names of the periods which start at `index`."""
    periods = periods_of(index, fiscal_year_starts)
    names = [_year_name(period, words) for period in periods]
    years = [(i, name) for i, name in enumerate(names) if not i or name != names[i - 1]]
    if periods and periods[0].grain == "year":
        return TimeAxis(names, names, [], list(range(len(periods))), (1, 2, 5, 10))
    return TimeAxis(
        [_short(period, words) for period in periods],
        [_long(period, words) for period in periods],
        years,
        [_number(period) for period in periods],
        _RHYTHM[periods[0].grain] if periods else (1,),
    )


def periods_of(index: pd.Index, fiscal_year_starts: int = 1) -> list[Period]:
    """The periods that start at `index`; their grain is the usual distance between them."""
    calendar = _calendar(fiscal_year_starts)
    starts = [start_of(place) for place in index]
    grain = _grain(starts)
    return [calendar.containing(start, grain) for start in starts]


def every(rhythm: Sequence[int], step: float, room: float) -> int:
    """The least k so that labels `room` mm wide on each k-th mark, `step` mm apart, keep clear."""
    return next((k for k in rhythm if k * step >= room), 1_000_000)


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round values within low..high, at most `most` of them and evenly spaced."""
    span = high - low
    if span <= 0:
        return []
    power = 10.0 ** math.floor(math.log10(span / most))
    step = next(power * m for m in (1, 2, 5, 10, 20) if span / (power * m) <= most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(k * step, 12) for k in range(first, last + 1)]


@lru_cache(maxsize=12)
def _calendar(fiscal_year_starts: int) -> Calendar:
    """A calendar for names only: made once, since it looks up every time zone."""
    return Calendar("UTC", fiscal_year_starts)


def _grain(starts: list[dt.date]) -> Grain:
    days = sorted((b - a).days for a, b in pairwise(starts))
    usual = days[len(days) // 2] if days else 30
    known: tuple[tuple[int, Grain], ...] = (
        (3, "day"),
        (20, "week"),
        (60, "month"),
        (200, "quarter"),
    )
    return next((grain for most, grain in known if usual <= most), "year")


def _short(period: Period, words: Format) -> str:
    if period.grain == "month":
        return words.month_letter(period.start)
    if period.grain == "quarter":
        return words.t("Q{quarter}", quarter=period.quarter)
    return str(_number(period))


def _long(period: Period, words: Format) -> str:
    return words.month_short(period.start) if period.grain == "month" else _short(period, words)


def _year_name(period: Period, words: Format) -> str:
    if period.grain == "day":
        return f"{words.month_short(period.start)} {period.start.year}"
    if period.grain == "week":
        return str(period.start.isocalendar().year)
    if period.grain == "month":
        return str(period.start.year)
    return words.period_short(period).split("\u00a0", 1)[-1]


def _number(period: Period) -> int:
    if period.grain == "month":
        return period.start.month - 1
    if period.grain == "quarter":
        return period.quarter - 1
    if period.grain == "week":
        return period.start.isocalendar().week
    return period.start.day
