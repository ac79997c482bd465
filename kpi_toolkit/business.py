"""When the business is open: the hours of a week, less holidays and days closed by declaration."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from kpi_toolkit.errors import ConfigError, near_misses

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
EXAMPLES = "'Mon-Fri 09:00-18:00' or 'Mon-Thu 09:00-12:00 14:00-18:00, Fri 09:00-12:00'"
MOST_RANGES = 2

_TIMES = re.compile(r"(\d\d?):([0-5]\d)-(\d\d?):([0-5]\d)", re.ASCII)
_CODE = re.compile(r"[A-Z]{2,4}(-[A-Za-z0-9]{1,20})?\Z", re.ASCII)

Range = tuple[int, int]  # minutes after midnight, from and to


@dataclass(frozen=True)
class BusinessHours:
    """The hours of a week, the country whose holidays are kept ("FR", "DE-BY"), and further days
    closed. Raises ConfigError for hours that cannot be read.
    """

    hours: str = "Mon-Fri 09:00-18:00"
    holidays: str = ""
    closed: tuple[dt.date, ...] = ()

    def __post_init__(self) -> None:
        _week(self.hours)
        if self.holidays and not _CODE.match(self.holidays):
            raise ConfigError(
                f"holidays {self.holidays!r}: expected the code of a country such as 'FR', or of "
                "a part of one such as 'DE-BY'"
            )

    def open_on(self, day: dt.date) -> tuple[Range, ...]:
        """The hours of a local day, in minutes after midnight; none on a holiday."""
        hours = _week(self.hours)[day.weekday()]
        return () if hours and (day in self._closed or self._is_holiday(day)) else hours

    def days_between(self, start: dt.date, end: dt.date) -> int:
        """How many days from `start` up to, and without, `end` are business days."""
        return sum(bool(self.open_on(day)) for day in days(start, end))

    def bounds(self, day: dt.date, zone: ZoneInfo) -> tuple[dt.datetime, ...]:
        """When a local day opens, pauses, resumes and closes, as naive UTC instants.

        A day without a pause has it at its end, of no length; a closed day is all at its start.
        """
        ranges = self.open_on(day) or ((0, 0),)
        (opens, pauses), (resumes, closes) = ranges[0], ranges[-1]
        if len(ranges) == 1:
            pauses = resumes = closes
        found = [_utc(day, minute, zone) for minute in (opens, pauses, resumes, closes)]
        # An hour that the clocks skip may bring the later of two times before the earlier one.
        return tuple(max(found[: n + 1]) for n in range(4))

    def check_holidays(self) -> None:
        """Raises ConfigError when the country is not known. Loading its holidays takes a while, so
        that this is not done where nobody asks for them.
        """
        self._is_holiday(dt.date(2024, 1, 1))

    @cached_property
    def _closed(self) -> frozenset[dt.date]:
        return frozenset(self.closed)

    def _is_holiday(self, day: dt.date) -> bool:
        return bool(self.holidays) and day in _holidays(self.holidays, day.year)


def days(start: dt.date, end: dt.date) -> Iterable[dt.date]:
    """The days from `start` up to, and without, `end`."""
    return (start + dt.timedelta(n) for n in range((end - start).days))


def _utc(day: dt.date, minute: int, zone: ZoneInfo) -> dt.datetime:
    later, minute = divmod(minute, 24 * 60)
    local = dt.datetime.combine(day + dt.timedelta(later), dt.time(*divmod(minute, 60)), zone)
    return local.astimezone(dt.UTC).replace(tzinfo=None)


@lru_cache(maxsize=64)
def _week(text: str) -> tuple[tuple[Range, ...], ...]:
    """The ranges of each day from Monday on: days, then the hours that they have in common."""
    week: list[list[Range]] = [[] for _ in DAYS]
    told: set[int] = set()
    timed = False
    for word in re.split(r"[\s,]+", text.strip(" ,")):
        if times := _TIMES.fullmatch(word):
            opened = _range(text, word, times)
            if not told:
                raise _refusal(text, f"{word!r} has no day before it")
            for day in told:
                week[day].append(opened)
            timed = True
        else:
            told = _named(text, word) | (set() if timed else told)
            timed = False
    if not timed:
        raise _refusal(text, "no hours stand at its end")
    return tuple(_in_turn(text, day, ranges) for day, ranges in zip(DAYS, week, strict=True))


def _range(text: str, word: str, times: re.Match[str]) -> Range:
    hour, minute, to_hour, to_minute = map(int, times.groups())
    start, end = hour * 60 + minute, to_hour * 60 + to_minute
    if not start < end <= 24 * 60:
        raise _refusal(text, f"{word!r} does not end after it starts, on the same day")
    return start, end


def _named(text: str, word: str) -> set[int]:
    first, _, last = word.partition("-")
    for name in (first, last or first):
        if name not in DAYS:
            raise _refusal(text, f"{word!r}: {near_misses(name, DAYS)}")
    start, end = DAYS.index(first), DAYS.index(last or first)
    return {(start + n) % 7 for n in range((end - start) % 7 + 1)}


def _in_turn(text: str, day: str, ranges: list[Range]) -> tuple[Range, ...]:
    found = sorted(ranges)
    if any(later[0] < earlier[1] for earlier, later in zip(found, found[1:], strict=False)):
        raise _refusal(text, f"the hours of {day} overlap")
    if len(found) > MOST_RANGES:
        raise _refusal(text, f"{day} has {len(found)} ranges, more than one pause")
    return tuple(found)


def _refusal(text: str, why: str) -> ConfigError:
    return ConfigError(f"business_hours {text!r}: {why}; expected {EXAMPLES}")


@lru_cache(maxsize=512)
def _holidays(code: str, year: int) -> frozenset[dt.date]:
    import holidays

    country, _, part = code.partition("-")
    try:
        return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
    except NotImplementedError:
        known = holidays.list_supported_countries(include_aliases=True)
    if country not in known:
        raise ConfigError(f"holidays {code!r}: {near_misses(country, known)}")
    near = near_misses(part, known[country]) if known[country] else "it has no parts"
    raise ConfigError(f"holidays {code!r}: {country} has no part {part!r}, {near}")
