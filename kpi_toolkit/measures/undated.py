"""Records that count in no period, since the column that dates them is empty."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kpi_toolkit.measures import aggregates, source
from kpi_toolkit.measures.evaluate import Evaluation
from kpi_toolkit.measures.expression import name
from kpi_toolkit.measures.fact import Measure


@dataclass(frozen=True)
class Undated:
    """Rows of a table that some KPIs would count, had `column` a value."""

    table: str
    column: str
    rows: int


def undated(measures: Iterable[Measure], evaluation: Evaluation) -> list[Undated]:
    """The rows that measures would count, by the empty column that should date them."""
    most: dict[tuple[str, str], int] = {}
    for measure in dict.fromkeys(measures):
        # A derived column is empty for what has not happened yet, such as the end of a stay.
        derived = measure.time in measure.fact.columns
        if measure.time is None or measure.bounded or derived:
            continue
        if source.lacking([measure], evaluation.crm.columns):
            continue
        key = (measure.fact.table, measure.time)
        most[key] = max(most.get(key, 0), _count(measure, evaluation))
    return [Undated(table, column, rows) for (table, column), rows in most.items() if rows]


def _count(measure: Measure, evaluation: Evaluation) -> int:
    crm: Any = evaluation.crm
    time, time_zone = measure.time or "", crm.calendar.time_zone
    inner = source.select(measure.fact, [*measure.texts, name(time)], crm.columns, time_zone)
    counted = aggregates.condition(measure, evaluation.whole().bounds, time_zone)
    found = crm.query(
        f"SELECT count(*) FROM ({inner}) AS t WHERE {name(time)} IS NULL AND {counted}"
    )
    return int(found[0][0])
