"""Where a period under way will end: by what its open deals should bring, where that can be told,
else at the pace of its business days so far; and how far such landings were out before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import dropwhile
from statistics import median

from kpi_toolkit.business import days
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.evaluate import Ask
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.period import Grain, Period

# How many earlier periods tell how far a landing is out; those of longer ago tell another business.
REACH: dict[Grain, int] = {"week": 26, "month": 24, "quarter": 12}
# Of n earlier errors, the k-th smallest and greatest hold a further one in (n + 1 - 2k) of n + 1
# cases, whatever their distribution; nine are the fewest of which 80 % can be said.
FEWEST, MONTHS = 9, 12


@dataclass(frozen=True)
class Landing:
    """The value that a period will end with: of a sum or count at the pace so far, else as it
    stands. Where `past`, at least nine, earlier periods tell what such paces came to, it is what
    they came to in the median, and the interval holds four of five endings. With `of_deals` it is
    what is won and what the open deals should bring, and the interval holds eight of ten futures.
    """

    value: float
    interval: tuple[float, float] | None = None
    past: int = 0
    of_deals: bool = False


@dataclass(frozen=True)
class Best:
    """The best of the last twelve months, by business day."""

    month: Period
    rate: float


@dataclass(frozen=True)
class Checkpoint:
    """An earlier period as it stood when the same share of its business days was over, and in the
    end.
    """

    then: Ask
    final: Ask
    days: int
    elapsed: int

    def error(self, then: KpiValue, final: KpiValue) -> float | None:
        """What it came to, as a multiple of where it seemed to land; None where nothing had come
        by then.
        """
        if not then.value or final.value is None or then.value < 0:
            return None
        return final.value / (then.value * self.days / self.elapsed)


def checkpoints(bound: Bound, period: Period, moment: dt.datetime) -> list[Checkpoint]:
    """The periods before one, the oldest first; none where no business day of it is over."""
    whole, over = period.business_days(), period.business_days(moment)
    if not over or period.grain not in REACH:
        return []
    return [
        found
        for each in period.previous().last(REACH[period.grain])
        if (found := _checkpoint(bound, each, over / whole))
    ]


def landing(
    value: float, share: float, past: Sequence[tuple[Checkpoint, KpiValue, KpiValue]]
) -> Landing:
    """The landing of a sum or count of which `share` of the business days is over."""
    met = list(dropwhile(lambda one: not one[2].n, past))
    # The records may begin in the middle of the first period.
    known = met if len(met) == len(past) else met[1:]
    errors = sorted(
        error for one, then, final in known if (error := one.error(then, final)) is not None
    )
    pace, count = value / share, len(errors)
    if count < FEWEST or pace <= 0:
        return Landing(pace)
    cut = (count + 1) // 10
    ends = pace * errors[cut - 1], pace * errors[-cut]
    return Landing(pace * median(errors), ends, count)


def of_deals(
    crm: Crm, won: float, moment: dt.datetime, past: Sequence[Checkpoint]
) -> Landing | None:
    """Where the amount won in a period will end by its open deals; None where these tell nothing:
    see forecast.rest.
    """
    from kpi_toolkit.insight.forecast.rest import rest

    spans = [(one.then.known_at or moment, one.final.period.end_at) for one in past]
    found = rest(crm, (moment, past[-1].final.period.previous(-1).end_at), spans)
    if found is None:
        return None
    return Landing(won + found.expected, (won + found.low, won + found.high), of_deals=True)


def months_before(
    bound: Bound, period: Period, moment: dt.datetime, by: tuple[str, ...]
) -> list[Ask]:
    """The twelve months that were over at a moment; none of a KPI that is not made for months."""
    current = period.calendar.containing(period.calendar.local_day(moment), "month")
    if not bound.allows(current):
        return []
    return [Ask(bound, month, by) for month in current.previous().last(MONTHS)]


def best_month(values: Sequence[KpiValue]) -> Best | None:
    """The month with the best value by business day."""
    rates = [
        Best(value.period, value.value / count)
        for value in values
        if value.n and value.value is not None and (count := value.period.business_days())
    ]
    if not rates:
        return None
    choose = max if values[0].better == "up" else min
    return choose(rates, key=lambda best: best.rate)


def _checkpoint(bound: Bound, period: Period, share: float) -> Checkpoint | None:
    whole = period.business_days()
    over = max(round(share * whole), 1)
    if over > whole:
        return None
    moment = _after(period, over)
    return Checkpoint(Ask(bound, period, known_at=moment), Ask(bound, period), whole, over)


def _after(period: Period, count: int) -> dt.datetime:
    """The morning after so many business days of a period."""
    calendar = period.calendar
    for day in days(period.start, period.end):
        count -= bool(calendar.business.open_on(day))
        if not count:
            return calendar.instant(day + dt.timedelta(days=1))
    return period.end_at
