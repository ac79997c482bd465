"""What a forecast means for the time it is of: its target, and what deals bring that are not in the
pipeline yet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.crm.quoting import instant, literal, name
from kpi_toolkit.insight.forecast.forecast import Forecast
from kpi_toolkit.insight.targets.targets import Targets
from kpi_toolkit.period import Period

NEEDED = {"status", "amount", "created_at", "closed_at"}


@dataclass(frozen=True)
class Ahead:
    """The quarter of a forecast, or its only month, as `period`: what it should come to with the
    open deals, its target, and of the period before what was won in all and by deals created in it.
    None where not known, and what was before also where some of the period has passed.
    """

    period: Period | None = None
    comes_to: float | None = None
    target: float | None = None
    before: Period | None = None
    won_before: float | None = None
    new_before: float | None = None

    @property
    def share(self) -> float | None:
        """What it should come to, of the target."""
        return self.comes_to / self.target if self.target and self.comes_to is not None else None

    @property
    def missing(self) -> float | None:
        """What that leaves open of the target; negative where it exceeds it."""
        if self.target is None or self.comes_to is None:
            return None
        return self.target - self.comes_to

    @property
    def to_find(self) -> float | None:
        """What would still be missing if new deals brought as much as in the period before."""
        missing = self.missing
        return None if missing is None or self.new_before is None else missing - self.new_before


def ahead(
    crm: Crm, forecast: Forecast, targets: Targets, within: Mapping[str, str] | None = None
) -> Ahead:
    """What lies around the months of a forecast, within a member of a dimension at most."""
    landing = forecast.landing
    if landing is None and len(forecast.months) == 1:
        landing = forecast.months[0].period, forecast.months[0]
    if landing is None:
        return Ahead()
    period, month = landing
    target = targets.find("won_value", period, *next(iter((within or {}).items()), ("", "")))
    if forecast.moment > period.start_at:
        return Ahead(period, month.expected, target)
    before = period.previous()
    won, new = _won(crm, before, forecast.moment, within or {})
    return Ahead(period, month.expected, target, before, won, new)


def _won(
    crm: Crm, period: Period, known_at: dt.datetime, within: Mapping[str, str]
) -> tuple[float | None, float | None]:
    """What was won in a period in all, and by deals created in it."""
    if not crm.columns.get("deals", frozenset()) >= NEEDED or period.end_at > known_at:
        return None, None
    cut = "".join(f" AND {name(d)} = {literal(member)}" for d, member in within.items())
    start = instant(period.start_at)
    ((won, new),) = crm.query(
        f"SELECT sum(amount), sum(amount) FILTER (created_at >= {start}) FROM deals "
        f"WHERE status = 'won' AND closed_at >= {start} AND closed_at < {instant(period.end_at)}"
        f"{cut}"
    )
    return (None, None) if won is None else (float(won), float(new or 0))
