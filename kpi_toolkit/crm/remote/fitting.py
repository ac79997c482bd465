"""A typed column of PostgreSQL as the canonical type that a copy of it would have."""

from kpi_toolkit.crm.casting import TRIMMED, Form
from kpi_toolkit.crm.quoting import literal, literals
from kpi_toolkit.crm.remote.relation import TEXTS
from kpi_toolkit.crm.remote.session import Described

_WHOLE = frozenset(("smallint", "integer", "bigint"))
_FLOATS = frozenset(("real", "double precision"))
_NUMBERS = _WHOLE | _FLOATS | {"numeric"}
_NAIVE, _AWARE = "timestamp without time zone", "timestamp with time zone"
TYPES = {
    "text": "text",
    "money": "numeric(18,4)",
    "number": "double precision",
    "whole": "bigint",
    "boolean": "boolean",
    "date": "date",
    "instant": "timestamp",
}


def fitted(column: str, found: Described, form: Form) -> str | None:
    """SQL of a column's value; None where its type is not one that the canonical type takes."""
    kind, type_ = form.kind, found.type
    if kind == "text":
        return text(column, found, form.null)
    if kind in ("money", "number") and type_ in _NUMBERS:
        return number(column, found, TYPES[kind])
    if kind == "whole" and (type_ in _WHOLE or (type_ == "numeric" and found.scale == 0)):
        return f"CAST({column} AS bigint)"
    if kind == "boolean" and type_ == "boolean":
        return column
    if kind in ("date", "instant") and type_ in ("date", _NAIVE, _AWARE):
        return _moment(column, type_, form)
    return None


def text(column: str, found: Described, null: tuple[str, ...] = ()) -> str:
    """Its text, by its bytes: trimmed, composed, NULL where it is empty or a null word; else its
    value as text.
    """
    if found.type not in TEXTS:
        return f'CAST({column} AS text) COLLATE "C"'
    bare = f'{column} COLLATE "C"' if found.clean else trimmed(column)
    words = [*([] if found.clean else [""]), *null]
    whole = bare if found.clean else f"normalize({bare})"
    if not words:
        return whole
    return f"CASE WHEN {bare} IN ({literals(words)}) THEN NULL ELSE {whole} END"


def trimmed(column: str) -> str:
    """A text without the blanks around it."""
    return f'btrim(CAST({column} AS text), {literal(TRIMMED)}) COLLATE "C"'


def unclean(column: str) -> str:
    """The condition of a text that is not clean."""
    return f"{column} = '' OR normalize({trimmed(column)}) <> CAST({column} AS text)"


def number(column: str, found: Described, type_: str) -> str:
    """A number of another type; a floating-point one by its shortest text, as a copy reads it."""
    exact = found.type in _FLOATS and type_.startswith("numeric")
    return f"CAST(CAST({column} AS text) AS {type_})" if exact else f"CAST({column} AS {type_})"


def _moment(column: str, type_: str, form: Form) -> str:
    zone = literal(form.time_zone)
    if form.kind == "date":
        return (
            f"CAST({column} AT TIME ZONE {zone} AS date)"
            if type_ == _AWARE
            else (f"CAST({column} AS date)")
        )
    if type_ == _AWARE:
        return f"({column} AT TIME ZONE 'UTC')"
    # What the clocks skipped is no time, save midnight: such a day starts at one.
    local = f"CAST({column} AS timestamp)"
    placed = f"({local} AT TIME ZONE {zone} AT TIME ZONE 'UTC')"
    back = f"({local} AT TIME ZONE {zone} AT TIME ZONE {zone})"
    skipped = f"{back} <> {local} AND CAST({local} AS time) <> time '00:00'"
    return f"CASE WHEN {skipped} THEN timestamp 'infinity' ELSE {placed} END"
