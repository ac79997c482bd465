"""Dates and instants as text -> DuckDB expressions; local times become UTC, skipped ones NULL."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kpi_toolkit.crm.quoting import literal
from kpi_toolkit.errors import ConfigError

COUNTED = ("excel", "excel_1904", "epoch", "epoch_ms")
# An hour of one digit is no ISO, but common, and can be read in one way only.
ISO = (
    r"^(?P<Y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"
    r"(?:[T ](?P<H>[01]?\d|2[0-3]):(?P<M>[0-5]\d)(?::(?P<S>[0-5]\d(?:[.,]\d{1,9})?))?"
    r"(?P<z>Z|[+-]\d{2}(?::?\d{2})?)?)?$"
)
PARTS = {
    "d": r"\d{1,2}",
    "m": r"\d{1,2}",
    "Y": r"\d{4}",
    "y": r"\d{2}",
    "H": r"[01]?\d|2[0-3]",
    "I": r"0?[1-9]|1[0-2]",
    "M": r"[0-5]\d",
    "S": r"[0-5]\d(?:\.\d{1,9})?",
    "p": r"[AaPp]\.?[Mm]\.?",
    "z": r"Z|[+-]\d{2}(?::?\d{2})?",
    "B": r"\p{L}+\.?",
    "b": r"\p{L}+\.?",
    "A": r"\p{L}+\.?",
    "a": r"\p{L}+\.?",
}
# Of one or two digits: where several follow each other without a mark, 1122024 would be two days.
_FULL = {"d": r"\d{2}", "m": r"\d{2}", "H": r"[01]\d|2[0-3]", "I": r"0[1-9]|1[0-2]"}
_UNPARTED = re.compile(r"(?:%[dmYyHIMS])+")


@dataclass(frozen=True)
class Moment:
    """How moments are written, where a time without an offset is, and whether the local day is
    wanted.
    """

    date_format: str = "iso"
    language: str = "en"
    time_zone: str = "UTC"
    day: bool = False


def check(date_format: str, language: str) -> None:
    """Raises ConfigError for a format that cannot be read, or months of an unknown language."""
    if date_format != "iso" and date_format not in COUNTED:
        letters = re.findall(r"\?P<(\w)>", _pattern(date_format))
        if not set(letters) & {"Y", "y"}:
            raise ConfigError(f"date_format {date_format!r}: it has no year, %Y or %y")
        if len(set(letters)) < len(letters):
            raise ConfigError(f"date_format {date_format!r}: a part appears twice")
        if set(letters) & {"B", "b"}:
            _month_names(language)


def cast(text: str, moment: Moment) -> str:
    """A TIMESTAMP in UTC, or the local DATE; NULL where `text` is not written as declared."""
    if moment.date_format in COUNTED:
        return _counted(text, moment)
    pattern = ISO if moment.date_format == "iso" else _pattern(moment.date_format)
    letters = re.findall(r"\?P<(\w)>", pattern)
    # DuckDB's struct fields differ in more than case, so the group's letter carries its number.
    names = ", ".join(literal(letter + str(ord(letter))) for letter in letters)
    parts = f"regexp_extract({text}, {literal(pattern)}, [{names}])"
    local = f"try_cast({_local(letters, moment.language)} AS TIMESTAMP)"
    value = placed(local, moment, offset=_got("z") if "z" in letters else None)
    return f"list_transform([{parts}], lambda p: {value})[1]"


def placed(local: str, moment: Moment, offset: str | None = None) -> str:
    """A local time as the day, or as the UTC instant.

    A time that the clocks skipped is NULL, save midnight: such a day starts at one. A doubled hour
    is its second one, in winter time.
    """
    zone = literal(moment.time_zone)
    utc = local if moment.time_zone == "UTC" else _unskipped(local, zone)
    if offset:
        utc = (
            f"CASE WHEN coalesce({offset}, '') = '' THEN {utc} ELSE {local} - {_shift(offset)} END"
        )
    if not moment.day:
        return utc
    if not offset:
        return f"CAST({local} AS DATE)"
    # With an offset, the day is the one where the business is, not where the clock was.
    there = f"timezone({zone}, timezone('UTC', {utc}))"
    return f"CAST(CASE WHEN coalesce({offset}, '') = '' THEN {local} ELSE {there} END AS DATE)"


def _got(letter: str) -> str:
    return f"p['{letter}{ord(letter)}']"


def _local(letters: list[str], language: str) -> str:
    """The ISO text of the local time, out of the groups of the pattern; NULL where there is no
    match, of which every group is "".
    """

    def part(letter: str, absent: str) -> str:
        return (
            f"coalesce(nullif({_got(letter)}, ''), '{absent}')"
            if letter in letters
            else f"'{absent}'"
        )

    century = f"CASE WHEN {_got('y')} >= '69' THEN '19' ELSE '20' END"
    year = f"{century} || nullif({_got('y')}, '')" if "y" in letters else _got("Y")
    named = next((letter for letter in "Bb" if letter in letters), None)
    month = _month(_got(named), language) if named else part("m", "1")
    hour = _twelve_hour(letters) if "I" in letters else part("H", "0")
    seconds = f"replace({part('S', '0')}, ',', '.')"
    day = f"{year} || '-' || {month} || '-' || {part('d', '1')}"
    return f"{day} || ' ' || {hour} || ':' || {part('M', '0')} || ':' || {seconds}"


def _twelve_hour(letters: list[str]) -> str:
    late = f"CASE WHEN {_got('p')} ILIKE 'p%' THEN 12 ELSE 0 END" if "p" in letters else "0"
    return f"CAST(CAST(nullif({_got('I')}, '') AS INTEGER) % 12 + {late} AS VARCHAR)"


def _unskipped(local: str, zone: str) -> str:
    here = f"timezone('UTC', timezone({zone}, {local}))"
    exists = f"timezone({zone}, timezone('UTC', {here})) = {local}"
    midnight = f"CAST({local} AS TIME) = TIME '00:00'"
    return f"CASE WHEN {exists} OR {midnight} THEN {here} END"


def _shift(offset: str) -> str:
    digits = f"rpad(replace({offset}, ':', ''), 5, '0')"
    minutes = f"CAST({digits}[2:3] AS INTEGER) * 60 + CAST({digits}[4:5] AS INTEGER)"
    sign = f"CASE WHEN {offset}[1] = '-' THEN -1 ELSE 1 END"
    return f"to_minutes(CASE WHEN {offset} = 'Z' THEN 0 ELSE ({sign}) * ({minutes}) END)"


def _counted(text: str, moment: Moment) -> str:
    """Days since a workbook's first day, or seconds since 1970."""
    shape = literal(r"^\d{1,15}(\.\d+)?$")
    number = f"CASE WHEN regexp_matches({text}, {shape}) THEN try_cast({text} AS DOUBLE) END"
    if moment.date_format.startswith("excel"):
        late = moment.date_format == "excel_1904"
        # Day 60 of Excel is 29 February 1900, which never was; below it the count is off by one.
        origin, least = ("1904-01-01", 0) if late else ("1899-12-30", 61)
        days = f"to_milliseconds(CAST(round({number} * 86400000) AS BIGINT))"
        local = (
            f"CASE WHEN {number} BETWEEN {least} AND 2958465 THEN TIMESTAMP '{origin}' + {days} END"
        )
        return placed(local, moment)
    scale = 1000 if moment.date_format == "epoch" else 1
    milliseconds = f"epoch_ms(CAST(round({number} * {scale}) AS BIGINT))"
    utc = f"CASE WHEN {number} * {scale} < 253402300800000 THEN {milliseconds} END"
    return (
        f"CAST(timezone({literal(moment.time_zone)}, timezone('UTC', {utc})) AS DATE)"
        if moment.day
        else utc
    )


def _pattern(date_format: str) -> str:
    found, rest, unparted = "", date_format, _unparted(date_format)
    while rest:
        if rest[0] != "%":
            found, rest = found + re.escape(rest[0]), rest[1:]
            continue
        letter = rest[1:2]
        if not letter or letter not in PARTS:
            known = " ".join("%" + part for part in PARTS)
            raise ConfigError(
                f"date_format {date_format!r}: %{letter} is not known; "
                f"use {known}, or iso {' '.join(COUNTED)}"
            )
        shape = _FULL[letter] if letter in unparted else PARTS[letter]
        found, rest = found + f"(?P<{letter}>{shape})", rest[2:]
    return f"^{found}$"


def _unparted(date_format: str) -> set[str]:
    """The letters of parts that need both digits, since nothing parts them from each other."""
    runs = [set(run) & _FULL.keys() for run in _UNPARTED.findall(date_format)]
    return {letter for run in runs if len(run) > 1 for letter in run}


def _month(text: str, language: str) -> str:
    arms = "".join(
        f" WHEN {literal(word)} THEN '{n}'" for word, n in _month_names(language).items()
    )
    return f"CASE rtrim(lower(strip_accents({text})), '.'){arms} END"


def _month_names(language: str) -> dict[str, int]:
    from babel.core import UnknownLocaleError
    from babel.dates import get_month_names

    def plain(word: str) -> str:
        bare = unicodedata.normalize("NFKD", word.lower()).encode("ascii", "ignore").decode()
        return bare.rstrip(".")

    try:
        found = {
            plain(word): n
            for width in ("wide", "abbreviated")
            for use in ("format", "stand-alone")
            for n, word in get_month_names(width, use, language).items()
        }
        return _beginnings(get_month_names("wide", "format", language), plain) | found
    except (UnknownLocaleError, ValueError):
        raise ConfigError(
            f"language {language!r}: its months are not known; expected en, fr, de ..."
        ) from None


def _beginnings(months: Mapping[int, str], plain: Callable[[str], str]) -> dict[str, int]:
    """The first three or four letters of a month, where no other month begins with them: Sept."""
    firsts = [(plain(word)[:size], n) for n, word in months.items() for size in (3, 4)]
    return {first: n for first, n in firsts if all(m == n for other, m in firsts if other == first)}
