"""Which KPIs a first report shows of whatever data there are, and what each is broken down by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, zip_longest

from kpi_toolkit.crm.tables import PEOPLE
from kpi_toolkit.insight.drivers.choice import FEWEST, MOST
from kpi_toolkit.kpis import FAMILIES, registry
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.evaluate import Ask
from kpi_toolkit.measures.kpi import Kpi
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.report import members
from kpi_toolkit.report.session import Session

# A family's most telling KPIs; its others follow in the order of their definitions.
FIRST = (
    *("won_value", "decided_win_rate", "sales_cycle", "average_won_deal", "pipeline_value"),
    *("revenue", "average_purchase", "buying_customers", "purchase_frequency"),
    *("monthly_recurring_revenue", "mrr_started", "mrr_ended"),
    *("retention_rate", "churn_rate"),
    *("tickets_created", "resolution_time", "first_response_time", "sla_compliance", "backlog"),
    *("leads_created", "lead_conversion_rate", "email_open_rate", "email_click_rate"),
)

Course = tuple[float | None, ...]


def available(session: Session) -> tuple[Kpi, ...]:
    """The KPIs whose tables and columns the data have, family by family; those without a single
    record in the period and the periods before it are left out, unless no KPI has one. Forecasts,
    for which a model learns at the end of each period, are for a page of their own.
    """
    order = {name: place for place, name in enumerate(FIRST)}
    families = {family: place for place, family in enumerate(FAMILIES)}
    possible = sorted(
        (k for k in registry().values() if not session.refusal(k.bind()) and not k.is_modelled),
        key=lambda kpi: (families.get(kpi.family, len(families)), order.get(kpi.name, len(order))),
    )
    readings = session.readings([kpi.bind() for kpi in possible])
    met = [
        kpi
        for kpi, reading in zip(possible, readings, strict=True)
        if any(value.n for value in reading.shown)
    ]
    return tuple(met or possible)


def by_family(kpis: Sequence[Kpi], most: int) -> Mapping[str, tuple[Kpi, ...]]:
    """The first KPIs of each family, so many of each that there are at most `most` of all."""
    families = {
        family: tuple(kpi for kpi in kpis if kpi.family == family)
        for family in dict.fromkeys(kpi.family for kpi in kpis)
    }
    of_each = most
    while of_each > 1 and sum(min(len(found), of_each) for found in families.values()) > most:
        of_each -= 1
    return {family: found[:of_each] for family, found in families.items()}


def headlines(session: Session, kpis: Sequence[Kpi], most: int) -> tuple[Kpi, ...]:
    """The first KPI of each family, then the second of each, and so on, without those that never
    changed or whose course is another's, unless there are no others.
    """
    readings = session.readings([kpi.bind() for kpi in kpis])
    courses = dict(zip(kpis, (reading.history for reading in readings), strict=True))
    turns = chain.from_iterable(zip_longest(*by_family(kpis, len(kpis)).values()))
    told: list[Course] = []
    first: list[Kpi] = []
    last: list[Kpi] = []
    for kpi in (kpi for kpi in turns if kpi is not None):
        course = _rounded(courses[kpi])
        dull = len({value for value in course if value is not None}) < FEWEST or course in told
        (last if dull else first).append(kpi)
        told += [course, _rounded([None if v is None else 1 - v for v in courses[kpi]])]
    return tuple(first or last)[:most]


def _rounded(values: Sequence[float | None]) -> Course:
    """Retention and churn add up to 1 but for the last bit."""
    return tuple(None if value is None else round(value, 9) for value in values)


def best_dimensions(session: Session, bounds: Sequence[Bound]) -> dict[Bound, str]:
    """What each KPI is best broken down by, of what it can be: the first dimension of its
    definition, the user's own last, with two to thirty members in the period, else the one with
    the fewest above that.

    A dimension that half of the records lack tells little, and one of people is for readers who
    were chosen.
    """
    asks = {
        bound: [Ask(bound, session.period, (d,)) for d in _dimensions(session, bound)]
        for bound in bounds
    }
    found = session.values(ask for each in asks.values() for ask in each)
    best = {bound: _best({ask.by[0]: found[ask] for ask in each}) for bound, each in asks.items()}
    return {bound: dimension for bound, dimension in best.items() if dimension}


def _dimensions(session: Session, bound: Bound) -> list[str]:
    known = members.dimensions(session, bound)
    usual = [d for d in (bound.kpi.default_by,) if d in known]
    return [
        d for d in dict.fromkeys([*usual, *known]) if d not in (*PEOPLE, session.scope.dimension)
    ]


def _best(values: Mapping[str, Sequence[KpiValue]]) -> str:
    """The dimension whose members are neither too few nor too many to be read."""
    sizes = {dimension: _members(found) for dimension, found in values.items()}
    told = [d for d, size in sizes.items() if FEWEST <= size <= MOST]
    more = sorted((d for d, size in sizes.items() if size > MOST), key=sizes.__getitem__)
    return next(iter([*told, *more]), "")


def _members(values: Sequence[KpiValue]) -> int:
    """How many members have a name; none where half of the records have none."""
    shown = [value for value in values if value.value is not None and value.n]
    named = [value for value in shown if None not in value.members.values()]
    whole = sum(value.n for value in values)
    return len(named) if 2 * sum(value.n for value in named) > whole else 0
