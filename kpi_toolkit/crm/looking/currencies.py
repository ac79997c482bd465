"""Amounts that are not in the project's currency, as their signs or the names of columns say."""

from collections.abc import Sequence

from kpi_toolkit.config import ProjectConfig
from kpi_toolkit.crm.looking.fitting import Fitted
from kpi_toolkit.crm.looking.lines import Line
from kpi_toolkit.crm.looking.names import words
from kpi_toolkit.crm.tables import Table

# A sign of several currencies says one only where the project has one of them.
_SIGNS = {
    "€": ("EUR",),
    "euros": ("EUR",),
    "£": ("GBP",),
    "US$": ("USD",),
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"),
    "¥": ("JPY", "CNY"),
    "kr": ("SEK", "NOK", "DKK"),
    "Fr.": ("CHF",),
}
_CODES = ("EUR", "USD", "GBP", "CHF", "CAD")


def foreign(columns: Sequence[Fitted], table: Table, project: ProjectConfig) -> dict[str, Line]:
    """The line of a currency that is not the project's: without one its amounts would count as
    the project's own.
    """
    if "currency" not in table.columns or any(c.name == "currency" and c.live for c in columns):
        return {}
    for column in columns:
        if not (column.live and column.kind == "money"):
            continue
        sign = str(column.settings.get("sign", ""))
        told = f'the sign "{sign}"' if sign else f"the name {column.column.name}"
        codes = _SIGNS.get(sign, (sign,)) if sign else _named(column)
        if codes and project.currency not in codes:
            return {"currency": _line(codes, f"{told} is not of {project.currency}, the project's")}
    return {}


def _line(codes: tuple[str, ...], told: str) -> Line:
    if len(codes) == 1:
        return Line("currency", {"constant": codes[0]}, f"{told}: [tables.exchange_rates] converts")
    asked = f"decide: {told}; {' or '.join(codes)}?"
    return Line("currency", {"constant": "decide: which currency"}, asked)


def _named(column: Fitted) -> tuple[str, ...]:
    return tuple(word.upper() for word in words(column.column.name) if word.upper() in _CODES)[:1]
