"""Why a figure was revised, in words: the causes, and the records that did it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from kpi_toolkit.crm.row_changes import RowChange, RowKind
from kpi_toolkit.format import Format
from kpi_toolkit.insight import wording
from kpi_toolkit.insight.editions.explained import Explanation

MOST_IDS = 3
_MOST_COLUMNS = 2
_HAPPENED = {
    "deleted": "deleted",
    "edited": "edited",
    "late": "entered late",
    "new": "new",
    "related": "a related record changed",
}


def why(words: Format, found: Explanation, most: int = MOST_IDS) -> str:
    """'definition changed; 2 records edited (amount): D-102, D-145; one entered late: D-177'; more
    records than `most` are counted and not named.
    """
    named = "data" in found.causes and found.rows
    parts = [
        wording.cause(words, cause) for cause in found.causes if not (named and cause == "data")
    ]
    if named:
        parts += _records(words, found.rows, most)
    if not found.kept and found.causes != ("definition",):
        parts.append(words.t("the earlier records were not kept"))
    return words.clauses(parts)


def happened(words: Format, kind: RowKind) -> str:
    """What became of one record."""
    return words.t(_HAPPENED[kind])


def _records(words: Format, rows: Sequence[RowChange], most: int) -> Iterator[str]:
    """What became of records, of each kind together; the first names what is counted."""
    for place, (_, group) in enumerate(groupby(rows, key=lambda row: row.kind)):
        alike = list(group)
        said = _counted(words, alike) if not place else _further(words, alike)
        named = f"{words.colon} {', '.join(row.id for row in alike)}"
        yield said + named if len(rows) <= most else said


def _counted(words: Format, rows: Sequence[RowChange]) -> str:
    n = len(rows)
    kind = rows[0].kind
    if kind == "deleted":
        return words.tn("one record deleted", "{n} records deleted", n)
    if kind == "late":
        return words.tn("one record entered late", "{n} records entered late", n)
    if kind == "new":
        return words.tn("one new record", "{n} new records", n)
    if kind == "related":
        return words.tn(
            "one record whose related record changed",
            "{n} records whose related records changed",
            n,
        )
    return _with_columns(words, rows, words.tn("one record edited", "{n} records edited", n))


def _further(words: Format, rows: Sequence[RowChange]) -> str:
    """'2 entered late', after others were counted."""
    n, kind = len(rows), rows[0].kind
    if kind == "deleted":
        return words.tn("one deleted", "{n} deleted", n)
    if kind == "late":
        return words.tn("one entered late", "{n} entered late", n)
    if kind == "new":
        return words.tn("one new", "{n} new", n)
    if kind == "edited":
        return _with_columns(words, rows, words.tn("one edited", "{n} edited", n))
    return _counted(words, rows)


def _with_columns(words: Format, rows: Sequence[RowChange], said: str) -> str:
    columns = _columns(words, rows)
    return f"{said} ({columns})" if columns else said


def _columns(words: Format, rows: Sequence[RowChange]) -> str:
    """The columns that were edited, the most frequent first."""
    counts: dict[str, int] = {}
    for row in rows:
        for edit in row.edits:
            counts[edit.column] = counts.get(edit.column, 0) + 1
    most = sorted(counts, key=lambda column: (-counts[column], column))[:_MOST_COLUMNS]
    return ", ".join(wording.inside(wording.column(words, column)) for column in most)
