"""How a target stands: what is reached, what elapsed business days ask for, what the rest needs and
where the period will end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kpi_toolkit.insight.targets.landing import (
    Best,
    Checkpoint,
    Landing,
    best_month,
    checkpoints,
    landing,
    months_before,
    of_deals,
)
from kpi_toolkit.insight.targets.targets import Target, attainment, meets
from kpi_toolkit.kpis import find, registry
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.evaluate import Ask, Evaluation
from kpi_toolkit.measures.fact import Measure
from kpi_toolkit.measures.formula import Node, Operation
from kpi_toolkit.measures.recorded import Recorded
from kpi_toolkit.measures.silence import Silence
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.period import Period

# Before a tenth of the business days is over, a day more or less decides the verdict.
EARLY = 0.1

State = Literal[
    "reached", "missed", "on_pace", "behind", "early", "open", "part", "cut", "unknown", "refused"
]
Found = Mapping[Ask, Sequence[KpiValue]]


@dataclass(frozen=True)
class Progress:
    """A target beside what is known of it at a moment.

    `days` are the business days of its period, `elapsed` those that are over. `additive` says
    whether the KPI is a sum or count of events, of which a share of the days asks for a share;
    `landing` is where the period will end, None once it has; `ended` is set where the records end
    too early to tell.
    """

    target: Target
    period: Period
    value: KpiValue
    additive: bool
    days: int
    elapsed: int
    complete: bool
    ended: Silence | None = None
    landing: Landing | None = None
    best: Best | None = None

    @property
    def aim(self) -> float:
        """What was aimed at."""
        assert self.target.value is not None
        return self.target.value

    @property
    def attainment(self) -> float | None:
        """The share of the target that is reached; 1 = reached whichever way is better."""
        return attainment(self.value.value, self.aim, self.value.better)

    @property
    def expected(self) -> float | None:
        """What should be there by now: of an additive KPI the target's share of the business days,
        else the target itself; None where the period has no business day to tell by.
        """
        if self.complete or not self.additive:
            return self.aim
        return self.aim * self.elapsed / self.days if self.days else None

    @property
    def on_pace(self) -> bool | None:
        """Whether the value is at what was expected, or beyond; None without a value, or without
        an expectation.
        """
        value, expected = self.value.value, self.expected
        if value is None or expected is None:
            return None
        return meets(value, expected, self.value.better)

    @property
    def rate(self) -> float | None:
        """What a business day has brought so far."""
        value = self.value.value if self.additive else None
        return value / self.elapsed if value is not None and self.elapsed else None

    @property
    def needed(self) -> float | None:
        """What each business day of the rest has to bring, or may at most where lower is better;
        None where nothing is left to do or no day to do it.
        """
        value, left = self.value.value, self.days - self.elapsed
        if self.complete or self.ended or not self.additive or value is None or left <= 0:
            return None
        return (self.aim - value) / left if self.aim > value else None

    @property
    def state(self) -> State:
        """The verdict: of a period that is over reached or missed, of one under way on pace or
        behind, but for its first tenth; open where outcomes are still to come.
        """
        value = self.value.value
        if self.value.status == "not_available":
            return "refused"
        if value is None:
            return "unknown"
        if self.value.part or self.ended:
            return "part" if self.value.part else "cut"
        up, met = self.value.better == "up", meets(value, self.aim, self.value.better)
        # What can only grow has its verdict early: reached, or where lower is better, missed.
        if self.value.maturing and up != met:
            return "open"
        if self.complete or (self.additive and up == met):
            return "reached" if met else "missed"
        if self.on_pace is None:
            return "unknown"
        if self.elapsed < EARLY * self.days:
            return "early"
        return "on_pace" if self.on_pace else "behind"


def progress(
    targets: Sequence[Target], moment: dt.datetime, evaluation: Evaluation
) -> list[Progress]:
    """How targets stand at a moment, in their order, all asked in one batch; those that `smart`
    finds fault with, since nothing can be measured by them, are left out.
    """
    plans = [_Plan.of(target, moment) for target in targets if _is_measurable(target, evaluation)]
    found = evaluation.values(ask for plan in plans for ask in plan.asks)
    recorded = evaluation.run.of(plan.now.bound for plan in plans)
    return [plan.progress(found, evaluation, recorded) for plan in plans]


def is_additive(bound: Bound) -> bool:
    """Whether a KPI is one sum or count of events, or such added up: then days have their share."""
    return bound.kpi.window == "event" and _adds_up(bound.node)


def is_level(bound: Bound) -> bool:
    """Whether a month is judged by the target of its quarter: of a rate or mean of events, and of
    what there is at an end. What grows with the length of a period has its target for it alone.
    """
    if bound.kpi.window == "event":
        distinct = any(m.aggregate == "distinct" for m in bound.measures)
        return not distinct and not _adds_up(bound.node)
    at_end = [m.parameters & {"start", "end"} == {"end"} for m in bound.measures]
    return bound.kpi.window == "stock" and all(at_end)


def _adds_up(node: Node) -> bool:
    if isinstance(node, Measure):
        return node.aggregate in ("count", "sum")
    if isinstance(node, Operation):
        return node.sign in "+-" and _adds_up(node.left) and _adds_up(node.right)
    return False


def _is_measurable(target: Target, evaluation: Evaluation) -> bool:
    known = registry().get(target.kpi)
    if known is None or target.period is None or target.value is None:
        return False
    if known.better == "context":
        return False
    return not target.dimension or target.dimension in known.dimensions(evaluation.crm)


@dataclass(frozen=True)
class _Plan:
    """A target with what has to be asked for it."""

    target: Target
    period: Period
    moment: dt.datetime
    now: Ask
    past: tuple[Checkpoint, ...] = ()
    months: tuple[Ask, ...] = ()

    @classmethod
    def of(cls, target: Target, moment: dt.datetime) -> _Plan:
        period, bound = target.period, find(target.kpi).bind()
        assert period is not None
        by = (target.dimension,) if target.dimension else ()
        if period.is_complete(moment):
            return cls(target, period, moment, Ask(bound, period, by))
        now = Ask(bound, period, by, known_at=moment)
        if not is_additive(bound):
            return cls(target, period, moment, now)
        past = () if by else tuple(checkpoints(bound, period, moment))
        return cls(
            target, period, moment, now, past, tuple(months_before(bound, period, moment, by))
        )

    @property
    def asks(self) -> Iterator[Ask]:
        """Everything that it needs."""
        yield self.now
        for one in self.past:
            yield from (one.then, one.final)
        yield from self.months

    def progress(
        self, found: Found, evaluation: Evaluation, recorded: Mapping[Bound, Recorded]
    ) -> Progress:
        """The target as the values have it."""

        def value_of(ask: Ask) -> KpiValue:
            own = self._own(found[ask])
            if own is not None:
                return own
            nothing = evaluation.nothing(replace(ask, by=()))
            return replace(nothing, members=dict.fromkeys(ask.by, self.target.member))

        made = Progress(
            target=self.target,
            period=self.period,
            value=value_of(self.now),
            additive=is_additive(self.now.bound),
            days=self.period.business_days(),
            elapsed=self.period.business_days(self.moment),
            complete=self.period.is_complete(self.moment),
            ended=recorded[self.now.bound].ended(self.period, self.moment),
            best=best_month([value_of(ask) for ask in self.months]),
        )
        if made.complete or made.ended:
            return made
        past = [(one, value_of(one.then), value_of(one.final)) for one in self.past]
        return replace(made, landing=self._of_deals(made, evaluation) or _landing(made, past))

    def _of_deals(self, made: Progress, evaluation: Evaluation) -> Landing | None:
        """Where the amount won will end by the open deals."""
        value, crm = made.value, evaluation.crm
        if value.kpi != "won_value" or value.value is None or value.part:
            return None
        if not self.past or find("sales_forecast").lacks(crm):
            return None
        return of_deals(crm, value.value, self.moment, self.past)

    def _own(self, values: Sequence[KpiValue]) -> KpiValue | None:
        """The value of the target's member; a refusal has no members."""
        target = self.target
        for value in values:
            if not value.members or value.members[target.dimension] == target.member:
                return value
        return None


def _landing(
    made: Progress, past: Sequence[tuple[Checkpoint, KpiValue, KpiValue]]
) -> Landing | None:
    value = made.value.value
    if value is None or made.value.part:
        return None
    if not made.additive:
        return None if made.value.maturing else Landing(value)
    return landing(value, made.elapsed / made.days, past) if made.elapsed else None
