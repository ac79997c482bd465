"""Targets: what was aimed at for a period, and how much of it was reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kpi_toolkit.measures.expression import literal
from kpi_toolkit.period import Period

COLUMNS = ("kpi", "period", "value")


@dataclass(frozen=True)
class Targets:
    """The values of the targets table by (kpi, period key, dimension, member)."""

    values: dict[tuple[str, str, str, str], float]

    @classmethod
    def of(cls, crm: Any) -> Targets:
        """Those of a CRM; none where it has no targets table."""
        supplied = crm.columns.get("targets", frozenset())
        if not set(COLUMNS) <= supplied:
            return cls({})
        by = ", ".join(
            f"coalesce({c}, '')" if c in supplied else literal("") for c in ("dimension", "member")
        )
        rows = crm.query(f"SELECT kpi, period, {by}, value FROM targets WHERE value IS NOT NULL")
        return cls(
            {
                (kpi, period, dimension, member): float(value)
                for kpi, period, dimension, member, value in rows
            }
        )

    def find(self, kpi: str, period: Period, dimension: str = "", member: str = "") -> float | None:
        """The target that is written for a period."""
        return self.values.get((kpi, period.key, dimension, member))


def attainment(value: float | None, target: float | None, better: str) -> float | None:
    """The share reached, 1 = reached whichever way is better; None without a value or where it
    cannot be a share, or neither way is better.
    """
    if better == "context" or value is None or not target or value < 0 or target < 0:
        return None
    if better == "up":
        return value / target
    return target / value if value else None
