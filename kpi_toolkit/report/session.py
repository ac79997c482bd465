"""What all blocks of a report share: the data, the moment of knowledge, one evaluation, the
archived reference.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from kpi_toolkit import blocks
from kpi_toolkit.archive.restatements import Origin, Restatement
from kpi_toolkit.blocks import Block
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.errors import DefinitionError, PeriodError
from kpi_toolkit.format import Format
from kpi_toolkit.insight import wording
from kpi_toolkit.insight.change.asks import EARLIER, Asks, asks_of, course_asks, tail
from kpi_toolkit.insight.change.reading import Reading, Shift, compared
from kpi_toolkit.insight.editions import archived
from kpi_toolkit.insight.forecast.forecast import Forecast
from kpi_toolkit.insight.headlines import Headline
from kpi_toolkit.insight.targets.pace import is_level
from kpi_toolkit.insight.targets.targets import Targets
from kpi_toolkit.measures.ask import beside as ask_beside
from kpi_toolkit.measures.comparison import Comparison
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.evaluate import Ask, Evaluation
from kpi_toolkit.measures.kpi import Kpi
from kpi_toolkit.measures.recorded import Recorded
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.measures.wording import label as label_of
from kpi_toolkit.period import Grain, Period
from kpi_toolkit.report.scope import Scope
from kpi_toolkit.report.sliced import is_cut, sliced
from kpi_toolkit.resources import code_version

Asked = Kpi | Bound
HISTORY = 13


@dataclass
class Session:
    """One report's settings and what it has computed and shown so far."""

    name: str
    title: str
    crm: Crm
    period: Period
    as_of: dt.datetime
    scope: Scope
    words: Format
    reference: archived.Reference | None
    headlines: tuple[Headline, ...] = ()
    shifts: tuple[Shift, ...] = ()
    shown: dict[Bound, None] = field(default_factory=dict)
    told: dict[tuple, KpiValue] = field(default_factory=dict)
    forecasts: dict[int, Forecast] = field(default_factory=dict)

    @cached_property
    def evaluation(self) -> Evaluation:
        """The one evaluation of the report: nothing is computed twice."""
        return Evaluation(self.crm, self.as_of)

    @cached_property
    def newest_day(self) -> dt.date | None:
        """The local day of the newest record; None without one."""
        newest = self.crm.newest_event
        return self.crm.calendar.local_day(newest) if newest else None

    @cached_property
    def targets(self) -> Targets:
        """The targets; none for a slice, since they are written for the whole."""
        return Targets() if self.scope.dimension else Targets.of(self.crm)

    def bound(self, asked: Asked) -> Bound:
        """A KPI with its options, noted for the report's dictionary."""
        if not isinstance(asked, Kpi | Bound):
            raise DefinitionError(
                f"{asked!r}: expected a KPI such as sales.won_value, or one with options, "
                f"sales.sales_cycle.bind(start='creation')"
            )
        found = asked.bind() if isinstance(asked, Kpi) else asked
        self.shown[found] = None
        return found

    def several(self, asked: Asked | Iterable[Asked]) -> list[Bound]:
        """The KPIs of a group, which may be a single one."""
        if isinstance(asked, Kpi | Bound | str):  # a text is refused as a whole
            return [self.bound(asked)]
        return [self.bound(kpi) for kpi in asked]

    def label(self, bound: Bound) -> str:
        """A KPI's label for readers, with what has to be said of its options."""
        return label_of(self.words, bound.kpi.label, bound.phrases)

    def values(self, asks: Iterable[Ask]) -> dict[Ask, tuple[KpiValue, ...]]:
        """The values of asks within the report's scope."""
        found = sliced(self.evaluation, self.scope, asks)
        for values in found.values():
            for value in values:
                if value.known_at is None:
                    self.tell(value)
        return found

    def tell(self, value: KpiValue) -> KpiValue:
        """Note a value as one of the report's figures."""
        self.told[archived.row_of(value).key] = value
        return value

    def refusal(self, bound: Bound, by: str | None = None) -> str:
        """Why a KPI, or its breakdown, is not available here, in the reader's words; else empty."""
        words, kpi = self.words, bound.kpi
        if missing := bound.lacks(self.crm, by):
            return words.t("missing: {missing}", missing=wording.lacking(words, missing))
        if not bound.allows(self.period):
            return words.t("by {grain} or longer", grain=words.t(kpi.finest_grain))
        if not is_cut(bound, self.scope, self.crm):
            dimension = wording.column(words, self.scope.dimension).lower()
            return words.t("not broken down by {dimension}", dimension=dimension)
        return ""

    def readings(self, bounds: Sequence[Bound]) -> list[Reading]:
        """Each KPI with its comparisons; all of them in one batch."""
        recorded = self.evaluation.run.of(bounds)
        wanted = {
            bound: asks_of(bound, self.period, self.as_of, known)
            for bound, known in recorded.items()
        }
        found = self.values(ask for asks in wanted.values() for ask in asks.all)
        return [
            self._reading(asks, {ask: found[ask][0] for ask in asks.all}, recorded[bound])
            for bound, asks in wanted.items()
        ]

    def recorded(self, bound: Bound) -> Recorded:
        """From when to when the records of a KPI run."""
        return self.evaluation.run.of([bound])[bound]

    def course(self, bound: Bound, grain: Grain, n: int) -> Reading:
        """The course of a KPI in a grain, of which `n` periods are shown: the last of them is
        what it reads.
        """
        recorded = self.recorded(bound)
        usual = asks_of(bound, self.period, self.as_of, recorded)
        asks = usual.course
        if grain != asks[-1].period.grain or n > len(asks):
            last = tail(self.period, grain, self.as_of, recorded)
            whole = max(n, EARLIER[grain] + 1)
            asks = course_asks(bound, last, whole, self.as_of)
        found = self.values(asks)
        series = tuple(found[ask][0] for ask in asks)
        same = grain == usual.course[-1].period.grain
        return Reading(
            now=series[-1],
            series=series,
            target=self._course_target(bound, series[-1]),
            judged=usual.judged if same else 1,
            drawn=n,
            recorded=recorded,
            shifts=self._shifts(bound),
        )

    def beside(self, bound: Bound, earlier: Period) -> Comparison:
        """The report's period of a KPI beside an earlier one."""
        now = Ask(bound, self.period)
        ask = ask_beside(bound, earlier, self.period, self.as_of)
        found = self.values(filter(None, (now, ask)))
        base = found[ask][0] if ask else None
        return compared(found[now][0], earlier, base, self.recorded(bound))

    def restated(self, values: Iterable[KpiValue]) -> list[Restatement]:
        """What the archived reference said differently of some values."""
        return self.reference.changed(values, self.origin) if self.reference else []

    @property
    def origin(self) -> Origin:
        """What the report's values are made from."""
        as_of = self.as_of.replace(tzinfo=dt.UTC)
        return Origin(as_of, code_version(), self.crm.input_hash, self.crm.declaration)

    def _reading(self, asks: Asks, found: Mapping[Ask, KpiValue], known: Recorded) -> Reading:
        now = found[asks.now]
        period = now.period

        def beside(ask: Ask | None, earlier: Period) -> Comparison:
            return compared(now, earlier, found[ask] if ask else None, known)

        whole = period.grain == "all"
        previous = None if whole else beside(asks.previous, period.previous())
        return Reading(
            now=now,
            series=tuple(found[ask] for ask in asks.course),
            previous=previous,
            # A year's period before is the year ago.
            year_ago=previous
            if period.grain in ("year", "all")
            else beside(asks.year_ago, period.year_ago()),
            target=self._target(asks.now.bound, now),
            archived=self.reference.value(now) if self.reference else None,
            restated=next(iter(self.restated([now])), None),
            judged=asks.judged,
            is_level=is_level(asks.now.bound),
            recorded=known,
            shifts=self._shifts(asks.now.bound),
        )

    def _shifts(self, bound: Bound) -> tuple[Shift, ...]:
        return tuple(shift for shift in self.shifts if shift.concerns(bound.kpi.name))

    def _course_target(self, bound: Bound, last: KpiValue) -> float | None:
        """That of the last period of a course, or where it means the same, of the longer one that
        it lies in.
        """
        own = self._target(bound, last)
        if own is not None or bound.chosen or last.part or not is_level(bound):
            return own
        held = self.targets.holding(last.period, self.as_of)
        return next((t.value for t in held if t.kpi == last.kpi and not t.dimension), None)

    def _target(self, bound: Bound, now: KpiValue) -> float | None:
        return None if bound.chosen or now.part else self.targets.find(now.kpi, now.period)


def sentence(text: str, values: Iterable[KpiValue] = ()) -> Block:
    """A block that is one paragraph."""
    return replace(blocks.text(text), values=tuple(rows_of(values)))


def nothing(session: Session) -> Block:
    """What stands where the data allow no KPI."""
    return sentence(session.words.t("No KPI to show."))


def check_history(n: int) -> int:
    """A number of periods that can be drawn. Raises PeriodError."""
    if not 2 <= n <= 60:
        raise PeriodError(f"n = {n!r}: expected a number of periods from 2 to 60")
    return n


def rows_of(values: Iterable[KpiValue]) -> list[dict[str, Any]]:
    """Values as rows that travel in a block; cohorts looked at as they once were, and what was not
    computed, stay out.
    """
    return [
        archived.to_json(value)
        for value in values
        if value.status != "not_available" and value.known_at is None
    ]
