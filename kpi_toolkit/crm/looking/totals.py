"""A total at the foot of a file, as spreadsheets have it: it would count as one more record."""

import re
from collections.abc import Sequence

from kpi_toolkit.crm import conditions
from kpi_toolkit.crm.looking.derived import name
from kpi_toolkit.crm.looking.fitting import NUMERIC, Fitted
from kpi_toolkit.crm.looking.heads import Column, Head, trimmed
from kpi_toolkit.crm.looking.lines import Line
from kpi_toolkit.crm.looking.matching import is_nameable
from kpi_toolkit.crm.looking.toml import shown
from kpi_toolkit.crm.quoting import literals
from kpi_toolkit.crm.sources import Row
from kpi_toolkit.errors import ConfigError

_SAYS = re.compile(
    r"(grand |sous-?|sub-?)?(totals?|totaux|total g[ée]n[ée]ral|sommes?|sum|summe|gesamt\w*|"
    r"insgesamt|totale|suma)( :|:)?\Z",
    re.IGNORECASE,
)
_LEAST_ROWS = 3


def totals(columns: Sequence[Fitted], head: Head) -> list[Line]:
    """The condition that leaves out the last line, where it is a total; as a comment where only
    one thing says so.
    """
    for row in head.ends:
        found = _total(columns, head, row)
        if found:
            return [found]
    return []


def _total(columns: Sequence[Fitted], head: Head, row: Row) -> Line | None:
    line, cells = row[0], [trimmed(cell) for cell in row[1]]
    first = next((n for n, cell in enumerate(cells) if cell), 0)
    says = bool(_SAYS.match(cells[first]))
    summed = [c.column.name for c in columns if _is_sum(c, cells[head.columns.index(c.column)])]
    if not (says or summed) or head.rows < _LEAST_ROWS:
        return None
    condition = _condition(head.columns[first], head) if says else _only_empty(head, cells)
    told = f"line {line}, the last, is a total"
    told += f": it says {shown(cells[first])}" if says else ""
    told += f": its {', '.join(summed)} is the sum of all others" if summed else ""
    few = 2 * sum(bool(cell) for cell in cells) <= len(cells)
    if not condition:
        return Line("where", "?", f"decide: {told}; a condition that leaves it out?", live=False)
    return Line("where", condition, f"{told}; left out and counted", bool(summed) or few)


def _is_sum(column: Fitted, cell: str) -> bool:
    """Whether a cell of an amount is the sum of all other cells of its column."""
    verdict = column.verdict
    if not verdict or column.kind not in NUMERIC:
        return False
    values = dict(zip(column.column.texts, verdict.values, strict=True))
    own = values.get(cell)
    if not own:
        return False
    counted = ((value, column.column.cells[text][0]) for text, value in values.items() if value)
    others = sum(float(value) * count for value, count in counted) - float(own)
    return abs(float(own) - others) <= 1e-6 * abs(others)


def _condition(column: Column, head: Head) -> str:
    """What holds of all rows but those that say total in a column."""
    listed = literals(sorted(text for text in column.texts if _SAYS.match(text)))
    return _parsed(f"coalesce({name(column.name)}, '') NOT IN ({listed})", column, head)


def _only_empty(head: Head, cells: Sequence[str]) -> str:
    """What holds of all rows but one that alone lacks a value in a column."""
    for column, cell in zip(head.columns, cells, strict=True):
        if not cell and column.cells.get("", (0, 0))[0] == len(head.ends):
            return _parsed(f"coalesce({name(column.name)}, '') <> ''", column, head)
    return ""


def _parsed(condition: str, column: Column, head: Head) -> str:
    """The condition, if it reads back as one over this column."""
    try:
        found = conditions.parse(condition, ()).columns
    except ConfigError:
        return ""
    named = is_nameable(column, head) and [ref.column for ref in found] == [column.name]
    return condition if named else ""
