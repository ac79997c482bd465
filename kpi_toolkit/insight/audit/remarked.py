"""Remarks on the data as sentences, those on one column and of one kind together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from kpi_toolkit.crm.remarks import Kind, Remark
from kpi_toolkit.crm.tables import is_personal
from kpi_toolkit.format import Format

MOST_VALUES = 8
_LONGEST = 40
HIDDEN = "•••"

# What is about values that a map or a join did not know; {values} lists them with their rows.
_ABOUT_VALUES = {
    "key_unused": "No row has these keys of the value map: {values}.",
    "rest": "“*” of the value map made “{other}” of these: {values}.",
    "to_null": "The value map has no key for these, so they are left empty: {values}.",
    "near_word": "KPIs count “{other}” and none of these: {values}.",
    "unmatched": "“{other}” has no row for these: {values}.",
}
_ABOUT_ROWS = {
    "doubled_hour": "Times in an hour that came twice as the clocks went back: taken for the "
    "second one.",
    "orphan": "References to rows that “{other}” does not have.",
    "disorder": "Earlier than “{other}”, which comes first.",
    "unstated": "Deals without a status: neither won nor lost, and in the pipeline as long as they "
    "have no closing date.",
    "undated": "Deals won or lost without a closing date: they count in no period.",
    "closed_early": "Open deals with a closing date: they leave the pipeline on that day. If it is "
    "the expected date, map it to expected_close_on.",
    "negative": "Below zero.",
    "far_date": "Before 1990, or after 2099.",
    "older_row": "Records that count with an older row, since a newer one was set aside.",
    "double_row": "The same as another row in every column.",
}
# Those that change figures most come first.
_ORDER: tuple[Kind, ...] = (
    "older_row", "rest", "to_null", "key_unused", "unmatched", "near_word", "unstated",
    "closed_early", "undated", "disorder", "orphan", "far_date", "negative", "double_row",
    "doubled_hour",
)  # fmt: skip


@dataclass(frozen=True)
class Remarked:
    """A remark for readers: on which column, in which words, on how many rows, and where the first
    of them stands.
    """

    table: str
    column: str
    kind: Kind
    text: str
    rows: int
    file: str
    line: int | None

    @property
    def where(self) -> str:
        """deals.status"""
        return f"{self.table}.{self.column}" if self.column else self.table


def remarked(words: Format, remarks: Iterable[Remark], *, masked: bool = False) -> list[Remarked]:
    """Remarks as sentences; `masked` hides the values of personal columns."""

    def group(remark: Remark) -> tuple[int, str, str, str]:
        return _ORDER.index(remark.kind), remark.table, remark.column, remark.other

    ordered = sorted(remarks, key=group)
    return [_told(words, list(found), masked) for _, found in groupby(ordered, key=group)]


def _told(words: Format, found: Sequence[Remark], masked: bool) -> Remarked:
    first = found[0]
    if first.kind in _ABOUT_VALUES:
        hidden = masked and is_personal(first.table, first.column)
        values = _values(words, found, hidden)
        text = words.t(_ABOUT_VALUES[first.kind], values=values, other=first.other)
    else:
        text = words.t(_ABOUT_ROWS[first.kind], other=first.other)
    lines = [(r.line, r.file) for r in found if r.line is not None]
    line, file = min(lines, default=(None, first.file), key=lambda at: at[0] or 0)
    return Remarked(
        first.table, first.column, first.kind, text, sum(r.rows for r in found), file, line
    )


def quoted(words: Format, value: str) -> str:
    """A value of the data in the language's quotation marks, a long one cut."""
    cut = value[:_LONGEST] + "…" if len(value) > _LONGEST else value
    return words.t("“{value}”", value=cut)


def _values(words: Format, found: Sequence[Remark], hidden: bool) -> str:
    named = [r for r in found if r.value is not None]
    shown = [_value(words, r, hidden) for r in named[:MOST_VALUES]]
    rest = found[len(shown) :]
    if rest and rest[0].rows:
        shown.append(words.tn("one more row", "{n} more rows", sum(r.rows for r in rest)))
    elif rest:
        shown.append(words.tn("one more", "{n} more", len(rest)))
    return ", ".join(shown)


def _value(words: Format, remark: Remark, hidden: bool) -> str:
    said = HIDDEN if hidden else quoted(words, remark.value or "")
    return f"{said} ({words.count(remark.rows)})" if remark.rows else said
