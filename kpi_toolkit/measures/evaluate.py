"""From asks to values: one batch of queries for all that is asked together, remembered by cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kpi_toolkit.errors import DefinitionError, near_misses
from kpi_toolkit.measures import chance, foreseen, known, reach
from kpi_toolkit.measures.aggregates import ADDITIVE, Cell, Cells
from kpi_toolkit.measures.batch import Need, Query, Span
from kpi_toolkit.measures.behind import behind, records_of, time_to_outcome
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.fact import Measure
from kpi_toolkit.measures.formula import Exact
from kpi_toolkit.measures.plan import Planned, plan
from kpi_toolkit.measures.recorded import Run
from kpi_toolkit.measures.shared import shared
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.period import Period

NOT_STARTED = "the period has not started"
NEVER_HALF = "fewer than half have reached the end: the median is not known yet"
MEMBERS = tuple[str | None, ...]


@dataclass(frozen=True)
class Ask:
    """A KPI of one period, broken down by some dimensions; `known_at` is the moment of knowledge of
    a cohort.
    """

    bound: Bound
    period: Period
    by: tuple[str, ...] = ()
    known_at: dt.datetime | None = None


class Evaluation:
    """The values of one CRM at one moment of knowledge; what was computed once is not computed
    again.
    """

    def __init__(self, crm: Any, as_of: dt.datetime) -> None:
        self.crm = crm
        self.as_of = as_of
        self._cells: dict[Need, Cells] = {}
        self._spans: dict[tuple[Period, dt.datetime], Span] = {}
        self._lacking: dict[Bound, tuple[str, ...]] = {}
        self._firsts = reach.Firsts(crm)
        self.run = Run(crm, as_of, self._firsts)

    def values(self, asks: Iterable[Ask]) -> dict[Ask, tuple[KpiValue, ...]]:
        """Every ask's values: one without a breakdown, else one a member, greatest first.

        A KPI whose table or column is missing, or whose definition is not made for so short a
        period, gives one value with status "not_available".
        """
        asks = list(dict.fromkeys(asks))
        for ask in asks:
            self._check(ask)
        possible = [ask for ask in asks if not self._refusal(ask)]
        self._compute(need for ask in possible for need in self._needs(ask))
        self._firsts.know(
            d for a in possible for d in (*reach.counted(a.bound), *reach.preceding(a.bound))
        )
        found = {ask: self._values(ask) for ask in asks}
        bare = {ask: values[0] for ask, values in found.items() if _is_bare(ask, values)}
        self.run.of(ask.bound for ask in bare)
        return found | {ask: (self._among_records(ask, value),) for ask, value in bare.items()}

    def value(self, ask: Ask) -> KpiValue:
        """The value of an ask without a breakdown."""
        return self.values([ask])[ask][0]

    def cells(self, asks: Iterable[Ask]) -> list[dict[Measure, Cells]]:
        """The exact numbers by member behind each of some asks that are available."""
        needs = [(ask, self._needs(ask)) for ask in asks]
        self._compute(need for _, found in needs for need in found)
        return [
            {need.measure: self._cells[need] for need in found if need.by == ask.by}
            for ask, found in needs
        ]

    # -- needs

    def _refusal(self, ask: Ask) -> str:
        """Why an ask is not available; empty where it is."""
        if missing := self._lacks(ask.bound):
            return f"the data lack {', '.join(missing)}"
        if not ask.bound.allows(ask.period):
            return f"defined by {ask.bound.kpi.finest_grain} or longer"
        return ""

    def _lacks(self, bound: Bound) -> tuple[str, ...]:
        if bound not in self._lacking:
            self._lacking[bound] = bound.lacks(self.crm)
        return self._lacking[bound]

    def _check(self, ask: Ask) -> None:
        known = ask.bound.kpi.dimensions(self.crm) if ask.by else ()
        for dimension in ask.by:
            if dimension not in known and not self._lacks(ask.bound):
                raise DefinitionError(
                    f"{ask.bound.kpi.name} by {dimension!r}: {near_misses(dimension, known)}"
                )

    def _compute(self, needs: Iterable[Need]) -> None:
        new = [need for need in dict.fromkeys(needs) if need not in self._cells]
        for need in new:
            if model := need.measure.fact.model:
                model.provide(self.crm, [need.span.end])
        with shared(plan(new), self.crm) as planned:
            for query in self._queries(planned):
                self._cells.update(query.read(self.crm.query(query.sql)))

    def _queries(self, planned: Iterable[Planned]) -> Iterator[Query]:
        for each in planned:
            yield each.query(self.crm.columns, self.crm.calendar.time_zone)

    def _needs(self, ask: Ask) -> list[Need]:
        span = self.span(ask.period, ask.known_at)
        needs = [
            Need(measure, span, ask.by)
            for measure in behind(ask.bound)
            if span.start < span.as_of or span.whole
        ]
        time_to = time_to_outcome(ask.bound)
        return [*needs, Need(time_to, self.whole())] if time_to else needs

    def nothing(self, ask: Ask) -> KpiValue:
        """The value of an ask that no record answers: 0 of what adds up, else no data."""
        span = self.span(ask.period, ask.known_at)
        if span.start >= span.as_of and not span.whole:
            return self._blank(ask, reason=NOT_STARTED)
        found = self._value(ask, {measure: {} for measure in behind(ask.bound)}, ())
        return self._among_records(ask, found) if _is_bare(ask, [found]) else found

    def refused(self, ask: Ask, reason: str) -> KpiValue:
        """The value of an ask that is not available, with the reason."""
        return self._blank(ask, status="not_available", reason=reason)

    def explain(self, ask: Ask) -> list[str]:
        """The SQL that computes an ask."""
        return [query.sql for query in self._queries(plan(self._needs(ask)))]

    def span(self, period: Period, known_at: dt.datetime | None = None) -> Span:
        """The bounds of a period at this moment of knowledge, or an earlier one, when a cohort was
        younger.
        """
        key = period, known_at or self.as_of
        if key not in self._spans:
            self._spans[key] = self._span(*key)
        return self._spans[key]

    def _span(self, period: Period, known_at: dt.datetime) -> Span:
        end = period.end_by(known_at)
        return Span(
            period.start_at,
            end,
            self._year_before(end),
            known_at,
            whole=period.grain == "all",
        )

    def whole(self) -> Span:
        """The span of all records."""
        return self.span(self.crm.calendar.containing(dt.date(1, 1, 1), "all"))

    # -- values

    def _values(self, ask: Ask) -> tuple[KpiValue, ...]:
        bound = ask.bound
        if reason := self._refusal(ask):
            return (self.refused(ask, reason),)
        span = self.span(ask.period, ask.known_at)
        if span.start >= span.as_of and not span.whole:
            return () if ask.by else (self._blank(ask, reason=NOT_STARTED),)
        cells = {measure: self._cells[Need(measure, span, ask.by)] for measure in behind(bound)}
        if not ask.by:
            return (self._value(ask, cells, ()),)
        members = dict.fromkeys(
            m for found in cells.values() for m, cell in found.items() if cell.n
        )
        values = [self._value(ask, cells, m) for m in members]
        values.sort(
            key=lambda v: (v.value is None, -(v.value or 0), str(tuple(v.members.values())))
        )
        return tuple(values)

    def _among_records(self, ask: Ask, nothing: KpiValue) -> KpiValue:
        """A 0 among the records; before the first or after the last one there is no data."""
        reason = self.run.beyond(ask.bound, ask.period, self.as_of)
        return self._blank(ask, reason=reason) if reason else nothing

    def _blank(self, ask: Ask, **told: Any) -> KpiValue:
        """A value without data, but for what is told of it."""
        kpi = ask.bound.kpi
        return KpiValue(
            **{"value": None, "status": "no_data", **told},
            kpi=kpi.name,
            label=kpi.label,
            period=ask.period,
            as_of=self.as_of,
            unit=kpi.unit,
            currency=self.crm.currency,
            better=kpi.better,
            window=kpi.window,
            definition=ask.bound.hash,
            options=ask.bound.chosen,
            phrases=ask.bound.phrases,
            language=self.crm.language,
        )

    def _value(self, ask: Ask, cells: dict[Measure, Cells], members: MEMBERS) -> KpiValue:
        def cell(measure: Measure) -> Cell:
            nothing = 0 if measure.aggregate in ADDITIVE else None
            return cells[measure].get(members, Cell(nothing, 0))

        def get(measure: Measure) -> Exact:
            return cell(measure).value

        top, bottom = ask.bound.parts
        above, below = top.value(get), bottom.value(get) if bottom else None
        number = _float(ask.bound.node.value(get))
        interval, moved = chance.intervals(ask.bound, get)
        return self._blank(
            ask,
            value=number,
            numerator=_float(above),
            denominator=_float(below),
            n=records_of(bottom or top, cell),
            status="no_data" if number is None else "ok",
            reason=_reason(ask.bound) if number is None else "",
            interval=interval,
            chance=moved,
            foreseen=foreseen.interval(
                ask.bound, get, self.crm, self.span(ask.period, ask.known_at).end
            ),
            maturing=self._is_maturing(ask),
            known_at=ask.known_at if ask.known_at != self.as_of else None,
            part=None if number is None else self._part(ask),
            covered=known.covered(ask.bound, cell),
            members=dict(zip(ask.by, members, strict=True)),
        )

    def _part(self, ask: Ask) -> reach.Part | None:
        span = self.span(ask.period, ask.known_at)
        for dated in reach.counted(ask.bound):
            if found := reach.part(self._firsts[dated], span.since, span.end):
                return found
        if span.whole:
            return None
        since = self._year_before(span.start)
        for dated in reach.preceding(ask.bound):
            if found := reach.part(self._firsts[dated], since, span.start, before=True):
                return found
        return None

    def _year_before(self, moment: dt.datetime) -> dt.datetime:
        calendar = self.crm.calendar
        return calendar.instant(reach.months_before(calendar.local_day(moment), 12))

    def _is_maturing(self, ask: Ask) -> bool:
        time_to = time_to_outcome(ask.bound)
        if time_to is None or ask.period.grain == "all":
            return False
        days = self._cells[Need(time_to, self.whole())].get((), Cell(None, 0)).value
        known_at = ask.known_at or self.as_of
        return days is None or known_at < ask.period.end_by(known_at) + dt.timedelta(
            days=float(days)
        )


def _is_bare(ask: Ask, values: Sequence[KpiValue]) -> bool:
    """Whether an ask without a breakdown has the 0 of no record."""
    return not ask.by and values[0].value == 0 and not values[0].n


def _reason(bound: Bound) -> str:
    return (
        NEVER_HALF
        if any(m.aggregate == "estimate" for m in bound.measures)
        else bound.kpi.words.empty
    )


def _float(value: Exact) -> float | None:
    return None if value is None else float(value)
