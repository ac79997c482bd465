"""Estimators: one SELECT for each measure, period and breakdown, put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product

from kpi_toolkit.measures import aggregates, expression
from kpi_toolkit.measures.aggregates import Cells
from kpi_toolkit.measures.batch import Batch, Need, Span
from kpi_toolkit.measures.estimator import kaplan_meier_median
from kpi_toolkit.measures.expression import text_of
from kpi_toolkit.measures.fact import Aggregate, Measure
from kpi_toolkit.measures.source import Supplied

ENDS: tuple[Aggregate, ...] = ("estimate", "estimate_low", "estimate_high")


def estimated(batch: Batch, supplied: Supplied, time_zone: str) -> Estimated:
    """The query of a batch of estimators."""
    inner = batch.inner(supplied, time_zone)
    parts = []
    for place, (measure, span, by) in enumerate(_parts(batch)):
        members = {d: f"_d{i}" for i, d in enumerate(by)}
        shown = "".join(f"{text_of(d)} AS {alias}, " for d, alias in members.items())
        histogram = f"SELECT {shown}{_durations(measure, span, time_zone, inner)} GROUP BY ALL"
        median = kaplan_meier_median(histogram, tuple(members.values()))
        named = ", ".join([*members.values(), *ENDS, "n"])
        keys = ", ".join([str(place), *(members.get(d, "NULL") for d in batch.dimensions)])
        parts.append(f"SELECT {keys}, {', '.join(ENDS)}, n FROM ({median}) AS e({named})")
    return Estimated(" UNION ALL ".join(parts), batch)


def _parts(batch: Batch) -> Iterator[tuple[Measure, Span, tuple[str, ...]]]:
    """Each estimate once: the ends of its interval come with it."""
    measures = dict.fromkeys(replace(each, aggregate="estimate") for each in batch.measures)
    return product(measures, batch.spans, batch.bys)


def _durations(measure: Measure, span: Span, time_zone: str, inner: str) -> str:
    duration, ended = (
        expression.render(text, span.bounds, time_zone=time_zone)
        for text in (expression.duration(measure.of or "", time_zone), measure.event or "")
    )
    where = aggregates.condition(measure, span.bounds, time_zone)
    return (
        f"greatest({duration}, 0) AS duration, count(*) FILTER (WHERE {ended}) AS ends, "
        f"count(*) AS n FROM ({inner}) AS f WHERE {where} AND {duration} IS NOT NULL"
    )


@dataclass(frozen=True)
class Estimated:
    """Its rows: the place of the need, the members, the estimate with the ends of its interval,
    and the rows behind it.
    """

    sql: str
    batch: Batch

    def read(self, rows: Iterable[tuple]) -> Iterator[tuple[Need, Cells]]:
        """The estimate by member of each need."""
        parts = list(_parts(self.batch))
        found = self.batch.empty()
        for place, *keys, median, low, high, n in rows:
            measure, span, by = parts[place]
            named = dict(zip(self.batch.dimensions, keys, strict=True))
            members = tuple(named[d] for d in by)
            for aggregate, value in zip(ENDS, (median, low, high), strict=True):
                need = Need(replace(measure, aggregate=aggregate), span, by)
                if need in found:
                    found[need][members] = aggregates.estimate(need.measure, value, n)
        yield from found.items()
