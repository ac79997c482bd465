"""What an evaluation gives: one number with all that is needed to read, compare, archive and trace
it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from kpi_toolkit.format import NO_DATA, Format, Unit
from kpi_toolkit.period import Period

Status = Literal["ok", "no_data", "not_available"]
Window = Literal["event", "cohort", "stock", "estimate"]


@dataclass(frozen=True)
class KpiValue:
    """A KPI of one period, for all records or for one member of a breakdown.

    Shares are 0..1, money is in `currency`, durations in days. `value` is None unless `status` is
    "ok". `known_at` is set where a cohort is looked at as it was at an earlier moment than `as_of`;
    `maturing` where it may still grow.
    """

    kpi: str
    label: str
    period: Period
    as_of: dt.datetime
    unit: Unit
    currency: str
    better: Literal["up", "down"]
    window: Window
    definition: str
    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    n: int = 0
    status: Status = "ok"
    reason: str = ""
    interval: tuple[float, float] | None = None
    maturing: bool = False
    known_at: dt.datetime | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    members: Mapping[str, str | None] = field(default_factory=dict)
    previous: KpiValue | None = None
    language: str = "en"

    @property
    def complete(self) -> bool:
        """Whether its period had ended at `as_of`."""
        return self.period.is_complete(self.as_of)

    def __str__(self) -> str:
        words = Format(self.language, self.currency)  # type: ignore[arg-type]
        if self.value is None:
            return f"{words.value(None, self.unit)} ({words.t(self.reason)})"
        parts = [words.value(self.value, self.unit)]
        if self.interval:
            parts[0] += f" [{words.interval(*self.interval, self.unit)}]"
        if self.maturing:
            parts.append(words.t("so far"))
        if self.previous is not None and self.previous.value is not None:
            change = words.change(self.value, self.previous.value, self.unit, self.better).text
            period = words.period_short(self.previous.period)
            if change != NO_DATA:
                parts.append(words.t("{change} on {period}", change=change, period=period))
        return ", ".join([*parts, f"n = {words.count(self.n)}"])

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from html import escape

        words = Format(self.language, self.currency)  # type: ignore[arg-type]
        title = f"{words.t(self.label)}, {words.period(self.period)}"
        text = f"{title}{words.colon} {self}"
        above = f'<span style="opacity:.7">{escape(title)}</span>'
        below = f'<b style="font-size:1.4em">{escape(str(self))}</b>'
        return {"text/plain": text, "text/html": f"<div>{above}<br>{below}</div>"}

    def __repr__(self) -> str:
        return f"<KpiValue {self.kpi} {self.period}: {self}>"
