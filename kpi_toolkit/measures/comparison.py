"""A value beside an earlier one of the same KPI, like for like; or why there is no fair comparison.

Everything that compares periods does it here: `kpi value`, the scorecard, the findings, the charts.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kpi_toolkit.format import NO_DATA, Change, Format
from kpi_toolkit.measures.interval import Z95
from kpi_toolkit.measures.recorded import UNKNOWN, Recorded
from kpi_toolkit.measures.silence import Silence
from kpi_toolkit.period import Period

if TYPE_CHECKING:
    from kpi_toolkit.measures.value import KpiValue

Why = Literal[
    "no_value",
    "too_short",
    "no_record",
    "begins",
    "ends",
    "table_ends",
    "outcomes",
    "fewer_days",
    "no_day",
]
_REASONS = {
    "no_value": "no value",
    "too_short": "the records do not reach back as far as the figure needs",
    "no_record": "no record",
    "begins": "the records begin on {day} only",
    "ends": "the records end on {day}",
    "table_ends": "the records of the table {table} end on {day}",
    "outcomes": "outcomes are recorded since {day} only",
    "fewer_days": "fewer business days {when} than are over by now",
    "no_day": "no business day is over yet",
}


@dataclass(frozen=True)
class Withheld:
    """Why two values are not compared, with the day, the period or the table that it is about."""

    why: Why
    day: dt.date | None = None
    period: Period | None = None
    ended: Silence | None = None

    @property
    def is_told(self) -> bool:
        """Whether readers have to be told: a part is marked, and no record is a dash."""
        return self.why not in ("no_value", "too_short", "no_record")

    def said(self, words: Format) -> str:
        """The reason in the language of a report."""
        day = words.date(self.day) if self.day else ""
        when = words.during(self.period) if self.period else ""
        table = self.ended.named(words) if self.ended and self.ended.table else ""
        return words.t(_REASONS[self.why], day=day, when=when, table=table)


@dataclass(frozen=True)
class Comparison:
    """A value and what it is compared with: `base`, the same KPI of an earlier `period`; None where
    that would not be fair, with the reason.

    `business_days` is set while the period is under way: as many are over on both sides.
    """

    now: KpiValue
    period: Period
    base: KpiValue | None = None
    withheld: Withheld | None = None
    business_days: int | None = None

    @property
    def difference(self) -> float | None:
        """The value less the earlier one."""
        if self.base is None or self.now.value is None or self.base.value is None:
            return None
        return self.now.value - self.base.value

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95% interval of the difference; None where one of the two has none.

        Source: Newcombe (1998), method 10, and Zou and Donner (2008), who show that it does for any
        two quantities that are estimated apart from each other.
        """
        base, difference = self.base, self.difference
        if base is None or difference is None:
            return None
        own, other = self.now.chance or self.now.interval, base.chance or base.interval
        if own is None or other is None:
            return None
        now, then = self.now.value or 0.0, base.value or 0.0
        return (
            difference - math.hypot(now - own[0], other[1] - then),
            difference + math.hypot(own[1] - now, then - other[0]),
        )

    @property
    def is_sure(self) -> bool | None:
        """Whether the interval of the difference leaves zero outside; None without one."""
        return None if self.interval is None else self.exceeds(Z95)

    def exceeds(self, z: float) -> bool:
        """Whether the difference is more than `z` standard errors away from zero."""
        if self.interval is None or not self.difference:
            return False
        near = self.interval[0] if self.difference > 0 else self.interval[1]
        return abs(self.difference) > z / Z95 * abs(self.difference - near)

    def change(self, words: Format) -> Change:
        """The difference as text: rates in points, amounts in per cent; a dash where there is
        none.
        """
        now, base = self.now, self.base
        return words.change(now.value, base.value if base else None, now.unit, now.better)

    def said(self, words: Format) -> str:
        """The change as text in a sentence: of a base of 0, which has no per cent, the amount."""
        text = self.change(words).text
        if self.difference is None or text != NO_DATA:
            return text
        if not self.difference:
            return words.t("no change")
        return words.difference(self.difference, self.now.unit)

    def on(self, words: Format) -> str:
        """What it is compared with: 'Q2 2026', 'the first 12 business days of Q2 2026'."""
        period = words.period_short(self.period)
        if self.business_days is None:
            return period
        return words.tn(
            "the first business day of {period}",
            "the first {n} business days of {period}",
            self.business_days,
            period=period,
        )


def compare(now: KpiValue, base: KpiValue, recorded: Recorded = UNKNOWN) -> Comparison:
    """A value beside an earlier one that was taken at the same age, or at the same business day."""
    under_way = None if now.complete else now.period.business_days(now.as_of)
    if reason := _unfair(now, base, recorded):
        return Comparison(now, base.period, withheld=reason)
    return Comparison(now, base.period, base, business_days=under_way)


def not_yet(now: KpiValue, period: Period) -> Comparison:
    """The comparison of a period under way that no part of an earlier one matches."""
    return Comparison(now, period, withheld=Withheld("fewer_days", period=period))


# -- reasons


def _unfair(now: KpiValue, base: KpiValue, recorded: Recorded) -> Withheld | None:
    if now.value is None:
        return Withheld("no_value")
    if now.part or base.part:
        return Withheld("too_short")
    if base.value is None or not base.n:
        return Withheld("no_record")
    if not now.complete and not now.period.business_days(now.as_of):
        return Withheld("no_day")
    return _uncovered(now, base, recorded)


def _uncovered(now: KpiValue, base: KpiValue, recorded: Recorded) -> Withheld | None:
    n = max(now.n, base.n)
    if recorded.begins_within(base.period, n):
        return Withheld("begins", recorded.first)
    if ended := recorded.ended(now.period, now.as_of):
        return Withheld("table_ends" if ended.table else "ends", ended.last, ended=ended)
    outcomes = max(int(now.numerator or 0), int(base.numerator or 0))
    if now.window == "cohort" and recorded.awaits(base.period, outcomes):
        return Withheld("outcomes", recorded.outcome)
    return None
