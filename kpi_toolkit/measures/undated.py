"""Records that count in no period, since the column that dates them is empty."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kpi_toolkit.measures import aggregates, expression, source
from kpi_toolkit.measures.evaluate import Evaluation
from kpi_toolkit.measures.expression import name
from kpi_toolkit.measures.fact import Fact, Measure


@dataclass(frozen=True)
class Undated:
    """Rows of a table that some KPIs would count, had `column` a value; the open ones count in
    stocks all the same where `is_stock`.
    """

    table: str
    column: str
    rows: int
    is_stock: bool = False


def undated(measures: Iterable[Measure], evaluation: Evaluation) -> list[Undated]:
    """The rows that measures would count, by the empty column that should date them."""
    dated: dict[tuple[Fact, str], list[Measure]] = {}
    for measure in dict.fromkeys(measures):
        if _is_dated(measure) and not source.unavailable([measure], evaluation.crm):
            dated.setdefault((measure.fact, measure.time or ""), []).append(measure)
    counted = [
        Undated(fact.table, time, _most(fact, time, found, evaluation), _is_stock(fact, time))
        for (fact, time), found in dated.items()
    ]
    return [found for found in counted if found.rows]


def _is_dated(measure: Measure) -> bool:
    """A derived column is empty for what has not happened yet, such as the end of a stay."""
    return not (measure.time is None or measure.bounded or measure.time in measure.fact.columns)


def _is_stock(fact: Fact, column: str) -> bool:
    """Whether the beginning of a stock is derived from the column, which tells it without one."""
    derived = fact.columns.get(fact.open[0]) if fact.open else None
    return derived is not None and ("", column) in expression.columns(derived)


def _most(fact: Fact, time: str, measures: list[Measure], evaluation: Evaluation) -> int:
    crm: Any = evaluation.crm
    bounds, time_zone = evaluation.whole().bounds, crm.calendar.time_zone
    texts = [text for measure in measures for text in measure.texts]
    inner = source.select(fact, [*texts, name(time)], crm.columns, time_zone, bounds=bounds)
    wheres = dict.fromkeys(aggregates.condition(m, bounds, time_zone) for m in measures)
    counts = ", ".join(f"count(*) FILTER (WHERE {where})" for where in wheres)
    rows = crm.query(f"SELECT {counts} FROM ({inner}) AS t WHERE {name(time)} IS NULL")
    return max(rows[0])
