"""The records that make figures differ between two moments: entered late, edited, deleted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kpi_toolkit.crm.past import Past
from kpi_toolkit.crm.row_changes import RowChange, changes
from kpi_toolkit.measures.contributions import Parts, contributions, read_columns
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.evaluate import Evaluation
from kpi_toolkit.measures.fact import Fact
from kpi_toolkit.period import Period

_ORDER = ("deleted", "edited", "late", "new", "related")


@dataclass(frozen=True)
class Figure:
    """One number: a KPI of a period, of all records or of members of dimensions."""

    bound: Bound
    period: Period
    members: tuple[tuple[str, str], ...] = ()


def changed_records(
    before: Past, after: Past, figures: Iterable[Figure]
) -> dict[Figure, tuple[RowChange, ...]]:
    """The records that each figure counts otherwise than before, by kind and id; of an edited one
    the columns that the KPI reads.

    Every table is compared once, for all figures together.
    """
    differing = {figure: _differing(before, after, figure) for figure in figures}
    ids: dict[str, set[str]] = {}
    for found in differing.values():
        for fact, own in found.items():
            ids.setdefault(fact.table, set()).update(own)
    changed = {
        table: {
            row.id: row
            for row in changes(before.snapshot, after.snapshot, table, before.crm.as_of, wanted)
        }
        for table, wanted in ids.items()
        if wanted
    }
    return {figure: _rows(figure, found, changed) for figure, found in differing.items()}


def _rows(
    figure: Figure, found: dict[Fact, set[str]], changed: dict[str, dict[str, RowChange]]
) -> tuple[RowChange, ...]:
    rows: dict[tuple[str, str], RowChange] = {}
    for fact, ids in found.items():
        for row in _of_fact(figure, fact, ids, changed.get(fact.table, {})):
            rows.setdefault((row.table, row.id), row)
    return tuple(sorted(rows.values(), key=lambda r: (_ORDER.index(r.kind), r.table, r.id)))


def _of_fact(
    figure: Figure, fact: Fact, ids: set[str], changed: dict[str, RowChange]
) -> Iterator[RowChange]:
    measures = figure.bound.measures
    read = read_columns(figure.bound, fact) | {dimension for dimension, _ in figure.members}
    # What is followed up to the moment of knowledge counts otherwise without anybody's doing.
    around = bool(fact.joins) or any(m.looks_around for m in measures)
    related = around and not any(m.follows for m in measures)
    for found in ids:
        row = changed.get(found)
        if row is None:
            if related:
                yield RowChange(fact.table, found, "related")
            continue
        yield replace(row, edits=tuple(e for e in row.edits if e.column in read) or row.edits)


def _differing(before: Past, after: Past, figure: Figure) -> dict[Fact, set[str]]:
    """The ids that only one side has, or whose parts are not the same, by fact."""
    sides: list[dict[Fact, Parts]] = [
        dict(
            contributions(
                figure.bound,
                Evaluation(side.crm, side.crm.as_of),
                figure.period,
                dict(figure.members),
            )
        )
        for side in (before, after)
    ]
    then, now = sides
    return {
        fact: {i for i, _ in then[fact].items() ^ now[fact].items() if i is not None}
        for fact in then
    }
