"""Each matched column held against its cells: what has to be declared, and whether they fit."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from kpi_toolkit.crm.looking import dates, numbers, values
from kpi_toolkit.crm.looking.heads import Column, Head
from kpi_toolkit.crm.looking.matching import Match
from kpi_toolkit.crm.looking.names import is_scaled
from kpi_toolkit.crm.looking.toml import shown
from kpi_toolkit.crm.looking.trials import NULL_MARKS, NULL_WORDS, Trials, Verdict
from kpi_toolkit.crm.tables import ColumnType, Table

NUMERIC: tuple[ColumnType, ...] = ("money", "number", "whole")
DATED: tuple[ColumnType, ...] = ("date", "instant")
_OFFSET = re.compile(r":\d{2}(?:\.\d+)? ?(?:Z|[+-]\d{2}(?::?\d{2})?)\Z")
_CLOCK = re.compile(r"\d{1,2}[:hH]\d{2}(?<!00:00)(?!\d)")


@dataclass(frozen=True)
class Fitted:
    """One column of ours: its source, settings of its own, and, of numbers and dates, a verdict."""

    name: str
    kind: ColumnType
    column: Column
    evidence: str
    live: bool = True
    settings: dict[str, Any] = field(default_factory=dict)
    verdict: Verdict | None = None

    @property
    def is_dated(self) -> bool:
        """Whether it fits as a date or an instant."""
        return self.live and self.kind in DATED and self.verdict is not None

    @property
    def has_clock(self) -> bool:
        """Whether its cells tell a time of the day."""
        return any(_CLOCK.search(text) for text in self.column.texts)

    @property
    def has_offset(self) -> bool:
        """Whether its cells say where that time is."""
        return any(_OFFSET.search(text) for text in self.column.texts)


class Fitting:
    """Fits the matches of one file's head."""

    def __init__(self, trials: Trials, head: Head, table: Table) -> None:
        self.trials, self.head, self.table = trials, head, table
        self.void = void_marks(head)

    def fitted(self, match: Match) -> Fitted:
        """The column with its settings, or, where its cells do not fit, as a comment that says
        why.
        """
        canonical = self.table.columns[match.name]
        if not match.column.filled:
            return self._told(match, "named so; every cell so far is empty", live=match.sure)
        if canonical.allowed:
            return self._allowed(match, canonical.allowed)
        if canonical.type == "boolean":
            return self._boolean(match)
        if canonical.type in NUMERIC:
            forms = numbers.forms(match.column, canonical.type)
            return self._tried(match, self.trials.verdict(match.column, forms))
        if canonical.type in DATED:
            return self.dated(match.name, match.column, canonical.type, sure=match.sure)
        return self._text(match)

    def dated(self, name: str, column: Column, kind: ColumnType, *, sure: bool = True) -> Fitted:
        """A column of dates under a name."""
        forms = dates.forms(column, kind)
        return self._tried(Match(name, column, sure), self.trials.verdict(column, forms), kind)

    def _tried(self, match: Match, verdict: Verdict, kind: ColumnType | None = None) -> Fitted:
        kind = kind or self.table.columns[match.name].type
        named = _named(match)
        if not verdict.fits:
            wanted = "dates" if kind in DATED else "numbers"
            told = ", ".join(shown(text) for text in verdict.misfits[:3])
            text = f"named so, but only {verdict.fit:,} of {verdict.filled:,} cells are {wanted}"
            return self._told(match, f"{text}: {told}", live=False)
        evidence = dates.evidence if kind in DATED else numbers.evidence
        settings: dict[str, Any] = {}
        told = f"{named}; {evidence(match.column, verdict)}"
        if kind in NUMERIC:
            form = verdict.best
            settings |= {"sign": form.sign} if form.sign else {}
            settings |= {"negative": form.negative} if form.negative != "-" else {}
            shares = form.percent or self._is_percentage(match, verdict)
            settings |= {"percent": True} if shares else {}
            told += "; over 1: read as percent" if shares and not form.percent else ""
            if verdict.plain and kind != "whole" and not self.head.whole:
                told += '; no decimals so far: "1.234" further down would be a little over one'
        if verdict.nulls:
            own = [text for text in verdict.nulls if text not in self.void]
            settings |= {"null": [*self.void, *own]} if own else {}
            told += f"; {_cells(match.column, verdict.nulls)}: no value, while the rest fits"
        if verdict.misfits:
            told += f"; set aside: {_cells(match.column, verdict.misfits)}"
        live = match.sure and not verdict.best.date_format.startswith(dates.COUNTED)
        return Fitted(match.name, kind, match.column, told, live, settings, verdict)

    def _is_percentage(self, match: Match, verdict: Verdict) -> bool:
        """A share is between 0 and 1 to us; many tools write 60 for 0.6."""
        return match.name == "probability" and any(v is not None and v > 1 for v in verdict.values)

    def _allowed(self, match: Match, allowed: tuple[str, ...]) -> Fitted:
        if (self.table.name, match.name) == ("deals", "status"):
            mapped = values.status(match.column)
            if mapped is None:
                told = f"named so, but no value says won or lost; {values.counts(match.column)}"
                return self._told(match, told, live=False)
        else:
            mapped = values.closed_set(match.column, allowed, self.head.whole)
        if mapped is None:
            return self._told(match, f"{_named(match)}; {values.counts(match.column)}")
        live = match.sure and mapped.known > 0
        return self._told(match, f"{_named(match)}; {mapped.evidence}", live, mapped.values)

    def _boolean(self, match: Match) -> Fitted:
        if values.is_truth(match.column):
            return self._told(match, f"{_named(match)}; {values.counts(match.column)}")
        mapped = values.boolean(match.column)
        if mapped is None:
            told = f"named so, but its cells are not two words; {values.counts(match.column, 3)}"
            return self._told(match, told, live=False)
        return self._told(match, f"{_named(match)}; {mapped.evidence}", mapped=mapped.values)

    def _text(self, match: Match) -> Fitted:
        personal = "; personal data" if self.table.columns[match.name].personal else ""
        column = match.column
        if match.name in self.table.key and len(self.table.key) == 1:
            return self._told(match, f"{_named(match)}; {_unique(column, self.head)}")
        told = f"{_named(match)}; {len(column.texts):,} different in {column.filled:,} filled cells"
        if void := tuple(text for text in column.texts if text in self.void):
            told += f"; {_cells(column, void)}: no value"
        elif void := tuple(text for text in column.texts if text.lower() in NULL_WORDS):
            asked = f"null = [{', '.join(map(shown, void[:3]))}] if that means none"
            told += f"; {_cells(column, void)}: {asked}"
        return self._told(match, told + personal)

    def _told(
        self,
        match: Match,
        evidence: str,
        live: bool = True,
        mapped: dict[str, Any] | None = None,
    ) -> Fitted:
        kind = self.table.columns[match.name].type
        settings = {"values": mapped} if mapped else {}
        return Fitted(match.name, kind, match.column, evidence, live and match.sure, settings)


def void_marks(head: Head) -> tuple[str, ...]:
    """Texts that are no words, and stand in several columns in place of a value."""
    stand = Counter(
        text for column in head.columns for text in column.cells if text.lower() in NULL_MARKS
    )
    return tuple(sorted(text for text, columns in stand.items() if columns > 1))


def _named(match: Match) -> str:
    if match.sure:
        return "named so"
    if is_scaled(match.column.name):
        return "perhaps: amounts are whole units, and its name says thousands, millions or cents"
    return "perhaps: its name only holds one of ours"


def _unique(column: Column, head: Head) -> str:
    double = column.filled - len(column.texts)
    empty = head.rows - len(head.faults) - column.filled
    told = f"{len(column.texts):,} different in {column.filled:,} rows"
    again = "row repeats" if double == 1 else "rows repeat"
    told += ", each once" if not double else f": {double:,} {again} an earlier one"
    return f"{told}; {empty:,} rows without one are set aside" if empty else told


def _cells(column: Column, texts: tuple[str, ...]) -> str:
    ordered = sorted(texts, key=lambda text: -column.cells[text][0])
    told = [f"{shown(text, 25)} {column.cells[text][0]:,} times" for text in ordered[:3]]
    more = f" and {len(texts) - 3:,} more" if len(texts) > 3 else ""
    return ", ".join(told) + more
