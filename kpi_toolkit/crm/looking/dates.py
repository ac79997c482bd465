"""The ways in which the dates of a column may be written."""

import re
from collections import Counter
from itertools import product

from kpi_toolkit.crm.casting import Form
from kpi_toolkit.crm.looking.heads import Column
from kpi_toolkit.crm.looking.toml import shown
from kpi_toolkit.crm.looking.trials import Verdict
from kpi_toolkit.crm.tables import ColumnType

_LANGUAGES = ("en", "fr", "de", "es", "it", "nl", "pt")
_WRITTEN = re.compile(
    r"(?P<a>\d{1,4}|[^\W\d_]+\.?)(?P<s>[-/. ]{1,2})(?P<b>\d{1,2}|[^\W\d_]+\.?)(?P<t>[-/. ,]{1,2})"
    r"(?P<c>\d{1,4})(?P<clock>(?P<u>[T ,]{1,2}| at | à )(?P<h>\d{1,2})(?P<v>[:hH.])(?P<m>\d{2})"
    r"(?:(?P<w>[:.])(?P<sec>\d{2}(?:\.\d+)?))?(?P<x> ?)(?P<p>[AaPp]\.?[Mm]\.?)?"
    r"(?P<y> ?)(?P<z>Z|[+-]\d{2}(?::?\d{2})?)?)?\Z"
)
_COMPACT = {8: ("%Y%m%d", "%d%m%Y", "%m%d%Y"), 12: ("%Y%m%d%H%M",), 14: ("%Y%m%d%H%M%S",)}
_COUNTED = (
    ("epoch", re.compile(r"\d{9,10}(\.\d+)?\Z")),
    ("epoch_ms", re.compile(r"\d{12,13}\Z")),
    ("excel", re.compile(r"[2-6]\d{4}(\.\d+)?\Z")),
)
# Bare numbers, which may as well be something else.
COUNTED = ("epoch", "excel")
_NAMED = {"epoch": "seconds since 1970", "epoch_ms": "milliseconds since 1970"}
_ORDERS = {"%d": "day first", "%m": "month first", "%y": "year first"}


def forms(column: Column, kind: ColumnType) -> list[Form]:
    """The declarations to try on a column of dates, ISO first."""
    written: dict[tuple[str, str], None] = {("iso", "en"): None}
    shapes = Counter({text: column.cells[text][0] for text in column.texts})
    for text, _ in shapes.most_common(200):
        written |= dict.fromkeys(_formats(text, column))
    # The project's zone would refuse hours that its clocks skipped: that is judged apart.
    return [
        Form(kind, date_format=form, language=language, time_zone="UTC")
        for form, language in list(written)[:24]
    ]


def evidence(column: Column, verdict: Verdict) -> str:
    """How many cells are dates, and what decides their order."""
    form = verdict.best.date_format
    if form in _NAMED or form == "excel":
        named = _NAMED.get(form, "days of a workbook")
        example = f"{shown(column.texts[0])} would be {verdict.values[0]}"
        return f"{verdict.fit:,} of {verdict.filled:,} cells may count {named}: {example}"
    written = "ISO dates" if form == "iso" else "written so"
    read = (t for t, v in zip(column.texts, verdict.values, strict=True) if v is not None)
    told = f"{verdict.fit:,} of {verdict.filled:,} cells are {written}, as {shown(next(read, ''))}"
    if not verdict.deciders or form[:2] not in ("%d", "%m"):
        return told
    first = min(verdict.deciders, key=lambda text: column.cells[text][1])
    count = sum(column.cells[text][0] for text in verdict.deciders)
    others = f" and {count - 1:,} others have" if count > 1 else " has"
    line = column.cells[first][1]
    return f"{told}; {shown(first)} (line {line}){others} a day over 12, none a month over 12"


def question(column: Column, verdict: Verdict) -> tuple[str, str]:
    """What load refuses until it is decided, and the sentence for the person."""
    left = [form.date_format for form in (verdict.best, *verdict.rivals)]
    orders = [f'date_format = "{form}" ({_asked(form)})' for form in left]
    value = f"decide: {' or '.join(map(_asked, left))}"
    told = f"{shown(column.texts[0])} and every other date reads both ways"
    return value, f"decide: {told}: {' or '.join(orders)}"


def _asked(date_format: str) -> str:
    return _ORDERS.get(date_format[:2], date_format)


def _formats(text: str, column: Column) -> list[tuple[str, str]]:
    """The formats, with languages of month names, that a text may be written in."""
    found = [(name, "en") for name, shape in _COUNTED if shape.match(text)]
    if text.isascii() and text.isdigit():
        return found + [(form, "en") for form in _COMPACT.get(len(text), ())]
    parts = _WRITTEN.match(text)
    if not parts:
        return found
    clock = _clock(parts) if parts["clock"] else ""
    dates = _orders(parts, column)
    languages = _LANGUAGES if any("%b" in d or "%B" in d for d in dates) else ("en",)
    return found + [(date + clock, language) for language, date in product(languages, dates)]


def _orders(parts: re.Match[str], column: Column) -> list[str]:
    a, b, c = parts["a"], parts["b"], parts["c"]
    year = "%Y" if len(c) == 4 else "%y"
    if not b[0].isdigit():
        orders = [("%d", _month(b), year)] if a[0].isdigit() else []
    elif not a[0].isdigit():
        orders = [(_month(a), "%d", year)]
    elif len(a) == 4:
        orders = [("%Y", "%m", "%d")]
    else:
        orders = [("%d", "%m", year), ("%m", "%d", year)]
        orders += [("%y", "%m", "%d")] if len(a) == len(c) == 2 and _years_first(column) else []
    return [f"{x}{parts['s']}{y}{parts['t']}{z}" for x, y, z in orders]


def _years_first(column: Column) -> bool:
    """Whether the first of three pairs of digits may be the year: years repeat, days vary."""
    found = [parts for text in column.texts if (parts := _WRITTEN.match(text))]
    return len({parts["a"] for parts in found}) <= len({parts["c"] for parts in found})


def _month(word: str) -> str:
    return "%b" if len(word.rstrip(".")) < 4 or word.endswith(".") else "%B"


def _clock(parts: re.Match[str]) -> str:
    hour = "%I" if parts["p"] else "%H"
    seconds = f"{parts['w']}%S" if parts["sec"] else ""
    half = f"{parts['x']}%p" if parts["p"] else ""
    blank = parts["y"] if parts["p"] else parts["x"] or parts["y"]
    offset = f"{blank}%z" if parts["z"] else ""
    return f"{parts['u']}{hour}{parts['v']}%M{seconds}{half}{offset}"
