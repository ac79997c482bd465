"""What an analyst asks: what the open deals should bring, month by month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.errors import PeriodError, called
from kpi_toolkit.insight.deals.courses import require_dimensions, slice_of
from kpi_toolkit.insight.forecast.forecast import LEVELS, forecast
from kpi_toolkit.kpis import registry
from kpi_toolkit.measures.ask import Moment
from kpi_toolkit.period import parse_as_of

if TYPE_CHECKING:
    import pandas as pd

MOST_MONTHS = 12


@called
def monthly_forecast(
    data: Any,
    *,
    months: int = 3,
    within: Mapping[str, str] | None = None,
    as_of: Moment = None,
) -> pd.DataFrame:
    """A DataFrame of the coming `months`, indexed by their starts: `expected` of the deals that are
    open, and between `lower_80` and `upper_80` (95) so many simulated futures in a hundred.

    `data` is a Crm or a dict of frames, `within` a member, as {"team": "North"}. Months of which
    too little was seen in the past are left out. Raises NotAvailable, DefinitionError, PeriodError.
    """
    import pandas as pd

    require_months(months)
    crm = Crm.of(data)
    registry()["sales_forecast"].bind().require(crm)
    chosen = {name: member for name, member in slice_of(within).items() if member is not None}
    require_dimensions(crm, chosen)
    found = forecast(crm, parse_as_of(as_of, crm.calendar, crm.as_of), months, chosen).months
    columns = {"expected": [month.expected for month in found]}
    for level in LEVELS:
        for place, bound in enumerate(("lower", "upper")):
            columns[f"{bound}_{level}"] = [month.bands[level][place] for month in found]
    index = pd.DatetimeIndex([pd.Timestamp(m.period.start) for m in found], name="month")
    return pd.DataFrame(columns, index=index, dtype=float)


def require_months(months: object) -> None:
    """Raise PeriodError for what is no number of months that can be looked ahead."""
    if not isinstance(months, int) or not 1 <= months <= MOST_MONTHS:
        raise PeriodError(f"months = {months!r}: expected a number from 1 to {MOST_MONTHS}")
