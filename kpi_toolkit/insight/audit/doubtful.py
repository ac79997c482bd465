"""What a report says of rows that it counts though their dates or states contradict each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from kpi_toolkit.crm.remarks import Kind, Remark
from kpi_toolkit.format import Format
from kpi_toolkit.insight import wording

# What makes a figure wrong, and is told nowhere else on a page.
KINDS: frozenset[Kind] = frozenset(
    ("closed_early", "disorder", "double_row", "far_date", "negative", "older_row", "unstated")
)
MOST = 3


def doubtful(words: Format, remarks: Iterable[Remark], tables: Collection[str]) -> str:
    """The columns of some tables of which most rows are doubtful, in a sentence; empty where none
    are.
    """
    rows: Counter[tuple[str, str]] = Counter()
    for remark in remarks:
        if remark.kind in KINDS and remark.table in tables:
            rows[remark.table, remark.column] += remark.rows
    if not rows:
        return ""
    told = [_told(words, *place, n) for place, n in rows.most_common(MOST)]
    if more := len(rows) - MOST:
        told += [words.tn("one more", "{n} more", more)] if more > 0 else []
    return words.t(
        "Kept, though doubtful: {what}; the report on the data says why.", what=", ".join(told)
    )


def _told(words: Format, table: str, column: str, rows: int) -> str:
    where = wording.column(words, table)
    if column:
        where = f"{wording.column(words, column)} ({where})"
    return words.tn("{where} in one row", "{where} in {n} rows", rows, where=where)
