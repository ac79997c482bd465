"""The rows behind a number, each with the part that it plays in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kpi_toolkit.crm.quoting import instant
from kpi_toolkit.crm.table_read import for_analysts
from kpi_toolkit.measures import aggregates, ask, expression, source
from kpi_toolkit.measures.batch import Span
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.evaluate import Evaluation
from kpi_toolkit.measures.expression import name
from kpi_toolkit.measures.fact import Fact, Measure
from kpi_toolkit.period import Period

if TYPE_CHECKING:
    import pandas as pd

PARTS = ("in_numerator", "in_denominator")


def records(
    bound: Bound, data: Any, period: str | Period, as_of: str | dt.datetime | None = None
) -> pd.DataFrame:
    """The rows of the KPI's facts that enter it, with the columns of their tables and its
    dimensions.

    Instants are UTC. `_line` is where a row stands, in `_file` where its table was read from
    several files.
    `in_numerator` and, for a ratio, `in_denominator` say which part a row counts in; `measured` is
    the amount or the duration (days) that is added up or ordered, and `ended` whether a duration
    came to its end.
    """
    evaluation, current = ask.setting(bound, data, period, as_of)
    crm = evaluation.crm
    found = [
        for_analysts(crm.frame(text), fact.table, crm.reading)
        for fact, text in _queries(bound, evaluation, current)
    ]
    if len(found) == 1:
        return found[0]
    import pandas as pd

    return pd.concat(found, ignore_index=True)


def sql(
    bound: Bound, data: Any, period: str | Period, as_of: str | dt.datetime | None = None
) -> list[str]:
    """The queries that compute the KPI's value."""
    evaluation, current = ask.setting(bound, data, period, as_of)
    return evaluation.explain(ask.Ask(bound, current))


def _queries(bound: Bound, evaluation: Evaluation, period: Period) -> Iterator[tuple[Fact, str]]:
    span = evaluation.span(period)
    sides = {
        part: tuple(node.measures())
        for part, node in zip(PARTS, bound.parts, strict=True)
        if node is not None
    }
    facts = dict.fromkeys(measure.fact for measure in bound.measures)
    for fact in facts:
        if fact.model:
            fact.model.provide(evaluation.crm, [span.end])
        yield fact, _query(fact, sides, span, evaluation)


def _query(
    fact: Fact, sides: dict[str, tuple[Measure, ...]], span: Span, evaluation: Evaluation
) -> str:
    time_zone, supplied = evaluation.crm.calendar.time_zone, evaluation.crm.columns
    measures = [m for found in sides.values() for m in found if m.fact is fact]
    texts = [
        text
        for m in measures
        for text in (*m.texts, *([m.time] if m.time and not m.bounded else []))
    ]
    own = source.dimensions(measures, supplied, evaluation.crm.own_dimensions)
    read = [*texts, *map(name, own)]
    inner = source.select(fact, read, supplied, time_zone, bounds=span.bounds, whole_rows=True)
    flags = {
        part: " OR ".join(f"({_enters(m, span, time_zone)})" for m in found if m.fact is fact)
        or "FALSE"
        for part, found in sides.items()
    }
    picked = [f"coalesce({text}, FALSE) AS {part}" for part, text in flags.items()]
    picked += [
        f"{expression.render(m.of, span.bounds, time_zone=time_zone)} AS measured"
        for m in measures
        if m.of
    ][:1]
    picked += [
        f"coalesce({expression.render(m.event, span.bounds, time_zone=time_zone)}, FALSE) AS ended"
        for m in measures
        if m.event
    ][:1]
    flagged = f"SELECT *, {', '.join(picked)} FROM ({inner}) AS f"
    return f"SELECT * FROM ({flagged}) AS t WHERE {' OR '.join(flags)}"


def _enters(measure: Measure, span: Span, time_zone: str) -> str:
    conditions = [aggregates.condition(measure, span.bounds, time_zone)]
    if measure.time and not measure.bounded and not span.whole:
        time = source.moment(measure.fact, measure.time, time_zone)
        conditions.append(f"{time} >= {instant(span.start)} AND {time} < {instant(span.end)}")
    if measure.of:
        conditions.append(
            f"({expression.render(measure.of, span.bounds, time_zone=time_zone)}) IS NOT NULL"
        )
    return " AND ".join(conditions)
