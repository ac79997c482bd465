"""What amounts in another currency were worth in the project's, at the last known rate of a day: as
`money` converts the amounts of today, for those that only a log of changes still has.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from kpi_toolkit.crm import rates
from kpi_toolkit.crm.quoting import name

if TYPE_CHECKING:
    from kpi_toolkit.crm.connect import Crm

PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Exchange:
    """Each currency's days, in order, and the rates that are known from them on."""

    known: Mapping[str, tuple[list[dt.date], list[Decimal]]] = field(default_factory=dict)

    @classmethod
    def of(cls, crm: Crm) -> Exchange:
        """The rates of a Crm; none where it has no table of them."""
        if not crm.columns.get(rates.TABLE, frozenset()) >= rates.COLUMNS:
            return cls()
        rows = crm.query(
            f"SELECT currency, day, CAST(rate AS {rates.EXACT}) FROM {name(rates.TABLE)} "
            "WHERE rate IS NOT NULL ORDER BY currency, day"
        )
        known: dict[str, tuple[list[dt.date], list[Decimal]]] = {}
        for currency, day, rate in rows:
            days, found = known.setdefault(currency, ([], []))
            days.append(day)
            found.append(rate)
        return cls(known)

    def rate(self, currency: str, day: dt.date | None) -> Decimal | None:
        """What one unit was worth on a day; None before the first rate."""
        days, found = self.known.get(currency, ([], []))
        place = bisect_right(days, day) if day else 0
        return found[place - 1] if place else None


def worth(amount: Decimal, rate: Decimal) -> Decimal:
    """An amount at a rate, rounded half up to four decimals."""
    return (amount * rate).quantize(PLACES, ROUND_HALF_UP)
