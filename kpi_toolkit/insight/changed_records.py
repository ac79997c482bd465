"""The records that make a figure differ between two moments: entered late, edited, deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from kpi_toolkit.crm.past import Past
from kpi_toolkit.crm.row_changes import RowChange, changes
from kpi_toolkit.measures.contributions import contributions, read_columns
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.evaluate import Evaluation
from kpi_toolkit.period import Period

if TYPE_CHECKING:
    import pandas as pd

_ORDER = ("deleted", "edited", "late", "new", "related")


def changed_records(
    before: Past, after: Past, bound: Bound, period: Period, members: Mapping[str, str]
) -> tuple[RowChange, ...]:
    """The records that a KPI of a period, within members of dimensions, counts otherwise than
    before, by kind and id; of an edited one the columns that the KPI reads.
    """
    sides = [
        contributions(bound, Evaluation(side.crm, side.crm.as_of), period, members)
        for side in (before, after)
    ]
    found: dict[tuple[str, str], RowChange] = {}
    for (fact, then), (_, now) in zip(*sides, strict=True):
        read = read_columns(bound, fact) | set(members)
        # What is followed up to the moment of knowledge counts otherwise without anybody's doing.
        around = bool(fact.joins) or any(m.looks_around for m in bound.measures)
        joined = around and not any(m.follows for m in bound.measures)
        for row in _of_table(before, after, fact.table, _differing(then, now), joined):
            edits = tuple(e for e in row.edits if e.column in read) or row.edits
            found.setdefault((row.table, row.id), replace(row, edits=edits))
    return tuple(sorted(found.values(), key=lambda r: (_ORDER.index(r.kind), r.table, r.id)))


def _of_table(
    before: Past, after: Past, table: str, ids: list[str], joined: bool
) -> Iterator[RowChange]:
    rows = changes(before.snapshot, after.snapshot, table, before.crm.as_of, ids) if ids else []
    yield from rows
    own = {row.id for row in rows}
    yield from (RowChange(table, found, "related") for found in ids if joined and found not in own)


def _differing(then: pd.DataFrame, now: pd.DataFrame) -> list[str]:
    """The ids that only one side has, or whose parts are not the same."""
    both = then.merge(now, how="outer", on="id", suffixes=("_then", "_now"), indicator=True)
    parts = [column for column in then.columns if column != "id"]
    differs = both["_merge"] != "both"
    for part in parts:
        differs |= both[f"{part}_then"] != both[f"{part}_now"]
    return sorted(both.loc[differs, "id"].dropna())
