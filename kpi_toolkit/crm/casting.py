"""Declared formats as DuckDB expressions that give a value or NULL, never something else.

DuckDB's own casts are too kind to be used alone: try_cast reads '1_000', ' 12 ', '1e5', 'inf' and
'0x10', and rounds '12.345' to the whole 12. So one regular expression, made from the declaration,
admits the text first.
"""

import re
from dataclasses import dataclass, replace
from functools import cache
from unicodedata import normalize
from zoneinfo import available_timezones

from kpi_toolkit.crm import moments
from kpi_toolkit.crm.quoting import literal, literals
from kpi_toolkit.crm.tables import SQL_TYPES, ColumnType
from kpi_toolkit.errors import ConfigError, near_misses

# A cell that was typed in its source is written as plain text behind this mark, so that declared
# text formats do not touch it: the number 1.234 of a workbook is not "1.234" with a thousands
# separator.
TYPED = "\x02"
# Before a number that an expression could not read: no form admits it, and nobody is shown it.
UNREAD = f"{TYPED}#{TYPED}"

TRIMMED = " \t\u00a0\u202f\u2009\ufeff"
SPACES = r"[ \x{00A0}\x{202F}\x{2009}]"
MINUS = r"[-\x{2212}]"
# "trailing" is 12.50-, as some ledgers write it; a minus in front is read in any case.
NEGATIVE = ("-", "()", "trailing")
THOUSANDS = {"": "", " ": SPACES, "'": "['\u2019]", ".": r"\.", ",": ","}


@dataclass(frozen=True)
class Form:
    """How the cells of one column are written, and what they are."""

    kind: ColumnType = "text"
    decimal: str = "."
    thousands: str = ""
    negative: str = "-"
    sign: str = ""
    percent: bool = False
    date_format: str = "iso"
    language: str = "en"
    time_zone: str = "UTC"
    null: tuple[str, ...] = ()  # words that are no value; an empty cell is none in any case

    def __post_init__(self) -> None:
        """Closed sets, so that nothing of a configuration is a piece of SQL or of a pattern."""
        for name in ("decimal", "date_format", "time_zone"):
            if getattr(self, name).startswith("decide:"):
                raise ConfigError(
                    f"{name} {getattr(self, name)!r}: choose; what stands above it in kpi.toml "
                    f"says what there is to choose from"
                )
        _one_of("decimal", self.decimal, (".", ","))
        _one_of("thousands", self.thousands, tuple(THOUSANDS))
        _one_of("negative", self.negative, NEGATIVE)
        _one_of("time_zone", self.time_zone, _zones())
        if self.decimal == self.thousands:
            raise ConfigError(f"thousands {self.thousands!r}: it is the decimal mark too")
        if any(mark.isdigit() or mark in ".,-+()" for mark in self.sign):
            raise ConfigError(f"sign {self.sign!r}: it may not hold digits or marks of a number")
        moments.check(self.date_format, self.language)

    @property
    def moment(self) -> moments.Moment:
        """What concerns dates and instants."""
        day = self.kind == "date"
        return moments.Moment(self.date_format, self.language, self.time_zone, day)

    @property
    def wanted(self) -> str:
        """What a cell has to be, for the sentence about one that is not."""
        written = "YYYY-MM-DD[ HH:MM[:SS]]" if self.date_format == "iso" else self.date_format
        return {
            "money": f"an amount with decimal mark {self.decimal!r} and at most 4 decimals",
            "number": f"a number with decimal mark {self.decimal!r}",
            "whole": "a whole number",
            "boolean": "true or false",
            "text": "a value",
            "date": f"a date written {written}",
            "instant": f"a time written {written}",
        }[self.kind]


def cell(column: str, null: tuple[str, ...] = ()) -> str:
    """Trimmed, composed (NFC) text, or NULL for an empty cell and a null word."""
    return known(f"nfc_normalize(trim({column}, {literal(TRIMMED)}))", null)


def known(text: str, null: tuple[str, ...] = ()) -> str:
    """A trimmed and composed text, or NULL for an empty one and a null word."""
    # A null word may be a number or an error of a workbook, which are typed.
    told = unmarked(text) if null else text
    words = dict.fromkeys(normalize("NFC", word) for word in ("", *null))
    return f"CASE WHEN {told} IN ({literals(words)}) THEN NULL ELSE {text} END"


def cast(text: str, form: Form) -> str:
    """SQL that is NULL where `text` does not have the declared form."""
    bare = unmarked(text)
    if form.kind == "text":
        # An error value of a workbook is typed, and no text.
        typed = f"CASE WHEN NOT starts_with({text}, {literal(TYPED + '#')}) THEN {bare} END"
        return _either(text, typed, text)
    if form.kind == "boolean":
        return f"CASE lower({bare}) WHEN 'true' THEN true WHEN 'false' THEN false END"
    if form.kind in ("date", "instant"):
        typed = moments.cast(bare, replace(form, date_format="iso").moment)
        if form.date_format != "iso":
            # Seconds, days and 20240201 are a number in most sources that have types.
            typed = f"coalesce({typed}, {moments.cast(bare, form.moment)})"
        return _either(text, typed, moments.cast(text, form.moment))
    simple, number = _simple(text, form), _number(text, form)
    declared = f"CASE WHEN {_is_simple(text, form)} THEN {simple} ELSE {number} END"
    return _either(text, _typed_number(bare, form), declared)


def unmarked(text: str) -> str:
    """A text as people write it: a typed cell's without its mark."""
    # The engine compares faster than it trims.
    mark = literal(TYPED)
    return f"CASE WHEN starts_with({text}, {mark}) THEN ltrim({text}, {mark}) ELSE {text} END"


def is_number(text: str, form: Form) -> str:
    """SQL of whether `text` is a number as declared."""
    return f"regexp_matches({text}, {literal(_shape(form))})"


@cache
def _zones() -> tuple[str, ...]:
    """Looked up once: the names are files in folders."""
    return tuple(sorted(available_timezones()))


def _one_of(what: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise ConfigError(
            f"{what} {given!r}: {near_misses(given, map(repr, known) if len(known) < 9 else known)}"
        )


def _either(text: str, typed: str, declared: str) -> str:
    if typed == declared:
        return declared
    return f"CASE WHEN starts_with({text}, {literal(TYPED)}) THEN {typed} ELSE {declared} END"


def _typed_number(text: str, form: Form) -> str:
    # A whole number may be stored as a decimal.
    shape = r"^-?\d+(\.0+)?$" if form.kind == "whole" else r"^-?\d+(\.\d+)?([eE][+-]?\d+)?$"
    cast_text = f"try_cast({text} AS {SQL_TYPES[form.kind]})"
    return _admitted(text, shape, _finite(cast_text, form.kind))


def _is_simple(text: str, form: Form) -> str:
    """SQL of whether a number is written with digits, a minus and the decimal mark alone, as most
    are, and as every form admits it.
    """
    shape = rf"^-?\d{{1,13}}{_decimals(form)}$"
    return f"regexp_matches({text}, {literal(shape)})"


def _simple(text: str, form: Form) -> str:
    """The value of such a number, which takes less work than that of any other."""
    digits = text if form.decimal == "." else f"replace({text}, {literal(form.decimal)}, '.')"
    value = f"try_cast({digits} AS {SQL_TYPES[form.kind]})"
    return f"{value} / 100" if form.percent else value


def _number(text: str, form: Form) -> str:
    not_kept = literal(f"[^0-9{re.escape(form.decimal)}]")
    kept = f"regexp_replace({text}, {not_kept}, '', 'g')"
    if form.decimal != ".":
        kept = f"replace({kept}, {literal(form.decimal)}, '.')"
    negative = f"regexp_matches({text}, {literal(f'{MINUS}|[(]')})"
    value = (
        f"try_cast(CASE WHEN {negative} THEN '-' ELSE '' END || {kept} AS {SQL_TYPES[form.kind]})"
    )
    value = f"{value} / 100" if form.percent else value
    return f"CASE WHEN {is_number(text, form)} THEN {_finite(value, form.kind)} END"


def _shape(form: Form) -> str:
    """The regular expression of a number as declared; RE2, as DuckDB has it."""
    separator = THOUSANDS[form.thousands]
    # No group begins with a zero: 0,125 is no 125.
    whole = rf"(?:\d+|[1-9]\d{{0,2}}(?:{separator}\d{{3}})+)" if separator else r"\d+"
    decimals = _decimals(form)
    sign = rf"(?:{SPACES}?{re.escape(form.sign)}{SPACES}?)?" if form.sign else ""
    percent = rf"{SPACES}?%?" if form.percent else ""
    body = rf"{whole}{decimals}{sign}{percent}"
    before = rf"(?:{MINUS}?{sign}|{sign}{MINUS})" if sign else f"{MINUS}?"
    others = {"()": rf"|\({sign}{body}\)", "trailing": rf"|{sign}{body}{SPACES}?{MINUS}"}
    return rf"^(?:{before}{body}{others.get(form.negative, '')})$"


def _decimals(form: Form) -> str:
    mark = re.escape(form.decimal)
    return {"whole": "", "money": rf"(?:{mark}\d{{1,4}})?"}.get(form.kind, rf"(?:{mark}\d+)?")


def _finite(value: str, kind: ColumnType) -> str:
    return f"CASE WHEN isfinite({value}) THEN {value} END" if kind == "number" else value


def _admitted(text: str, shape: str, value: str) -> str:
    return f"CASE WHEN regexp_matches({text}, {literal(shape)}) THEN {value} END"
