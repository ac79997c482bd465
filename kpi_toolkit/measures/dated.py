"""Measures with a time column, put into periods by the bounds of those periods.

Several periods and breakdowns are one GROUPING SETS query: spans that do not overlap share a bucket
column, a layer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kpi_toolkit.crm.quoting import instant
from kpi_toolkit.measures import aggregates, source
from kpi_toolkit.measures.aggregates import Cells, Column
from kpi_toolkit.measures.batch import Batch, Need, Span
from kpi_toolkit.measures.expression import text_of
from kpi_toolkit.measures.fact import Measure
from kpi_toolkit.measures.source import Supplied


def dated(batch: Batch, supplied: Supplied, time_zone: str) -> Dated:
    """The query of a batch whose measures have a time column."""
    time = source.moment(batch.fact, batch.time or "", time_zone)
    buckets = [f"_p{i}" for i in range(len(batch.layers))]
    picked = ", ".join(
        f"{_bucket(time, layer)} AS {p}" for p, layer in zip(buckets, batch.layers, strict=True)
    )
    shown = {d: f"_d{i}" for i, d in enumerate(batch.dimensions)}
    bounds = _followed(batch.layers[0], buckets[0])
    columns = aggregates.columns(batch.measures, bounds, time_zone)
    sets = [(p, *(shown[d] for d in by)) for p in buckets for by in batch.groupings]
    keys = [*buckets, *shown.values()]
    dims = "".join(f", {text_of(d)} AS {alias}" for d, alias in shown.items())
    low, high = min(s.start for s in batch.spans), max(s.end for s in batch.spans)
    whole = any(s.whole for s in batch.spans)
    where = "" if whole else f" WHERE {time} >= {instant(low)} AND {time} < {instant(high)}"
    sql = (
        f"SELECT GROUPING({', '.join(keys)}), {', '.join([*keys, *columns.texts])} "
        f"FROM (SELECT *, {picked}{dims} FROM ({batch.inner(supplied, time_zone)}) AS f{where}) "
        f"AS t "
        f"GROUP BY GROUPING SETS ({', '.join('(' + ', '.join(s) + ')' for s in sets)})"
    )
    return Dated(sql, batch, columns, tuple(keys), tuple(shown.items()))


@dataclass(frozen=True)
class Dated:
    """Its rows: which keys they group by, the keys, the cells."""

    sql: str
    batch: Batch
    columns: Mapping[Measure, Column]
    keys: tuple[str, ...]
    shown: tuple[tuple[str, str], ...]

    def read(self, rows: Iterable[tuple]) -> Iterator[tuple[Need, Cells]]:
        """The cells by member of each need."""
        found = self.batch.empty()
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
