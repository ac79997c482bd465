"""What would have fitted a cell that its declared form refuses: told behind the reason, for
somebody to declare. Nothing is read by it.

It looks at the quarantine only, so that a clean file costs nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

from kpi_toolkit.crm import casting, moments, quarantine
from kpi_toolkit.crm.casting import Form
from kpi_toolkit.crm.quoting import literal
from kpi_toolkit.errors import ConfigError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_NUMBERS = {
    "decimal": (",", "."),
    "thousands": (" ", "'", ",", "."),
    "negative": ("()",),
    "sign": ("€", "$", "£"),
    "percent": (True,),
}
_DATES = ("iso", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d", "%d/%m/%y")
_TIMES = (" %H:%M", " %H:%M:%S")
# Whole numbers are counts of days or seconds where they would be days of this century.
_COUNTED = {
    "excel": "BETWEEN 36526 AND 73050",
    "epoch": "BETWEEN 946684800 AND 4102444800",
    "epoch_ms": "BETWEEN 946684800000 AND 4102444800000",
}


def explain(
    connection: "DuckDBPyConnection", table: str, file: str, forms: Mapping[str, Form]
) -> None:
    """Add to the reason of each refused cell of a source the declaration that would fit it."""
    refused = (
        f'"table" = {literal(table)} AND file = {literal(file)} '
        "AND \"column\" IS NOT NULL AND reason LIKE 'not %'"
    )
    asked = f'SELECT DISTINCT "column" FROM {quarantine.TABLE} WHERE {refused}'
    for (column,) in connection.execute(asked).fetchall():
        arms = " ".join(
            f"WHEN {test} THEN {literal(f'; it fits {told}')}"
            for told, test in _fits(forms[column])
            if column in forms
        )
        if arms:
            connection.execute(
                f"UPDATE {quarantine.TABLE} SET reason = reason || CASE {arms} ELSE '' END "
                f'WHERE {refused} AND "column" = {literal(column)}'
            )


def _fits(form: Form) -> Iterator[tuple[str, str]]:
    """Declarations in words, and SQL of whether a value has that form; the nearest ones first."""
    if form.kind in ("money", "number", "whole"):
        for changes in _changes(form):
            told = ", ".join(f"{key} = {_toml(value)}" for key, value in changes.items())
            yield told, casting.is_number("value", replace(form, **changes))
    elif form.kind in ("date", "instant"):
        for written in _formats(form.date_format):
            other = replace(form.moment, date_format=written)
            fits = f"{moments.cast('value', other)} IS NOT NULL"
            if written in _COUNTED:
                fits = f"try_cast(value AS DOUBLE) {_COUNTED[written]} AND {fits}"
            yield f"date_format = {_toml(written)}", fits


def _changes(form: Form) -> Iterator[dict[str, Any]]:
    """One setting that differs from the form's own, then two."""
    single = [
        (key, value)
        for key, values in _NUMBERS.items()
        for value in values
        if getattr(form, key) != value and not (key == "sign" and form.sign)
    ]
    for size in (1, 2):
        for picked in combinations(single, size):
            changes = dict(picked)
            if len(changes) == size and _is_form(form, changes):
                yield changes


def _is_form(form: Form, changes: dict[str, Any]) -> bool:
    try:
        replace(form, **changes)
    except ConfigError:
        return False
    return True


def _formats(declared: str) -> list[str]:
    """The declared format with a time and without one, months and days the other way round, then
    common ones.
    """
    base = declared.removesuffix(" %H:%M:%S").removesuffix(" %H:%M")
    bases = [] if base == "iso" or base in moments.COUNTED else [base]
    if bases and "%d" in base and "%m" in base:
        bases.append(base.replace("%d", "%_").replace("%m", "%d").replace("%_", "%m"))
    bases += [base.replace("%Y", "%y") for base in bases]
    dates = [*bases, *_DATES]
    timed = [date + time for date in dates if date != "iso" for time in _TIMES]
    found = dict.fromkeys([*bases, *timed[: 2 * len(bases)], *_DATES, *timed, *_COUNTED])
    return [written for written in found if written != declared and _is_format(written)]


def _is_format(written: str) -> bool:
    """A declared format that has a time already takes no second one."""
    try:
        moments.check(written, "en")
    except ConfigError:
        return False
    return True


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true"
    return f"'{value}'" if '"' in str(value) else f'"{value}"'
