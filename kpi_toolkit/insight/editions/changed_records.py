"""The records that make figures differ between two moments: entered late, edited, deleted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kpi_toolkit.crm.past import Past
from kpi_toolkit.crm.row_changes import RowChange, changes
from kpi_toolkit.measures.contributions import contributions, deciding_columns
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


Deciding = dict[Fact, dict[str, frozenset[str]]]


def changed_records(
    before: Past, after: Past, figures: Iterable[Figure]
) -> dict[Figure, tuple[RowChange, ...]]:
    """The records that each figure counts otherwise than before, by kind and id; of an edited one
    the columns that decide what it counts.

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
    figure: Figure, found: Deciding, changed: dict[str, dict[str, RowChange]]
) -> tuple[RowChange, ...]:
    rows: dict[tuple[str, str], RowChange] = {}
    for fact, deciding in found.items():
        for row in _of_fact(figure, fact, deciding, changed.get(fact.table, {})):
            rows.setdefault((row.table, row.id), row)
    return tuple(sorted(rows.values(), key=lambda r: (_ORDER.index(r.kind), r.table, r.id)))


def _of_fact(
    figure: Figure, fact: Fact, deciding: dict[str, frozenset[str]], changed: dict[str, RowChange]
) -> Iterator[RowChange]:
    measures = figure.bound.measures
    # What is followed up to the moment of knowledge counts otherwise without anybody's doing.
    around = bool(fact.joins) or any(m.looks_around for m in measures)
    related = around and not any(m.follows for m in measures)
    for found, columns in deciding.items():
        row = changed.get(found)
        if row is not None:
            read = tuple(edit for edit in row.edits if edit.column in columns)
            yield replace(row, edits=read or row.edits)
        elif related:
            yield RowChange(fact.table, found, "related")


def _differing(before: Past, after: Past, figure: Figure) -> Deciding:
    """By fact, the ids that only one side has, or whose parts are not the same, with the columns
    that decide of that.
    """
    members = dict(figure.members)
    then, now = (
        dict(contributions(figure.bound, Evaluation(s.crm, s.crm.as_of), figure.period, members))
        for s in (before, after)
    )
    found: Deciding = {}
    for fact in then:
        absent = tuple("" for m in figure.bound.measures if m.fact is fact)
        ids = {i for i, _ in then[fact].items() ^ now[fact].items() if i is not None}
        found[fact] = {
            i: deciding_columns(
                figure.bound, fact, then[fact].get(i, absent), now[fact].get(i, absent)
            )
            | members.keys()
            for i in ids
        }
    return found
