"""What an evaluation gives: one number with all that is needed to read, compare, archive and trace
it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from kpi_toolkit.format import NO_DATA, Better, Format, Unit
from kpi_toolkit.format.card import card
from kpi_toolkit.measures.comparison import Comparison
from kpi_toolkit.measures.known import Covered
from kpi_toolkit.measures.reach import Part
from kpi_toolkit.measures.wording import Phrase
from kpi_toolkit.measures.wording import label as label_of
from kpi_toolkit.period import Period

Status = Literal["ok", "no_data", "not_available"]
Window = Literal["event", "cohort", "stock", "estimate"]


@dataclass(frozen=True)
class KpiValue:
    """A KPI of one period, for all records or for one member of a breakdown.

    Shares are 0..1, money is in `currency`, durations in days. `value` is None unless `status` is
    "ok". 95 of 100 such `interval`s hold the true rate, mean or median; in `chance` a total would
    lie if records came again at the same pace; what a model foresees comes to lie in `foreseen` in
    95 of 100 futures. `known_at` is set where a value is taken as it was
    at an earlier moment than `as_of`; `maturing` where it may still grow; `part` where its
    definition reaches further back than the records; `covered` where not all records tell what it
    needs.
    """

    kpi: str
    label: str
    period: Period
    as_of: dt.datetime
    unit: Unit
    currency: str
    better: Better
    window: Window
    definition: str
    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    n: int = 0
    status: Status = "ok"
    reason: str = ""
    interval: tuple[float, float] | None = None
    chance: tuple[float, float] | None = None
    foreseen: tuple[float, float] | None = None
    maturing: bool = False
    known_at: dt.datetime | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    phrases: tuple[Phrase, ...] = ()
    part: Part | None = None
    covered: Covered | None = None
    members: Mapping[str, str | None] = field(default_factory=dict)
    previous: Comparison | None = None
    language: str = "en"

    @property
    def doubt(self) -> tuple[float, float] | None:
        """What is shown beside it: where the true value lies, or what is foreseen comes to lie, in
        95 of 100 cases.
        """
        return self.interval or self.foreseen

    @property
    def complete(self) -> bool:
        """Whether its period had ended at `as_of`."""
        return self.period.is_complete(self.as_of)

    def __str__(self) -> str:
        words = self._words
        value = words.value(self.value, self.unit)
        if self.value is None:
            return f"{value} ({words.t(self.reason)})"
        doubt = f" [{words.interval(*self.doubt, self.unit)}]" if self.doubt else ""
        return ", ".join([value + doubt, *(text for text, _ in self._notes())])

    def name(self, words: Format) -> str:
        """Its label for readers, with what has to be said of its options."""
        return label_of(words, self.label, self.phrases)

    @property
    def _words(self) -> Format:
        return Format(self.language, self.currency)  # type: ignore[arg-type]

    def _notes(self) -> list[tuple[str, bool | None]]:
        """What stands beside the value, and whether it is favourable."""
        words = self._words
        found: list[tuple[str, bool | None]] = []
        if self.maturing:
            found.append((words.t("so far"), None))
        if self.part:
            found.append((self.part.said(words), None))
        if self.covered:
            found.append((self.covered.said(words), None))
        if self.value is not None and self.previous:
            found += self._change(self.previous)
        return [*found, (f"n = {words.count(self.n)}", None)]

    def _change(self, compared: Comparison) -> list[tuple[str, bool | None]]:
        words, change = self._words, compared.change(self._words)
        on = compared.on(words)
        if compared.withheld and compared.withheld.why == "no_record":
            return []
        if compared.withheld:
            why = compared.withheld.said(words)
            return [(words.t("not compared with {period}: {reason}", period=on, reason=why), None)]
        if change.text == NO_DATA:
            return []
        text = words.t("{change} on {period}", change=change.text, period=on)
        return [(text, change.favourable)]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        words = self._words
        title = f"{self.name(words)}, {words.period(self.period)}"
        notes = self._notes() if self.value is not None else [(words.t(self.reason), None)]
        if self.doubt:
            notes.insert(0, (f"[{words.interval(*self.doubt, self.unit)}]", None))
        page = card(title, value=words.value(self.value, self.unit), beside=notes)
        return {"text/plain": f"{title}{words.colon} {self}", "text/html": page}

    def __repr__(self) -> str:
        return f"<KpiValue {self.kpi} {self.period}: {self}>"
