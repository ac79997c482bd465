"""The SQL columns of measures, and the exact cells that they come back as."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlglot import exp

from kpi_toolkit.crm.tables import TABLES
from kpi_toolkit.measures import expression, ranked
from kpi_toolkit.measures.fact import Aggregate, Fact, Measure
from kpi_toolkit.measures.formula import Exact

_EXACT_NODES = (
    exp.Column,
    exp.Identifier,
    exp.Coalesce,
    exp.Add,
    exp.Sub,
    exp.Paren,
    exp.Literal,
    exp.Neg,
)
# Over nothing they are 0, where an order statistic is no data.
ADDITIVE = ("count", "sum", "squares", "distinct")
MICROSECONDS = 1_000_000


@dataclass(frozen=True)
class Cell:
    """An exact number and the count of rows behind it."""

    value: Exact
    n: int


Cells = dict[tuple, Cell]


@dataclass(frozen=True)
class Column:
    """Where a measure's value and count stand in a row, the unit of the value, and what it is."""

    value: int
    n: int
    unit: int
    aggregate: Aggregate

    def cell(self, row: Sequence[Any]) -> Cell:
        """The cell of a row; a sum or count over nothing is 0, an order statistic over nothing is
        None.
        """
        n, value = int(row[self.n] or 0), row[self.value]
        if self.aggregate in ranked.ENDS:
            found = ranked.end(self.aggregate, value, n)
        else:
            found = exact(value)
        if found is None and self.aggregate in ADDITIVE:
            found = 0
        return Cell(found if found is None or self.unit == 1 else Fraction(found) / self.unit, n)


class Columns(dict[Measure, Column]):
    """The columns of some measures; `texts` are their SQL, each once."""

    texts: Sequence[str] = ()


def columns(
    measures: Iterable[Measure],
    bounds: Mapping[str, str],
    time_zone: str,
    texts: dict[str, None] | None = None,
) -> Columns:
    """The value and count columns of measures under some bounds; shared texts stand once in
    `texts`.
    """
    texts = {} if texts is None else texts
    places = {text: i for i, text in enumerate(texts)}

    def place(text: str) -> int:
        if text not in places:
            places[text] = len(places)
            texts[text] = None
        return places[text]

    found = Columns()
    for measure in measures:
        value, n = _texts(measure, bounds, time_zone)
        unit = expression.length_of(measure.of) if measure.of else None
        counted = measure.aggregate in ("count", "distinct")
        found[measure] = Column(
            place(value),
            place(n),
            1 if counted else _unit(measure, unit),
            measure.aggregate,
        )
    found.texts = list(texts)
    return found


def condition(measure: Measure, bounds: Mapping[str, str], time_zone: str) -> str:
    """The rows that enter a measure, as SQL."""
    return (
        " AND ".join(
            f"({expression.render(text, bounds, time_zone=time_zone)})" for text in measure.where
        )
        or "TRUE"
    )


def estimate(measure: Measure, value: object, n: int | None) -> Cell:
    """An estimator's answer, in the unit of the measure's duration."""
    found = exact(value)
    unit = expression.length_of(measure.of or "") or 1
    return Cell(None if found is None else Fraction(found) / unit, int(n or 0))


def exact(value: object) -> Exact:
    """What the engine returned as an exact number; NaN and NULL are None."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool | int):
        return int(value)
    if isinstance(value, Decimal | float):
        return Fraction(value)
    raise TypeError(f"a measure gave {value!r}")


def _texts(measure: Measure, bounds: Mapping[str, str], time_zone: str) -> tuple[str, str]:
    where = condition(measure, bounds, time_zone)
    kept = "" if where == "TRUE" else f" FILTER (WHERE {where})"
    if measure.of is None:
        return (f"count(*){kept}",) * 2
    plain = expression.render(measure.of, bounds, time_zone=time_zone)
    counted = f"count({plain}){kept}"
    ordered = _ordered(measure, plain, bounds, time_zone)
    if measure.aggregate in ranked.ENDS:
        return ranked.neighbours(measure.aggregate, ordered, counted, where), counted
    value = {
        "count": counted,
        "sum": f"sum({_summed(measure, plain, bounds, time_zone)}){kept}",
        "squares": f"sum({_squared(measure, plain, ordered)}){kept}",
        "median": f"median({ordered}){kept}",
        "p90": f"quantile_cont({ordered}, 0.9){kept}",
        "distinct": f"count(DISTINCT {plain}){kept}",
    }[measure.aggregate]
    return value, counted


def _ordered(measure: Measure, plain: str, bounds: Mapping[str, str], time_zone: str) -> str:
    if measure.of and expression.length_of(measure.of):
        return expression.render(
            expression.duration(measure.of, time_zone), bounds, time_zone=time_zone
        )
    return f"CAST({plain} AS DOUBLE)"


def _summed(measure: Measure, plain: str, bounds: Mapping[str, str], time_zone: str) -> str:
    """Whole microseconds or decimals: a sum of floating-point numbers would depend on the order of
    the rows.
    """
    text = measure.of or ""
    if expression.length_of(text):
        return expression.render(expression.duration(text, time_zone), bounds, time_zone=time_zone)
    return plain if _is_exact(measure.fact, text) else f"CAST({plain} AS DECIMAL(38, 9))"


def _squared(measure: Measure, plain: str, ordered: str) -> str:
    """Squares as decimals, so that their sum does not depend on the order either; durations in
    seconds, whose squares stay small enough. An amount's square keeps its eight decimals: to round
    it, the engine divides numbers of 128 bits, which takes ten times as long as all the rest.
    """
    text = measure.of or ""
    length = expression.length_of(text)
    if not length and _is_exact(measure.fact, text):
        number = f"CAST({plain} AS DECIMAL(30, 4))"
        return f"{number} * {number}"
    number = f"CAST({ordered} AS DOUBLE)"
    if length:
        number = f"({number} / {MICROSECONDS})"
    return f"CAST({number} * {number} AS DECIMAL(38, 6))"


def _unit(measure: Measure, length: int | None) -> int:
    if measure.aggregate == "squares" and length:
        return (length // MICROSECONDS) ** 2
    return length or 1


def _is_exact(fact: Fact, text: str) -> bool:
    tree = expression.parse(text)
    if not all(isinstance(part, _EXACT_NODES) for part in tree.walk()):
        return False
    for column in tree.find_all(exp.Column):
        derived = None if column.table else fact.columns.get(column.name)
        if derived is not None and not _is_exact(fact, derived):
            return False
        declared = TABLES[column.table or fact.table].columns.get(column.name)
        if derived is None and (declared is None or declared.type not in ("money", "whole")):
            return False
    return True
