"""What each record adds to a number: two moments differ by the records whose contribution does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from kpi_toolkit.crm.quoting import instant
from kpi_toolkit.crm.row_changes import id_text
from kpi_toolkit.measures import aggregates, expression, source
from kpi_toolkit.measures.batch import Span
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.evaluate import Evaluation
from kpi_toolkit.measures.expression import literal, name, text_of
from kpi_toolkit.measures.fact import Fact, Measure
from kpi_toolkit.period import Period

Part = tuple[str, ...]
Parts = dict[str, Part]


def contributions(
    bound: Bound, evaluation: Evaluation, period: Period, members: Mapping[str, str]
) -> Iterator[tuple[Fact, Parts]]:
    """For each fact of a KPI, the records that enter it in a period, within members of dimensions
    ("" is the member of those that have none): by id, what the record counts in each measure, as
    text, empty where it does not enter.
    """
    for fact in dict.fromkeys(measure.fact for measure in bound.measures):
        if fact.model:
            fact.model.provide(evaluation.crm, [evaluation.span(period).end])
        sql = _query(fact, bound, evaluation, evaluation.span(period), members)
        yield fact, {found: tuple(parts) for found, *parts in evaluation.crm.query(sql)}


def deciding_columns(bound: Bound, fact: Fact, then: Part, now: Part) -> frozenset[str]:
    """The columns of a fact's own table that can have made what a record counts in its measures
    another: those that decide whether it enters where only one side has it, else those of the
    amount.
    """
    measures = [m for m in bound.measures if m.fact is fact]
    found: frozenset[str] = frozenset()
    for measure, one, other in zip(measures, then, now, strict=True):
        if one != other:
            found |= _read(measure, entered=not (one and other))
    return found


@cache
def _read(measure: Measure, *, entered: bool) -> frozenset[str]:
    amounts = [text for text in (measure.of, measure.event) if text]
    texts = [text for text in source.texts_of(measure) if text not in amounts]
    needed = source.needs(measure.fact, texts if entered else amounts)
    return frozenset(column for table, column in needed.columns if table == measure.fact.table)


def _query(
    fact: Fact, bound: Bound, evaluation: Evaluation, span: Span, members: Mapping[str, str]
) -> str:
    crm = evaluation.crm
    zone, supplied = crm.calendar.time_zone, crm.columns
    measures = [m for m in bound.measures if m.fact is fact]
    texts = [text for m in measures for text in source.texts_of(m)]
    read = [*texts, *map(name, members)]
    inner = source.select(fact, read, supplied, zone, bounds=span.bounds, whole_rows=True)
    parts = ", ".join(f"{_part(m, span, zone)} AS part{i}" for i, m in enumerate(measures))
    cut = "".join(f" AND {_is_member(d, member)}" for d, member in members.items())
    entered = " OR ".join(f"part{i} IS NOT NULL" for i, _ in enumerate(measures))
    key = id_text(fact.table, supplied[fact.table])
    counted = f"SELECT {key} AS id, {parts} FROM ({inner}) AS f WHERE TRUE{cut}"
    gathered = ", ".join(
        f"coalesce(string_agg(part{i}, ',' ORDER BY part{i}), '') AS part{i}"
        for i, _ in enumerate(measures)
    )
    return f"SELECT id, {gathered} FROM ({counted}) AS t WHERE {entered} GROUP BY id"


def _part(measure: Measure, span: Span, zone: str) -> str:
    """What a row counts in a measure, as text; NULL where it does not enter."""
    conditions = [aggregates.condition(measure, span.bounds, zone)]
    if measure.time and not measure.bounded and not span.whole:
        time = source.moment(measure.fact, measure.time, zone)
        conditions.append(f"{time} >= {instant(span.start)} AND {time} < {instant(span.end)}")

    def text(of: str) -> str:
        return f"CAST({expression.render(of, span.bounds, time_zone=zone)} AS VARCHAR)"

    # A row whose amount is not known does not enter a sum of amounts.
    counted = text(measure.of) if measure.of else "'1'"
    ended = f" || coalesce({text(measure.event)}, '')" if measure.event else ""
    return f"CASE WHEN {' AND '.join(conditions)} THEN {counted}{ended} END"


def _is_member(dimension: str, member: str) -> str:
    text = text_of(dimension)
    return f"{text} = {literal(member)}" if member else f"{text} IS NULL"
