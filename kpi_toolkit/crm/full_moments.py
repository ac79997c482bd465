"""Moments with all their digits, as nearly all are written: a quick way to the value that the exact
way of `moments` gives too, and has to give for whatever is written otherwise.

The local time is made first, as a column of its own, so that its UTC instant asks for it often and
cheaply: offsets stand in a table, as nested CASEs, since the engine takes long over a time zone.
"""

import re
from functools import cache

from kpi_toolkit.crm.moments import COUNTED, Moment, placed
from kpi_toolkit.crm.quoting import literal

_DIGITS = {
    "d": r"\d\d",
    "m": r"\d\d",
    "Y": r"[12]\d{3}",
    "y": r"\d\d",
    "H": r"(?:[01]\d|2[0-3])",
    "M": r"[0-5]\d",
    "S": r"[0-5]\d",
}
_ISO_DAY = r"[12]\d{3}-\d\d-\d\d"
_ISO_TIME = rf"{_DIGITS['H']}:{_DIGITS['M']}:{_DIGITS['S']}"
_ISO = rf"^{_ISO_DAY}(?:[T ]{_ISO_TIME}(?:\.\d{{1,6}})?)?$"
# Without an offset, the engine's cast would take its own time zone.
_ISO_OFFSET = rf"^{_ISO_DAY}[T ]{_ISO_TIME}(?:\.\d{{1,6}})?(?:Z|[+-]\d\d(?::?\d\d)?)$"
# Twenty years: more would make each query longer to plan.
_FIRST, _DAYS = "2012-01-02", 7_304


def local(text: str, moment: Moment) -> str:
    """SQL of the local time; "" for a format that leaves out digits, or has words or offsets."""
    if moment.date_format == "iso":
        return _admitted(text, _ISO, f"try_cast({text} AS TIMESTAMP)")
    shape, rest = "", "" if moment.date_format in COUNTED else moment.date_format
    while rest:
        size = 2 if rest[0] == "%" else 1
        part = _DIGITS.get(rest[1:2]) if size == 2 else re.escape(rest[0])
        if part is None:
            return ""
        shape, rest = shape + part, rest[size:]
    if not shape:
        return ""
    return _admitted(text, f"^{shape}$", f"try_strptime({text}, {literal(moment.date_format)})")


def cast(local: str, text: str, moment: Moment, exact: str) -> str:
    """SQL of the value: of the local time, the name of a column, where that tells it, else by the
    exact way.
    """
    if moment.day:
        ways = [f"CAST({local} AS DATE)"]
    elif moment.time_zone == "UTC":
        ways = [local]
    else:
        by_table = f"{local} - {_halved(local, _offsets(moment.time_zone))}"
        ways = [by_table, placed(local, moment)]
    if moment.date_format == "iso" and not moment.day:
        ways.append(
            _admitted(text, _ISO_OFFSET, f"timezone('UTC', try_cast({text} AS TIMESTAMPTZ))")
        )
    return f"CASE WHEN {text} IS NOT NULL THEN coalesce({', '.join([*ways, exact])}) END"


def _admitted(text: str, shape: str, value: str) -> str:
    return f"CASE WHEN regexp_matches({text}, {literal(shape)}) THEN {value} END"


def _halved(local: str, offsets: "tuple[tuple[str, str], ...]") -> str:
    if len(offsets) == 1:
        return offsets[0][1]
    middle = len(offsets) // 2
    early, late = _halved(local, offsets[:middle]), _halved(local, offsets[middle:])
    return f"CASE WHEN {local} < TIMESTAMP '{offsets[middle][0]}' THEN {early} ELSE {late} END"


@cache
def _offsets(time_zone: str) -> tuple[tuple[str, str], ...]:
    """From which local day on which offset holds, as the engine itself has it; NULL for days around
    a change.
    """
    import duckdb

    zone = literal(time_zone)
    seconds = f"CAST(epoch(day) - epoch(timezone('UTC', timezone({zone}, day))) AS BIGINT)"
    days = (
        f"SELECT TIMESTAMP '{_FIRST}' + to_days(CAST(n AS INTEGER)) AS day FROM range({_DAYS}) t(n)"
    )
    steady = "lag(o) OVER (ORDER BY day) = o AND lead(o) OVER (ORDER BY day) = o"
    shown = f"SELECT day, CASE WHEN {steady} THEN o END FROM"
    sql = f"{shown} (SELECT day, {seconds} AS o FROM ({days})) ORDER BY day"
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        found = connection.execute(sql).fetchall()
    offsets: list[tuple[str, str]] = [("", "CAST(NULL AS INTERVAL)")]
    for day, offset in found:
        shown = offsets[0][1] if offset is None else f"to_seconds({offset})"
        if shown != offsets[-1][1]:
            offsets.append((str(day), shown))
    return tuple(offsets)
