"""Rows set aside, brought together by column and reason, each with its first examples."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kpi_toolkit.crm.tables import is_personal

if TYPE_CHECKING:
    from kpi_toolkit.crm.connect import Crm

EXAMPLES = 3
# What differs from row to row within one reason: the line of the first, the day of a rate, where in
# a line JSON ends.
_OWN = (
    (re.compile(r"^(not a JSON object): .*"), r"\1"),
    (re.compile(r"^same id as line .*"), "same id as an earlier row"),
    (re.compile(r" at \d{4}-\d\d-\d\d$"), ""),
)


@dataclass(frozen=True)
class Example:
    """A row that was set aside, and the cell that is why."""

    file: str
    line: int
    value: str


@dataclass(frozen=True)
class SetAside:
    """Rows of one table that were set aside for one reason; `column` is empty where the row does
    not fit as a whole, `personal` where its values are personal data.
    """

    table: str
    column: str
    reason: str
    rows: int
    examples: tuple[Example, ...]

    @property
    def personal(self) -> bool:
        """Whether the values may be a person's: those of a personal column or of a table that is
        not ours, or a whole line.
        """
        names = self.column.split(" and ") if self.column else []
        return not names or any(is_personal(self.table, name) for name in names)

    @property
    def where(self) -> str:
        """deals.status"""
        return f"{self.table}.{self.column}" if self.column else self.table


def set_aside(crm: Crm) -> tuple[SetAside, ...]:
    """Every reason, that of most rows first."""
    found = crm.quarantine()
    if found.empty:
        return ()
    found = found.assign(
        column=found["column"].fillna(""), said=found["reason"].map(said), value=_texts(found)
    ).sort_values(["table", "file", "line"], kind="stable")
    groups = found.groupby(["table", "column", "said"], sort=False)
    told = [_reason(table, column, reason, rows) for (table, column, reason), rows in groups]
    return tuple(sorted(told, key=lambda one: (-one.rows, one.table, one.column, one.reason)))


def said(reason: str) -> str:
    """A reason without what is its row's own."""
    for pattern, instead in _OWN:
        reason = pattern.sub(instead, reason)
    return reason


def _texts(found: Any) -> Any:
    return found["value"].fillna("").astype(str)


def _reason(table: str, column: str, reason: str, rows: Any) -> SetAside:
    places = rows.drop_duplicates(["file", "line"])
    examples = tuple(
        Example(str(file), int(line), value)
        for file, line, value in places[["file", "line", "value"]].head(EXAMPLES).to_numpy()
    )
    return SetAside(table, column, reason, len(places), examples)
