"""Which queries answer a set of needs: measures of one fact and time column are taken together.

Three forms. Dated measures are put into periods by the bounds of those periods, several periods and
breakdowns in one GROUPING SETS query. Measures at the bounds of a period become one column a period
in one scan. Estimators fetch a histogram of durations. Totals and breakdowns are separate queries,
since a breakdown reads fewer periods.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kpi_toolkit.measures import aggregates, source
from kpi_toolkit.measures.aggregates import Cell, Cells, Column
from kpi_toolkit.measures.expression import instant, name
from kpi_toolkit.measures.fact import Measure
from kpi_toolkit.measures.source import Supplied


@dataclass(frozen=True)
class Span:
    """The bounds of one period as a query sees them, UTC; `whole` applies no time filter."""

    start: dt.datetime
    end: dt.datetime
    since: dt.datetime
    as_of: dt.datetime
    whole: bool = False

    @property
    def bounds(self) -> dict[str, str]:
        """SQL texts of the parameters."""
        return {key: instant(getattr(self, key)) for key in ("start", "end", "since", "as_of")}


@dataclass(frozen=True)
class Need:
    """One measure over one span, broken down by some dimensions."""

    measure: Measure
    span: Span
    by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Query:
    """SQL, and how its rows become cells."""

    sql: str
    reader: _Reader

    def read(self, rows: Iterable[tuple]) -> Iterator[tuple[Need, Cells]]:
        """The cells by member of each need that the query answers."""
        return self.reader.read(rows)


def plan(needs: Iterable[Need], supplied: Supplied, time_zone: str) -> list[Query]:
    """The queries that answer all needs, each need by exactly one."""
    spans: dict[tuple, set[Span]] = defaultdict(set)
    for need in needs:
        spans[need.measure, need.by].add(need.span)
    batches: dict[tuple, dict[Measure, dict[tuple[str, ...], None]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for (measure, by), wanted in spans.items():
        for layer in _layers(wanted, _form(measure)):
            batches[_form(measure), measure.fact, _time(measure), bool(by), layer][measure][by] = (
                None
            )
    queries = []
    for (form, fact, time, _, layers), found in batches.items():
        batch = _Batch(
            fact,
            time,
            tuple(found),
            tuple(dict.fromkeys(by for each in found.values() for by in each)),
            layers,
        )
        made = {"dated": _dated, "bounded": _bounded, "estimate": _estimate}[
            form.removeprefix("following ")
        ]
        queries.append(made(batch, supplied, time_zone))
    return queries


@dataclass(frozen=True)
class _Batch:
    fact: source.Fact
    time: str | None
    measures: tuple[Measure, ...]
    bys: tuple[tuple[str, ...], ...]
    layers: tuple[tuple[Span, ...], ...]

    @property
    def spans(self) -> tuple[Span, ...]:
        return tuple(span for layer in self.layers for span in layer)

    @property
    def groupings(self) -> tuple[tuple[str, ...], ...]:
        """The breakdowns, those by the same dimensions in another order once."""
        return tuple({frozenset(by): by for by in self.bys}.values())

    @property
    def dimensions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(d for by in self.bys for d in by))

    def orders(self, members: Mapping[str, object]) -> Iterator[tuple[tuple[str, ...], tuple]]:
        """The breakdowns that a row of members belongs to, each with the members in its order."""
        for by in self.bys:
            if set(by) == set(members):
                yield by, tuple(members[d] for d in by)

    def inner(self, supplied: Supplied, time_zone: str) -> str:
        texts = [text for measure in self.measures for text in measure.texts]
        names = [*map(name, self.dimensions), *([self.time] if self.time else [])]
        return source.select(self.fact, [*texts, *names], supplied, time_zone)


def _form(measure: Measure) -> str:
    if measure.aggregate == "estimate":
        return "estimate"
    if measure.bounded:
        return "bounded"
    return "following dated" if measure.follows else "dated"


def _time(measure: Measure) -> str | None:
    return None if measure.bounded else measure.time


def _layers(spans: set[Span], form: str) -> list[tuple[tuple[Span, ...], ...]]:
    """Spans as layers of disjoint ones. Measures that follow records have one moment of knowledge a
    span: a query a layer.
    """
    ordered = sorted(spans, key=lambda s: (s.end - s.start, s.start, s.as_of))
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


# -- dated measures


def _dated(batch: _Batch, supplied: Supplied, time_zone: str) -> Query:
    time = name(batch.time or "")
    buckets = [f"_p{i}" for i in range(len(batch.layers))]
    picked = ", ".join(
        f"{_bucket(time, layer)} AS {p}" for p, layer in zip(buckets, batch.layers, strict=True)
    )
    shown = {d: f"_d{i}" for i, d in enumerate(batch.dimensions)}
    bounds = _followed(batch.layers[0], buckets[0])
    columns = aggregates.columns(batch.measures, bounds, time_zone)
    sets = [(p, *(shown[d] for d in by)) for p in buckets for by in batch.groupings]
    keys = [*buckets, *shown.values()]
    dims = "".join(f", {name(d)} AS {alias}" for d, alias in shown.items())
    low, high = min(s.start for s in batch.spans), max(s.end for s in batch.spans)
    whole = any(s.whole for s in batch.spans)
    where = "" if whole else f" WHERE {time} >= {instant(low)} AND {time} < {instant(high)}"
    sql = (
        f"SELECT GROUPING({', '.join(keys)}), {', '.join([*keys, *columns.texts])} "
        f"FROM (SELECT *, {picked}{dims} FROM ({batch.inner(supplied, time_zone)}) AS f{where}) "
        f"AS t "
        f"GROUP BY GROUPING SETS ({', '.join('(' + ', '.join(s) + ')' for s in sets)})"
    )
    return Query(sql, _Dated(batch, columns, tuple(keys), tuple(shown.items())))


def _bucket(time: str, layer: tuple[Span, ...]) -> str:
    """The index of the span that holds a row, found by halving, so that thirteen periods cost four
    comparisons.
    """
    if layer[0].whole:
        return "0"
    edges: list[tuple[dt.datetime, int | None]] = []
    for i, span in enumerate(layer):
        if edges and edges[-1][0] == span.start:
            edges.pop()
        edges += [(span.start, i), (span.end, None)]

    def halve(low: int, high: int) -> str:
        if low == high:
            found = edges[low][1]
            return "NULL" if found is None else str(found)
        middle = (low + high + 1) // 2
        before, after = halve(low, middle - 1), halve(middle, high)
        return f"CASE WHEN {time} < {instant(edges[middle][0])} THEN {before} ELSE {after} END"

    return f"CASE WHEN {time} >= {instant(edges[0][0])} THEN {halve(0, len(edges) - 1)} END"


def _followed(layer: tuple[Span, ...], bucket: str) -> dict[str, str]:
    """:as_of, which may differ from span to span when cohorts are compared at one age."""
    moments = [span.bounds["as_of"] for span in layer]
    if len(set(moments)) == 1:
        return {"as_of": moments[0]}
    return {
        "as_of": f"CASE {bucket} "
        + " ".join(f"WHEN {i} THEN {m}" for i, m in enumerate(moments))
        + " END"
    }


@dataclass(frozen=True)
class _Reader:
    batch: _Batch
    columns: Mapping[Measure, Column]

    def read(self, rows: Iterable[tuple]) -> Iterator[tuple[Need, Cells]]:
        raise NotImplementedError


@dataclass(frozen=True)
class _Dated(_Reader):
    keys: tuple[str, ...]
    shown: tuple[tuple[str, str], ...]

    def read(self, rows: Iterable[tuple]) -> Iterator[tuple[Need, Cells]]:
        found: dict[Need, Cells] = {
            Need(m, span, by): {}
            for m in self.batch.measures
            for span in self.batch.spans
            for by in self.batch.bys
        }
        names = {alias: d for d, alias in self.shown}
        for mask, *values in rows:
            present = [
                k for i, k in enumerate(self.keys) if not mask >> (len(self.keys) - 1 - i) & 1
            ]
            keyed = dict(zip(self.keys, values, strict=False))
            index = keyed[present[0]]
            if index is None:
                continue
            span = self.batch.layers[self.keys.index(present[0])][index]
            members = {names[k]: keyed[k] for k in present[1:]}
            for measure, column in self.columns.items():
                cell = column.cell(values[len(self.keys) :])
                for by, member in self.batch.orders(members):
                    found[Need(measure, span, by)][member] = cell
        yield from found.items()


# -- measures at the bounds of a period


def _bounded(batch: _Batch, supplied: Supplied, time_zone: str) -> Query:
    shown = {d: f"_d{i}" for i, d in enumerate(batch.dimensions)}
    texts: dict[str, None] = {}
    columns = {
        span: aggregates.columns(batch.measures, span.bounds, time_zone, texts)
        for span in batch.spans
    }
    dims = ", ".join(f"{name(d)} AS {alias}" for d, alias in shown.items())
    sets = ", ".join("(" + ", ".join(shown[d] for d in by) + ")" for by in batch.groupings)
    keys = [f"GROUPING({', '.join(shown.values())})", *shown.values()] if shown else ["0"]
    sql = (
        f"SELECT {', '.join([*keys, *texts])} FROM (SELECT *{', ' + dims if dims else ''} "
        f"FROM ({batch.inner(supplied, time_zone)}) AS f) AS t"
        + (f" GROUP BY GROUPING SETS ({sets})" if shown else "")
    )
    return Query(sql, _Bounded(batch, {}, columns, tuple(shown.items())))


@dataclass(frozen=True)
class _Bounded(_Reader):
    by_span: Mapping[Span, aggregates.Columns]
    shown: tuple[tuple[str, str], ...]

    def read(self, rows: Iterable[tuple]) -> Iterator[tuple[Need, Cells]]:
        found: dict[Need, Cells] = {
            Need(m, span, by): {}
            for m in self.batch.measures
            for span in self.batch.spans
            for by in self.batch.bys
        }
        width = len(self.shown)
        for mask, *values in rows:
            present = {
                d: values[i]
                for i, (d, _) in enumerate(self.shown)
                if not mask >> (width - 1 - i) & 1
            }
            for span, columns in self.by_span.items():
                for measure, column in columns.items():
                    cell = column.cell(values[width:])
                    for by, member in self.batch.orders(present):
                        found[Need(measure, span, by)][member] = cell
        yield from found.items()


# -- estimators


def _estimate(batch: _Batch, supplied: Supplied, time_zone: str) -> Query:
    inner = batch.inner(supplied, time_zone)
    dims = "".join(f"{name(d)}, " for d in batch.dimensions)
    parts = [
        f"SELECT {i}, {j}, {dims}{aggregates.histogram(measure, span.bounds, time_zone)} FROM "
        f"({inner}) AS f"
        f" WHERE {aggregates.condition(measure, span.bounds, time_zone)} GROUP BY ALL"
        for i, measure in enumerate(batch.measures)
        for j, span in enumerate(batch.spans)
    ]
    return Query(" UNION ALL ".join(parts), _Estimated(batch, {}))


@dataclass(frozen=True)
class _Estimated(_Reader):
    def read(self, rows: Iterable[tuple]) -> Iterator[tuple[Need, Cells]]:
        grouped: dict[tuple[Need, tuple], list[tuple[int, bool, int]]] = defaultdict(list)
        found: dict[Need, Cells] = {
            Need(m, span, by): {}
            for m in self.batch.measures
            for span in self.batch.spans
            for by in self.batch.bys
        }
        for i, j, *rest in rows:
            *keys, duration, ended, count = rest
            named = dict(zip(self.batch.dimensions, keys, strict=True))
            for by in self.batch.bys:
                need = Need(self.batch.measures[i], self.batch.spans[j], by)
                grouped[need, tuple(named[d] for d in by)].append((duration, ended, count))
        for (need, members), durations in grouped.items():
            found[need][members] = aggregates.estimated(need.measure, durations)
        yield from found.items()


EMPTY = Cell(None, 0)
