"""Periods of a business calendar: half-open, in local days, with their bounds as UTC instants.

Every bound that reaches SQL is computed here, so that fiscal years, time zones and daylight saving
are decided once. Instants are naive datetimes in UTC, as DuckDB's TIMESTAMP and the canonical
tables have them.
"""

import datetime as dt
import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from kpi_toolkit.business import BusinessHours
from kpi_toolkit.errors import ConfigError, PeriodError, near_misses
from kpi_toolkit.period_names import key_of

Grain = Literal["day", "week", "month", "quarter", "year", "all"]
GRAINS: tuple[Grain, ...] = ("day", "week", "month", "quarter", "year", "all")
MONTHS = {"month": 1, "quarter": 3, "year": 12}
EARLIEST, LATEST = dt.date(1, 1, 1), dt.date(9999, 12, 31)
# Years that a period may be asked for: its predecessors and successors are dates as well.
YEARS = range(1900, 2200)

_KEYS: tuple[tuple[Grain, str], ...] = (
    ("day", r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"),
    ("week", r"(?P<y>\d{4})-W(?P<w>\d{2})"),
    ("month", r"(?P<y>\d{4})-(?P<m>\d{2})"),
    ("quarter", r"(?P<y>\d{4})-[QT](?P<q>[1-4])"),
    ("year", r"(?P<y>\d{4})"),
)
_RELATIVE = re.compile(
    r"(?P<which>last complete|last|this|current) (?P<grain>day|week|month|quarter|year)\Z"
)


@dataclass(frozen=True)
class Calendar:
    """Where the business is, when its year starts and when it is open.

    A fiscal year that starts after January is named by the calendar year in which it ends, as most
    companies name it.
    """

    time_zone: str = "Europe/Paris"
    fiscal_year_starts: int = 1
    business: BusinessHours = BusinessHours()

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            near = near_misses(self.time_zone.replace(" ", "_"), sorted(available_timezones()))
            raise ConfigError(f"time_zone {self.time_zone!r}: {near}") from None
        if self.fiscal_year_starts not in range(1, 13):
            raise ConfigError(
                f"fiscal_year_starts {self.fiscal_year_starts!r}: expected a month from 1 to 12"
            )

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone's rules."""
        return ZoneInfo(self.time_zone)

    def instant(self, day: dt.date) -> dt.datetime:
        """The UTC instant at which a local day starts."""
        if day in (EARLIEST, LATEST):
            return dt.datetime.combine(day, dt.time())
        local = dt.datetime.combine(day, dt.time(), self.zone)
        return local.astimezone(dt.UTC).replace(tzinfo=None)

    def local_day(self, instant: dt.datetime) -> dt.date:
        """The local day in which a UTC instant lies."""
        return instant.replace(tzinfo=dt.UTC).astimezone(self.zone).date()

    def local(self, instant: dt.datetime) -> dt.datetime:
        """A UTC instant as local wall time, naive."""
        return instant.replace(tzinfo=dt.UTC).astimezone(self.zone).replace(tzinfo=None)

    def containing(self, day: dt.date, grain: Grain) -> "Period":
        """The period of a grain that holds a local day."""
        if grain == "all":
            return Period("all", EARLIEST, LATEST, self)
        if grain == "day":
            return Period(grain, day, day + dt.timedelta(days=1), self)
        if grain == "week":
            start = day - dt.timedelta(days=day.weekday())
            return Period(grain, start, start + dt.timedelta(days=7), self)
        length = MONTHS[grain]
        offset = self.fiscal_year_starts - 1
        index = day.year * 12 + day.month - 1 - offset
        first = index - index % length + offset
        return Period(grain, _month(first), _month(first + length), self)


@dataclass(frozen=True)
class Period:
    """Local days from `start` up to, and without, `end`."""

    grain: Grain
    start: dt.date
    end: dt.date
    calendar: Calendar

    @cached_property
    def start_at(self) -> dt.datetime:
        """The first instant, UTC."""
        return self.calendar.instant(self.start)

    @cached_property
    def end_at(self) -> dt.datetime:
        """The first instant after the period, UTC."""
        return self.calendar.instant(self.end)

    @property
    def fiscal_year(self) -> int:
        """The year that names the period."""
        late = (
            self.calendar.fiscal_year_starts > 1
            and self.start.month >= self.calendar.fiscal_year_starts
        )
        return self.start.year + late

    @property
    def quarter(self) -> int:
        """1 to 4, within the fiscal year."""
        return (self.start.month - self.calendar.fiscal_year_starts) % 12 // 3 + 1

    @property
    def key(self) -> str:
        """The period's name in options, files and the archive: 2026-Q3, 2026-09, 2026-W38, 2026,
        2026-09-14, all.
        """
        if self.grain == "week":
            year, week, _ = self.start.isocalendar()
            return f"{year}-W{week:02d}"
        return {
            "all": "all",
            "day": self.start.isoformat(),
            "month": f"{self.start:%Y-%m}",
            "quarter": f"{self.fiscal_year}-Q{self.quarter}",
            "year": str(self.fiscal_year),
        }[self.grain]

    def __str__(self) -> str:
        return self.key

    def previous(self, steps: int = 1) -> "Period":
        """The preceding whole period; `steps` of them back, or forward when negative."""
        if self.grain == "all":
            raise PeriodError(
                "period 'all' has no previous period: ask for a quarter, a month, a week, a day "
                "or a year"
            )
        try:
            return self._shifted(steps)
        except (ValueError, OverflowError):
            raise PeriodError(
                f"period {self.key!r}: {steps} periods before it there is no date"
            ) from None

    def _shifted(self, steps: int) -> "Period":
        if self.grain in ("day", "week"):
            days = (self.end - self.start) * steps
            return replace(self, start=self.start - days, end=self.end - days)
        first = self.start.year * 12 + self.start.month - 1 - MONTHS[self.grain] * steps
        return replace(self, start=_month(first), end=_month(first + MONTHS[self.grain]))

    def year_ago(self) -> "Period":
        """The same period a year before; a week is 52 weeks before, a day 364 days, so that
        weekdays match.
        """
        return self.previous(
            {"day": 364, "week": 52, "month": 12, "quarter": 4, "year": 1}.get(self.grain, 1)
        )

    def last(self, n: int) -> "tuple[Period, ...]":
        """`n` periods that end with this one, oldest first."""
        return tuple(self.previous(k) for k in range(n - 1, -1, -1))

    def split(self, grain: Grain) -> "tuple[Period, ...]":
        """The periods of a finer grain that start within this one."""
        part, parts = self.calendar.containing(self.start, grain), []
        while part.start < self.end:
            if part.start >= self.start:
                parts.append(part)
            part = part.previous(-1)
        return tuple(parts)

    def end_by(self, as_of: dt.datetime) -> dt.datetime:
        """The end as SQL sees it: `as_of` while the period is under way."""
        return min(self.end_at, as_of)

    def require_started(self, as_of: dt.datetime) -> "Period":
        """The period itself. Raises PeriodError when it had not begun at `as_of`."""
        if self.start_at >= as_of and self.grain != "all":
            raise PeriodError(
                f"period {self.key}: it starts on {self.start}, and the data are of "
                f"{self.calendar.local(as_of):%Y-%m-%d}; ask for an earlier period"
            )
        return self

    def business_days(self, as_of: dt.datetime | None = None) -> int:
        """How many business days it has; at `as_of`, those of them that were over."""
        if self.grain == "all":
            raise PeriodError("period 'all' has no first day to count business days from")
        end = self.end if as_of is None else min(self.end, self.calendar.local_day(as_of))
        return self.calendar.business.days_between(self.start, end)

    def is_complete(self, as_of: dt.datetime) -> bool:
        """Whether the period had ended at `as_of`."""
        return self.end_at <= as_of


def parse_period(text: "str | Period", calendar: Calendar, as_of: dt.datetime) -> Period:
    """A period from its key ("2026-Q3"), as reports write it ("T3 2026", "juin 2026") or in words
    ("last complete quarter", "this month").

    Raises PeriodError, with the forms that are understood.
    """
    if isinstance(text, Period):
        return text
    given = str(text).strip()
    if given == "all":
        return calendar.containing(EARLIEST, "all")
    if relative := _RELATIVE.match(given.lower()):
        period = calendar.containing(calendar.local_day(as_of), relative["grain"])  # type: ignore[arg-type]
        return period.previous() if relative["which"].startswith("last") else period
    key = key_of(given)
    for grain, pattern in _KEYS:
        if found := re.fullmatch(pattern, key, re.ASCII):
            return _from_key(
                grain, {k: int(v) for k, v in found.groupdict().items()}, given, calendar
            )
    raise PeriodError(
        f"period {given!r}: expected 2026-Q3, 2026-09, 2026-W38, 2026, 2026-09-14, all, Q3 2026, "
        f"T3 2026, June 2026, juin 2026, S38 2026, or 'last complete quarter' (month, week, day, "
        f"year)"
    )


def parse_as_of(
    text: "str | dt.date | dt.datetime | None", calendar: Calendar, now: dt.datetime
) -> dt.datetime:
    """The moment of knowledge, a naive UTC instant: `now` when empty, a date as the start of that
    local day, or local time.

    `now` is aware or naive UTC. Raises PeriodError.
    """
    if text is None or text == "":
        return _utc(now)
    if isinstance(text, dt.date):
        return _from_day_or_time(text, calendar)
    try:
        moment = dt.datetime.fromisoformat(str(text).strip())
    except ValueError:
        raise PeriodError(
            f"as_of {text!r}: expected a date such as 2026-10-05, or 2026-10-05T06:00"
        ) from None
    return _from_day_or_time(
        moment if moment.tzinfo else moment.replace(tzinfo=calendar.zone), calendar
    )


def _from_day_or_time(moment: dt.date, calendar: Calendar) -> dt.datetime:
    """Naive times are UTC. Far years are refused, since periods around them would not be dates."""
    if moment.year not in YEARS:
        raise PeriodError(f"as_of {str(moment)!r}: expected a year from {YEARS[0]} to {YEARS[-1]}")
    return _utc(moment) if isinstance(moment, dt.datetime) else calendar.instant(moment)


def _utc(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _month(index: int) -> dt.date:
    return dt.date(index // 12, index % 12 + 1, 1)


def _from_key(grain: Grain, part: dict[str, int], given: str, calendar: Calendar) -> Period:
    try:
        if part["y"] not in YEARS:
            raise ValueError(f"expected a year from {YEARS[0]} to {YEARS[-1]}")
        if grain == "day":
            return calendar.containing(dt.date(part["y"], part["m"], part["d"]), grain)
        if grain == "week":
            return calendar.containing(dt.date.fromisocalendar(part["y"], part["w"], 1), grain)
        if grain == "month":
            return calendar.containing(dt.date(part["y"], part["m"], 1), grain)
        late = calendar.fiscal_year_starts > 1
        first = (
            (part["y"] - late) * 12 + calendar.fiscal_year_starts - 1 + 3 * (part.get("q", 1) - 1)
        )
        return calendar.containing(_month(first), grain)
    except ValueError as error:
        raise PeriodError(f"period {given!r}: {error}") from None
