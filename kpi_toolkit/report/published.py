"""The figures of the archived reference as they are known now: cohorts may have matured since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from kpi_toolkit.archive.rows import ValueRow
from kpi_toolkit.insight.editions import archived
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.evaluate import Ask
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.report.session import Session


def totals(session: Session) -> list[KpiValue]:
    """The totals of all periods that it published, of the KPIs shown so far."""
    reference = session.reference
    rows = reference.values if reference else ()
    starts = {(r.kpi, r.options, r.grain, r.period_start) for r in rows if not r.dimension}
    asks = [
        Ask(bound, session.crm.calendar.containing(start, grain))  # type: ignore[arg-type]
        for bound in session.shown
        for kpi, options, grain, start in sorted(starts)
        if (kpi, options) == _key(bound)
    ]
    return [value for values in session.values(asks).values() for value in values]


def members(session: Session) -> list[KpiValue]:
    """The breakdowns of its own period, of the KPIs shown so far. A member that has no record any
    more is what nothing is.
    """
    rows = _members_by_ask(session)
    found = session.values(rows)
    return [
        value
        for ask, published in rows.items()
        for value in (*found[ask], *_gone(session, ask, published, found[ask]))
    ]


def _members_by_ask(session: Session) -> dict[Ask, list[ValueRow]]:
    if session.reference is None:
        return {}
    run, bounds = session.reference.run, {_key(bound): bound for bound in session.shown}
    period = session.crm.calendar.containing(run.period_start, run.grain)  # type: ignore[arg-type]
    found: dict[Ask, list[ValueRow]] = defaultdict(list)
    for row in session.reference.values:
        own = (row.grain, row.period_start) == (run.grain, run.period_start)
        bound = bounds.get((row.kpi, row.options))
        by = tuple(filter(None, (row.dimension, row.dimension2)))
        if own and by and bound and {*by} <= {*bound.kpi.dimensions(session.crm)}:
            found[Ask(bound, period, by)].append(row)
    return found


def _gone(
    session: Session, ask: Ask, published: list[ValueRow], found: tuple[KpiValue, ...]
) -> Iterator[KpiValue]:
    known = {archived.row_of(value).key for value in found}
    for row in published:
        if row.key not in known:
            named = zip(ask.by, (row.member, row.member2), strict=False)
            nothing = session.evaluation.nothing(replace(ask, by=()))
            yield session.tell(replace(nothing, members={d: m or None for d, m in named}))


def _key(bound: Bound) -> tuple[str, str]:
    return bound.kpi.name, archived.options_text(bound.chosen)
