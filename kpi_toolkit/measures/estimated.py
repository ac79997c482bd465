"""Estimators: a histogram of durations for each period and member."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kpi_toolkit.measures import aggregates
from kpi_toolkit.measures.aggregates import Cells
from kpi_toolkit.measures.batch import Batch, Need
from kpi_toolkit.measures.expression import name
from kpi_toolkit.measures.source import Supplied


def estimated(batch: Batch, supplied: Supplied, time_zone: str) -> Estimated:
    """The query of a batch of estimators."""
    inner = batch.inner(supplied, time_zone)
    dims = "".join(f"{name(d)}, " for d in batch.dimensions)
    parts = [
        f"SELECT {i}, {j}, {dims}{aggregates.histogram(measure, span.bounds, time_zone)} FROM "
        f"({inner}) AS f"
        f" WHERE {aggregates.condition(measure, span.bounds, time_zone)} GROUP BY ALL"
        for i, measure in enumerate(batch.measures)
        for j, span in enumerate(batch.spans)
    ]
    return Estimated(" UNION ALL ".join(parts), batch)


@dataclass(frozen=True)
class Estimated:
    """Its rows: the measure, the span, the members, then duration, end and count."""

    sql: str
    batch: Batch

    def read(self, rows: Iterable[tuple]) -> Iterator[tuple[Need, Cells]]:
        """The estimate by member of each need."""
        grouped: dict[tuple[Need, tuple], list[tuple[int, bool, int]]] = defaultdict(list)
        found = self.batch.empty()
        for i, j, *rest in rows:
            *keys, duration, ended, count = rest
            named = dict(zip(self.batch.dimensions, keys, strict=True))
            for by in self.batch.bys:
                need = Need(self.batch.measures[i], self.batch.spans[j], by)
                grouped[need, tuple(named[d] for d in by)].append((duration, ended, count))
        for (need, members), durations in grouped.items():
            found[need][members] = aggregates.estimated(need.measure, durations)
        yield from found.items()
