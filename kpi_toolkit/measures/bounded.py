"""Measures at the bounds of a period: one column a measure and period, in one scan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kpi_toolkit.measures import aggregates
from kpi_toolkit.measures.aggregates import Cells
from kpi_toolkit.measures.batch import Batch, Need, Span
from kpi_toolkit.measures.expression import text_of
from kpi_toolkit.measures.source import Supplied


def bounded(batch: Batch, supplied: Supplied, time_zone: str) -> Bounded:
    """The query of a batch whose measures name bounds."""
    shown = {d: f"_d{i}" for i, d in enumerate(batch.dimensions)}
    texts: dict[str, None] = {}
    columns = {
        span: aggregates.columns(batch.measures, span.bounds, time_zone, texts)
        for span in batch.spans
    }
    dims = ", ".join(f"{text_of(d)} AS {alias}" for d, alias in shown.items())
    sets = ", ".join("(" + ", ".join(shown[d] for d in by) + ")" for by in batch.groupings)
    keys = [f"GROUPING({', '.join(shown.values())})", *shown.values()] if shown else ["0"]
    sql = (
        f"SELECT {', '.join([*keys, *texts])} FROM (SELECT *{', ' + dims if dims else ''} "
        f"FROM ({batch.inner(supplied, time_zone)}) AS f) AS t"
        + (f" GROUP BY GROUPING SETS ({sets})" if shown else "")
    )
    return Bounded(sql, batch, columns, tuple(shown.items()))


@dataclass(frozen=True)
class Bounded:
    """Its rows: which dimensions they group by, the members, a column a measure and span."""

    sql: str
    batch: Batch
    by_span: Mapping[Span, aggregates.Columns]
    shown: tuple[tuple[str, str], ...]

    def read(self, rows: Iterable[tuple]) -> Iterator[tuple[Need, Cells]]:
        """The cells by member of each need."""
        found = self.batch.empty()
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
