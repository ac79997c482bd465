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
    """The months of a forecast as one `period` where they are a quarter or a month, its target, and
    of the period before what was won in all and by deals created in it; None where not known.
    """

    period: Period | None
    target: float | None
    before: Period | None
    won_before: float | None
    new_before: float | None

    def share(self, forecast: Forecast) -> float | None:
        """What the open deals should bring, of the target."""
        if not self.target or forecast.total is None:
            return None
        return forecast.total.expected / self.target

    def missing(self, forecast: Forecast) -> float | None:
        """What the open deals should leave open of the target; negative where they exceed it."""
        if self.target is None or forecast.total is None:
            return None
        return self.target - forecast.total.expected

    def to_find(self, forecast: Forecast) -> float | None:
        """What would still be missing if new deals brought as much as in the period before."""
        missing = self.missing(forecast)
        return None if missing is None or self.new_before is None else missing - self.new_before


def ahead(
    crm: Crm, forecast: Forecast, targets: Targets, within: Mapping[str, str] | None = None
) -> Ahead:
    """What lies around the months of a forecast made at the end of a period."""
    period = _whole(crm, forecast)
    if period is None:
        return Ahead(None, None, None, None, None)
    before = period.previous()
    won, new = _won(crm, before, forecast.moment, within or {})
    target = None if within else targets.find("won_value", period)
    return Ahead(period, target, before, won, new)


def _whole(crm: Crm, forecast: Forecast) -> Period | None:
    """The quarter or the month that the months make up, where nothing of it has passed."""
    if not forecast.months:
        return None
    first, last = (forecast.months[place].period for place in (0, -1))
    for grain in ("quarter", "month"):
        found = crm.calendar.containing(first.start, grain)
        if (found.start, found.end) == (first.start, last.end) and not _has_begun(found, forecast):
            return found
    return None


def _has_begun(period: Period, forecast: Forecast) -> bool:
    return forecast.moment > period.start_at


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
