"""The steps of a waterfall: totals, and the changes that lead from one to the next."""

from dataclasses import dataclass
from typing import Literal, get_args

import pandas as pd

from kpi_toolkit.charts.given import column_of
from kpi_toolkit.charts.shown import is_known
from kpi_toolkit.charts.text import plain
from kpi_toolkit.errors import RenderError, near_misses
from kpi_toolkit.format import Format

Kind = Literal["start", "change", "neutral", "subtotal", "end"]
_TOTALS = ("start", "subtotal", "end")


@dataclass(frozen=True)
class Step:
    """A total (from zero to `after`), or a change from `before` to `after`; `value` as given."""

    name: str
    note: str
    kind: Kind
    value: float
    before: float
    after: float

    @property
    def is_total(self) -> bool:
        """Whether the step is a level, and not a change of it."""
        return self.kind in _TOTALS

    @property
    def low(self) -> float:
        """The lower end of its bar."""
        return min(self.before, self.after)

    @property
    def high(self) -> float:
        """The upper end of its bar."""
        return max(self.before, self.after)


@dataclass(frozen=True)
class _Row:
    name: str
    note: str
    kind: Kind
    value: float


def steps_of(frame: pd.DataFrame, most: int, words: Format) -> list[Step]:
    """The steps of a frame indexed by name: `value`, and optionally `kind` and `note`.

    Without `kind` the first is the start, the last the end. An unknown total is the sum so far; an
    unknown change counts as none. Of more than `most` changes the smallest of each stretch between
    two totals are one step. Raises RenderError for another kind, and for a total that the changes
    before it do not add up to.
    """
    found: list[Step] = []
    level, complete, highest = 0.0, True, 0.0
    for row in _folded(_rows(frame), most, words):
        if row.kind in _TOTALS:
            value = row.value if is_known(row.value) else level
            highest = max(highest, abs(value))
            if found and complete and abs(value - level) > 1e-6 * highest:
                raise RenderError(
                    f"step {row.name!r}: {value:g}, where the steps before it make {level:g}"
                )
            found.append(Step(row.name, row.note, row.kind, value, 0.0, value))
            level, complete = value, True
            continue
        known = is_known(row.value)
        after = level + (row.value if known else 0.0)
        highest = max(highest, abs(after))
        found.append(Step(row.name, row.note, row.kind, row.value, level, after))
        level, complete = after, complete and known
    return found


def _rows(frame: pd.DataFrame) -> list[_Row]:
    values = column_of(frame, "value")
    last = len(frame) - 1
    ends = {0: "start", last: "end"}
    kinds = frame["kind"] if "kind" in frame else [ends.get(i, "change") for i in range(last + 1)]
    notes = frame["note"].fillna("") if "note" in frame else [""] * (last + 1)
    for kind in kinds:
        if kind not in get_args(Kind):
            raise RenderError(f"kind {kind!r}: {near_misses(str(kind), get_args(Kind))}")
    columns = zip(frame.index, notes, kinds, values, strict=True)
    return [_Row(plain(name), plain(note), kind, value) for name, note, kind, value in columns]


def _folded(rows: list[_Row], most: int, words: Format) -> list[_Row]:
    """The rows with the smallest changes of each stretch taken together at its end."""
    changes = [row for row in rows if row.kind == "change"]
    if len(changes) <= most + 1:
        return rows
    sizes = sorted((abs(row.value) for row in changes if is_known(row.value)), reverse=True)
    least = sizes[most - 1] if len(sizes) >= most else 0.0
    kept: list[_Row] = []
    rest: list[float] = []
    for row in [*rows, None]:
        if row is not None and row.kind == "change" and not abs(row.value) >= least:
            rest.append(row.value)
            continue
        if rest and (row is None or row.kind in _TOTALS):
            others = words.tn("{n} other", "{n} others", len(rest))
            kept.append(_Row(others, "", "change", sum(filter(is_known, rest))))
            rest = []
        if row is not None:
            kept.append(row)
    return kept
