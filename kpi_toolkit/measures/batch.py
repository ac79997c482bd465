"""What is asked of one fact at once: measures, the bounds of periods, breakdowns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from kpi_toolkit.crm.quoting import instant
from kpi_toolkit.measures import source
from kpi_toolkit.measures.aggregates import Cells
from kpi_toolkit.measures.expression import name
from kpi_toolkit.measures.fact import Fact, Measure
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


class Query(Protocol):
    """SQL, and how its rows become cells."""

    @property
    def sql(self) -> str:
        """One SELECT."""

    def read(self, rows: Iterable[tuple]) -> Iterator[tuple[Need, Cells]]:
        """The cells by member of each need that the query answers."""


@dataclass(frozen=True)
class Batch:
    """Measures of one fact and time column over the same layers of disjoint spans. `made` names the
    table in which the columns that they read already stand.
    """

    fact: Fact
    time: str | None
    measures: tuple[Measure, ...]
    bys: tuple[tuple[str, ...], ...]
    layers: tuple[tuple[Span, ...], ...]
    made: str = ""

    @property
    def spans(self) -> tuple[Span, ...]:
        """Those of all layers."""
        return tuple(span for layer in self.layers for span in layer)

    @property
    def groupings(self) -> tuple[tuple[str, ...], ...]:
        """The breakdowns, those by the same dimensions in another order once."""
        return tuple({frozenset(by): by for by in self.bys}.values())

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Those of all breakdowns."""
        return tuple(dict.fromkeys(d for by in self.bys for d in by))

    def orders(self, members: Mapping[str, object]) -> Iterator[tuple[tuple[str, ...], tuple]]:
        """The breakdowns that a row of members belongs to, each with the members in its order."""
        for by in self.bys:
            if set(by) == set(members):
                yield by, tuple(members[d] for d in by)

    def empty(self) -> dict[Need, Cells]:
        """The needs that it answers, without a cell yet."""
        return {
            Need(measure, span, by): {}
            for measure in self.measures
            for span in self.spans
            for by in self.bys
        }

    @property
    def texts(self) -> tuple[str, ...]:
        """Every expression over the fact that it reads."""
        time = [self.time] if self.time else []
        read = (text for measure in self.measures for text in measure.texts)
        return (*read, *map(name, self.dimensions), *time)

    def inner(self, supplied: Supplied, time_zone: str) -> str:
        """The SELECT of the columns that its measures read."""
        if self.made:
            return f"FROM {name(self.made)}"
        moving = self.spans[0].bounds if len(self.spans) == 1 else {}
        return source.select(self.fact, self.texts, supplied, time_zone, bounds=moving)
