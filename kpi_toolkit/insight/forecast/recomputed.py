"""Earlier forecasts that nobody published, computed again from what was known at the time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping

from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.insight.forecast.forecast import forecast
from kpi_toolkit.insight.forecast.rows import value_rows
from kpi_toolkit.insight.forecast.scores import Told
from kpi_toolkit.kpis import registry
from kpi_toolkit.period import Period

MOST_PERIODS = 2  # each has to learn anew
MONTHS = 3


def recomputed(
    crm: Crm,
    period: Period,
    published: Collection[str],
    as_of: dt.datetime,
    within: Mapping[str, str] | None = None,
) -> Iterator[Told]:
    """The forecasts at the end of the periods before one, but for those that are `published`, by
    key. A CRM that keeps no history of its deals knows more of them today than it did then.
    """
    chance, value = (registry()[name].bind() for name in ("win_probability", "sales_forecast"))
    earlier = () if period.grain == "all" else period.previous().last(MOST_PERIODS)
    for each in earlier:
        if each.key in published or each.end_at >= as_of:
            continue
        found = forecast(crm, each.end_at, MONTHS, within)
        # Before the first deal is decided there was nothing to learn from, and nobody to tell it.
        if not found.states.empty and found.way != "declared":
            rows = value_rows(found, each, chance, value)
            yield Told(each, each.end_at, rows, published=False, of_slice=bool(within))
