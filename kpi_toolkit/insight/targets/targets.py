"""Targets: what was aimed at for a period, who answers for it, and how much of it was reached."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kpi_toolkit.errors import PeriodError
from kpi_toolkit.measures.expression import literal, name
from kpi_toolkit.period import Calendar, Period, parse_period

COLUMNS = ("kpi", "period", "value")
_OPTIONAL = ("dimension", "member", "owner")


@dataclass(frozen=True)
class Target:
    """One row of the targets table: the value aimed at by the end of a period, for the whole or
    for a member of a dimension; `period` is None where `text` names none.
    """

    kpi: str
    text: str
    period: Period | None
    value: float | None
    dimension: str = ""
    member: str = ""
    owner: str = ""

    def holds_at(self, moment: dt.datetime) -> bool:
        """Whether its period has begun at a moment and not ended before it, so that a period that
        has just ended has its own target and not the next one's.
        """
        period = self.period
        return period is not None and period.start_at < moment <= period.end_at

    def covers(self, period: Period) -> bool:
        """Whether the whole of a period lies in its own."""
        own = self.period
        return own is not None and own.start <= period.start and period.end <= own.end


@dataclass(frozen=True)
class Targets:
    """The rows of the targets table."""

    rows: tuple[Target, ...] = ()

    @classmethod
    def of(cls, crm: Any) -> Targets:
        """Those of a CRM; none where it has no targets table."""
        supplied = crm.columns.get("targets", frozenset())
        if not set(COLUMNS) <= supplied:
            return cls()
        columns = [name(c) for c in COLUMNS] + [
            f"coalesce({name(c)}, '')" if c in supplied else literal("") for c in _OPTIONAL
        ]
        rows = crm.query(f"SELECT {', '.join(columns)} FROM targets ORDER BY _line")
        periods = {text: _period(text, crm.calendar) for text in {row[1] for row in rows}}
        return cls(
            tuple(
                Target(kpi, text or "", periods[text], _float(value), dimension, member, owner)
                for kpi, text, value, dimension, member, owner in rows
            )
        )

    @cached_property
    def values(self) -> dict[tuple[str, str, str, str], float]:
        """The values by (kpi, period key, dimension, member)."""
        return {
            (row.kpi, row.period.key, row.dimension, row.member): row.value
            for row in reversed(self.rows)
            if row.period and row.value is not None
        }

    def find(self, kpi: str, period: Period, dimension: str = "", member: str = "") -> float | None:
        """The target that is written for a period."""
        return self.values.get((kpi, period.key, dimension, member))

    def holding(self, period: Period, as_of: dt.datetime) -> tuple[Target, ...]:
        """Of each KPI and member the target that counts for a period: the one written for it, else
        the shortest that holds it; for all time, the shortest that holds at `as_of`.
        """
        found: dict[tuple[str, str, str], Target] = {}
        for row in self._from_the_shortest():
            fits = row.holds_at(as_of) if period.grain == "all" else row.covers(period)
            if fits and row.value is not None:
                found.setdefault((row.kpi, row.dimension, row.member), row)
        return tuple(row for row in self.rows if found.get(_of(row)) is row)

    def _from_the_shortest(self) -> Iterable[Target]:
        dated = [(row.period, row) for row in self.rows if row.period]
        return (row for _, row in sorted(dated, key=lambda pair: pair[0].end - pair[0].start))


def attainment(value: float | None, target: float | None, better: str) -> float | None:
    """The share reached, 1 = reached whichever way is better; None without a value or where it
    cannot be a share, or neither way is better.
    """
    if better == "context" or value is None or not target or value < 0 or target < 0:
        return None
    if better == "up":
        return value / target
    return target / value if value else None


def meets(value: float, target: float, better: str) -> bool:
    """Whether a value is at a target or beyond it, whichever way is better."""
    return value >= target if better == "up" else value <= target


def _of(row: Target) -> tuple[str, str, str]:
    return row.kpi, row.dimension, row.member


def _period(text: str | None, calendar: Calendar) -> Period | None:
    """The period of a key; None of words such as "this month", which change with the day."""
    if not text or not text[0].isdigit():
        return None
    try:
        return parse_period(text, calendar, dt.datetime(2000, 1, 1))  # noqa: DTZ001 - naive UTC
    except PeriodError:
        return None


def _float(value: Any) -> float | None:
    return None if value is None else float(value)
