"""What an analyst asks: why a KPI is not what it was in another period."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kpi_toolkit.errors import DefinitionError, called
from kpi_toolkit.insight.drivers.choice import telling
from kpi_toolkit.insight.drivers.drivers import Cut, Drivers, explain, pair, require
from kpi_toolkit.measures import ask
from kpi_toolkit.measures.ask import Moment
from kpi_toolkit.measures.comparison import compare
from kpi_toolkit.measures.definition import Bound, Definition
from kpi_toolkit.period import Period, parse_period

if TYPE_CHECKING:
    from kpi_toolkit.measures.kpi import Kpi


@called
def drivers(  # noqa: PLR0913 - a parameter is an option of the verb `kpi compare`
    kpi: Kpi | Bound,
    data: Any,
    period: str | Period,
    base: str | Period = "",
    *,
    by: str = "",
    as_of: Moment = None,
    within: Cut | None = None,
) -> Drivers:
    """The change of a KPI from `base` (else the preceding period) to `period`, by the members of
    `by`: what each adds by volume, mix and rate, which add up to the change.

        kt.drivers(kt.won_value, crm, "2026-Q3", "2026-Q2", by="region").frame

    Without `by`, it is the dimension of which a member stands out most, never people. `within` is a
    slice, as ("team", "North"); a KPI with options is `kt.sales_cycle.bind(start="creation")`.
    Raises PeriodError, DefinitionError for a dimension that the KPI does not have and for one whose
    members do not add up, NotAvailable when a table or column is missing.
    """
    if not isinstance(kpi, Definition | Bound):
        raise DefinitionError(f"{kpi!r}: expected a KPI, as in drivers(kt.won_value, crm, period)")
    bound = kpi if isinstance(kpi, Bound) else kpi.bind()
    evaluation, current = ask.setting(bound, data, period, as_of)
    moment, calendar = evaluation.as_of, evaluation.crm.calendar
    earlier = parse_period(base, calendar, moment) if base else current.previous()
    bound.check(earlier)
    asked = pair(bound, current, earlier, moment, within)
    named = (by, within[0] if within else "")
    require(bound, evaluation.crm, filter(None, named))
    found = explain(evaluation, asked, by) if by else telling(evaluation, [asked]).get(asked)
    if found is None:
        raise DefinitionError(
            f"{bound.kpi.name} from {earlier.key} to {current.key}: no dimension has two to thirty "
            f"members to choose from; name one"
        )
    known = ask.known_of(evaluation, bound)
    return replace(found, caution=compare(found.now, found.before, known).withheld)
