"""Sums at the bounds of periods, whatever their number, in one pass over the rows.

A condition as `created_at < :end` asks of an instant only on which side of a bound it lies. So all
rows whose instants lie between the same bounds are alike: they are gathered into one, with the sums
of each measure, and only then looked at by the conditions of every period. Of 100,000 deals and
thirteen months, a hundred rows are left.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kpi_toolkit.crm.quoting import instant
from kpi_toolkit.measures import aggregates, expression
from kpi_toolkit.measures.aggregates import Cells, Column
from kpi_toolkit.measures.batch import Batch, Need
from kpi_toolkit.measures.expression import name, parameters, text_of
from kpi_toolkit.measures.fact import Measure
from kpi_toolkit.measures.source import Supplied

# A parameter is a column of the table of periods.
_OF_SPAN = {key: f"_{key}" for key in expression.PARAMETERS}
_BEFORE_ALL = "TIMESTAMP '-infinity'"


def can_be_gathered(measure: Measure) -> bool:
    """Whether a measure adds up, and bounds are only compared with instants in its conditions."""
    if measure.aggregate not in aggregates.ADDITIVE or measure.aggregate == "distinct":
        return False
    if measure.of and parameters(measure.of):
        return False
    return all(expression.compared(text) is not None for text in _moving(measure))


def gathered(batch: Batch, supplied: Supplied, time_zone: str) -> Gathered:
    """The query of a batch whose measures can be gathered."""
    shown = {d: f"_d{i}" for i, d in enumerate(batch.dimensions)}
    plain = aggregates.columns([_plain(measure) for measure in batch.measures], {}, time_zone)
    columns, sums = _sums(batch.measures, plain, time_zone)
    keys = ["_span", "_mask", *shown.values()]
    rows = _gathering(batch, list(plain.texts), shown, batch.inner(supplied, time_zone))
    sql = (
        f"SELECT {', '.join([*keys, *sums])} FROM ({rows}) AS g CROSS JOIN ({_periods(batch)}) "
        f"AS s(_span, {', '.join(_OF_SPAN.values())}) GROUP BY {', '.join(keys)}"
    )
    return Gathered(sql, batch, columns, tuple(shown.items()))


@dataclass(frozen=True)
class Gathered:
    """Its rows: the place of the period, which dimensions they group by, the members, the sums."""

    sql: str
    batch: Batch
    columns: Mapping[Measure, Column]
    shown: tuple[tuple[str, str], ...]

    def read(self, rows: Iterable[tuple]) -> Iterator[tuple[Need, Cells]]:
        """The cells by member of each need."""
        found = self.batch.empty()
        width = len(self.shown)
        for place, mask, *values in rows:
            present = {
                d: values[i]
                for i, (d, _) in enumerate(self.shown)
                if not mask >> (width - 1 - i) & 1
            }
            for measure, column in self.columns.items():
                cell = column.cell(values[width:])
                for by, member in self.batch.orders(present):
                    found[Need(measure, self.batch.spans[place], by)][member] = cell
        yield from found.items()


def _plain(measure: Measure) -> Measure:
    """A measure under those of its conditions that are the same in every period."""
    return replace(measure, where=tuple(t for t in _conditions(measure) if not parameters(t)))


def _moving(measure: Measure) -> tuple[str, ...]:
    """The other conditions."""
    return tuple(text for text in _conditions(measure) if parameters(text))


def _conditions(measure: Measure) -> list[str]:
    return [part for text in measure.where for part in expression.conjuncts(text)]


def _sums(
    measures: Iterable[Measure], plain: Mapping[Measure, Column], time_zone: str
) -> tuple[dict[Measure, Column], list[str]]:
    """Where each measure stands among the sums of what was gathered, and their SQL, each once."""
    places: dict[str, int] = {}
    columns = {}
    for measure in measures:
        column = plain[_plain(measure)]
        where = aggregates.condition(replace(measure, where=_moving(measure)), _OF_SPAN, time_zone)
        value, n = (
            places.setdefault(f"sum(_a{place}) FILTER (WHERE {where})", len(places))
            for place in (column.value, column.n)
        )
        columns[measure] = replace(column, value=value, n=n)
    return columns, list(places)


def _gathering(batch: Batch, texts: Sequence[str], shown: Mapping[str, str], inner: str) -> str:
    """The rows that are alike gathered into one: their instants as bounds, their members, sums."""
    instants = _instants(batch)
    alike = {column: f"_b{i}" for i, column in enumerate(instants)}
    made = [f"{_snapped(column, edges)} AS {alike[column]}" for column, edges in instants.items()]
    made += [f"{text_of(d)} AS {alias}" for d, alias in shown.items()]
    mask = f"GROUPING({', '.join(shown.values())})" if shown else "0"
    picked = [f"{mask} AS _mask", *shown.values()]
    picked += [f"{alias} AS {name(column)}" for column, alias in alike.items()]
    picked += [f"{text} AS _a{i}" for i, text in enumerate(texts)]
    sets = [(*alike.values(), *(shown[d] for d in by)) for by in batch.groupings]
    rows = f"SELECT {', '.join(['*', *made])} FROM ({inner}) AS f"
    return (
        f"SELECT {', '.join(picked)} FROM ({rows}) AS t "
        f"GROUP BY GROUPING SETS ({', '.join('(' + ', '.join(s) + ')' for s in sets)})"
    )


def _instants(batch: Batch) -> dict[str, list[dt.datetime]]:
    """The columns that are compared with bounds, and those bounds in order."""
    found: dict[str, set[dt.datetime]] = {}
    for text in dict.fromkeys(text for m in batch.measures for text in _moving(m)):
        for column, bounds in (expression.compared(text) or {}).items():
            edges = {getattr(span, bound) for span in batch.spans for bound in bounds}
            found.setdefault(column, set()).update(edges)
    return {column: sorted(edges) for column, edges in found.items()}


def _snapped(column: str, edges: Sequence[dt.datetime]) -> str:
    """The last of some bounds that an instant has reached, found by halving."""
    steps = [_BEFORE_ALL, *map(instant, edges)]

    def halve(low: int, high: int) -> str:
        if low == high:
            return steps[low]
        middle = (low + high + 1) // 2
        before, after = halve(low, middle - 1), halve(middle, high)
        return f"CASE WHEN {name(column)} < {steps[middle]} THEN {before} ELSE {after} END"

    return f"CASE WHEN {name(column)} IS NOT NULL THEN {halve(0, len(edges))} END"


def _periods(batch: Batch) -> str:
    """A row a period: its place, and its bounds."""
    rows = (
        f"({place}, {', '.join(span.bounds[key] for key in _OF_SPAN)})"
        for place, span in enumerate(batch.spans)
    )
    return f"VALUES {', '.join(rows)}"
