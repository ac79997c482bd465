"""Which queries answer a set of needs: measures of one fact and time column are taken together.

Four forms. Dated measures are put into periods by the bounds of those periods, several periods and
breakdowns in one GROUPING SETS query. Of measures at the bounds of a period, those that add up are
summed over the rows that lie between the same bounds; others become one column a period in one
scan. Estimators work on histograms of durations. Totals and breakdowns are separate queries, since
a breakdown reads fewer periods, unless the rows themselves are dear. Rows that depend on the bounds
of a period are a query a period.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kpi_toolkit.measures.batch import Batch, Need, Query, Span
from kpi_toolkit.measures.bounded import bounded
from kpi_toolkit.measures.dated import dated
from kpi_toolkit.measures.estimated import estimated
from kpi_toolkit.measures.expression import name
from kpi_toolkit.measures.fact import Fact, Measure
from kpi_toolkit.measures.gathered import can_be_gathered, gathered
from kpi_toolkit.measures.source import Supplied


@dataclass(frozen=True)
class Planned:
    """What one query is asked for, and its form."""

    form: str
    batch: Batch

    def query(self, supplied: Supplied, time_zone: str) -> Query:
        """It over the tables of a CRM."""
        return _FORMS[self.form.removeprefix("following ")](self.batch, supplied, time_zone)


def plan(needs: Iterable[Need]) -> list[Planned]:
    """The queries that answer all needs, each need by exactly one."""
    spans: dict[tuple, set[Span]] = defaultdict(set)
    asked: dict[tuple[Measure, tuple[str, ...]], tuple] = {}
    for need in needs:
        asked[need.measure, need.by] = together = _together(need)
        spans[together].add(need.span)
    batches: dict[tuple, dict[Measure, dict[tuple[str, ...], None]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    facts: list[Fact] = []
    for (measure, by), together in asked.items():
        fact = _fact(measure, by, facts)
        for layer in _layers(spans[together], _form(measure), moving=_is_moving(measure, by)):
            apart = bool(by) and together == (measure, by)
            batches[_form(measure), fact, _time(measure), apart, layer][measure][by] = None
    planned: list[Planned] = []
    for (form, fact, time, _, layers), found in batches.items():
        bys = tuple(dict.fromkeys(by for each in found.values() for by in each))
        planned.append(Planned(form, Batch(fact, time, tuple(found), bys, layers)))
    return planned


_FORMS: dict[str, Callable[[Batch, Supplied, str], Query]] = {
    "dated": dated,
    "bounded": bounded,
    "gathered": gathered,
    "estimate": estimated,
}


def _together(need: Need) -> tuple:
    """What shares its periods with a need. Columns derived from other rows, unless they are kept,
    cost more than the members of periods that nobody asked for: they are computed once for totals
    and breakdowns.
    """
    measure = need.measure
    if measure.looks_around and not measure.reads_kept and _form(measure) == "dated":
        return measure.fact, measure.time
    return measure, need.by


def _form(measure: Measure) -> str:
    if measure.aggregate.startswith("estimate"):
        return "estimate"
    if measure.bounded:
        return "gathered" if can_be_gathered(measure) else "bounded"
    return "following dated" if measure.follows else "dated"


def _time(measure: Measure) -> str | None:
    return None if measure.bounded else measure.time


def _is_moving(measure: Measure, by: tuple[str, ...]) -> bool:
    """Whether the rows that it is taken of, or their members, depend on the bounds of a period."""
    return bool(measure.fact.parameters(_read(measure, by)))


def _fact(measure: Measure, by: tuple[str, ...], known: list[Fact]) -> Fact:
    """The first of some facts whose rows are the same as far as a measure reads them, else its own:
    facts that differ in their dimensions only are one in a query.
    """
    texts = _read(measure, by)
    for fact in known:
        if _give_the_same(measure.fact, fact, texts):
            return fact
    known.append(measure.fact)
    return measure.fact


def _give_the_same(one: Fact, other: Fact, texts: tuple[str, ...]) -> bool:
    if one is other:
        return True
    rows = (one.table, one.where, one.model, one.counted)
    if rows != (other.table, other.where, other.model, other.counted):
        return False
    return one.derived(texts) == other.derived(texts)


def _read(measure: Measure, by: tuple[str, ...]) -> tuple[str, ...]:
    """Every expression over its fact that is read for it."""
    time = _time(measure)
    return (*measure.texts, *map(name, (*by, *([time] if time else []))))


def _layers(
    spans: set[Span], form: str, *, moving: bool = False
) -> list[tuple[tuple[Span, ...], ...]]:
    """Spans as layers of disjoint ones. Measures that follow records have one moment of knowledge a
    span: a query a layer; of rows that move with the bounds, a query a span.
    """
    ordered = sorted(spans, key=lambda s: (s.end - s.start, s.start, s.as_of))
    if moving:
        return [((span,),) for span in ordered]
    if not form.endswith("dated"):
        return [(tuple(ordered),)]
    layers: list[list[Span]] = []
    for span in ordered:
        for layer in layers:
            if all(span.end <= other.start or other.end <= span.start for other in layer):
                layer.append(span)
                break
        else:
            layers.append([span])
    found = tuple(tuple(sorted(layer, key=lambda s: s.start)) for layer in layers)
    return [(layer,) for layer in found] if form.startswith("following") else [found]
