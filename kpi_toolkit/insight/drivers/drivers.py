"""What moved a KPI between two periods: what each member of a dimension adds, exactly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from kpi_toolkit.errors import DefinitionError, PeriodError, near_misses
from kpi_toolkit.format import Format
from kpi_toolkit.insight.drivers import decomposition
from kpi_toolkit.insight.drivers.decomposition import Effects, Ends, Member
from kpi_toolkit.insight.drivers.outcomes import outcomes
from kpi_toolkit.measures.aggregates import Cells
from kpi_toolkit.measures.ask import beside
from kpi_toolkit.measures.comparison import Comparison, Withheld
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.evaluate import Ask, Evaluation
from kpi_toolkit.measures.formula import Node
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.period import Period

if TYPE_CHECKING:
    import pandas as pd

Cut = tuple[str, str]
Shape = Literal["sum", "rate", "mean", "product"]
EFFECTS = ("volume", "mix", "rate")
Refusal = Literal["", "not_additive", "outcome"]
REFUSALS = {
    "not_additive": "distinct counts, medians and estimates of members do not add up",
    "outcome": "its members are the outcome that the rate counts",
}


@dataclass(frozen=True)
class Driver:
    """A member, its own values now and before (None where it has none), and what it adds to the
    change: by more or fewer records, by its share of them, by what its records amount to.
    """

    member: str | None
    value: float | None
    previous: float | None
    volume: float
    mix: float
    rate: float
    share: float

    @property
    def change(self) -> float:
        """All that it adds."""
        return self.volume + self.mix + self.rate


@dataclass(frozen=True)
class Drivers:
    """The change of a KPI from one period to another, by the members of a dimension, the greatest
    first; of a product, `factors` are its formulas with what each adds. `table` is that of its
    records.

    `change` is None where one of the two has no value; then there are no members. `caution` says
    why the two are not like for like, as when records begin in the middle of one.
    """

    now: KpiValue
    before: KpiValue
    by: str
    shape: Shape
    table: str
    change: float | None = None
    members: tuple[Driver, ...] = ()
    factors: tuple[tuple[Node, float], ...] = ()
    caution: Withheld | None = None

    @property
    def lacking(self) -> KpiValue | None:
        """The one of the two that is no value, which leaves nothing to explain."""
        return next((v for v in (self.now, self.before) if v.value is None), None)

    @property
    def compared(self) -> Comparison:
        """The value beside the earlier one."""
        now, before = self.now, self.before
        days = None if now.complete else now.period.business_days(now.as_of)
        return Comparison(now, before.period, before, business_days=days)

    def total(self, effect: str) -> float:
        """What one of volume, mix and rate adds for all members together."""
        from math import fsum

        return fsum(getattr(driver, effect) for driver in self.members)

    @property
    def frame(self) -> pd.DataFrame:
        """A DataFrame indexed by member: change, volume, mix, rate, value, previous."""
        import pandas as pd

        columns = ["change", *EFFECTS, "value", "previous"]
        rows = [[getattr(driver, column) for column in columns] for driver in self.members]
        index = pd.Index([driver.member for driver in self.members], name=self.by, dtype=object)
        return pd.DataFrame(rows, index=index, columns=columns, dtype=float)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from kpi_toolkit.insight.drivers.card import mimebundle

        return mimebundle(self)

    def __repr__(self) -> str:
        return self._repr_mimebundle_()["text/plain"]


@dataclass(frozen=True)
class Pair:
    """A KPI of two periods that are compared like for like, within a slice or of all records."""

    before: Ask
    now: Ask
    cut: Cut | None = None

    def totals(self) -> tuple[Ask, Ask]:
        """The asks of the two values."""
        by = (self.cut[0],) if self.cut else ()
        return replace(self.before, by=by), replace(self.now, by=by)

    def members(self, by: str) -> tuple[Ask, Ask]:
        """The asks of the members' values."""
        dimensions = tuple(dict.fromkeys([*([self.cut[0]] if self.cut else []), by]))
        return replace(self.before, by=dimensions), replace(self.now, by=dimensions)


def pair(
    bound: Bound, period: Period, base: Period, as_of: dt.datetime, cut: Cut | None = None
) -> Pair:
    """The two asks, like for like: a cohort at the same age, a period under way after as many
    business days. Raises PeriodError where there is no such part, or one of another length.
    """
    if period.grain != base.grain:
        raise PeriodError(
            f"{period.key} with {base.key}: a {period.grain} and a {base.grain} cannot be "
            f"compared; expected another {period.grain}"
        )
    earlier, later = sorted((period, base), key=lambda p: p.start)
    older = beside(bound, earlier, later, as_of) if earlier != later else Ask(bound, earlier)
    if older is None:
        raise PeriodError(
            f"{period.key} with {base.key}: {earlier.key} has fewer business days than are over of "
            f"{later.key}"
        )
    asks = {earlier: older, later: Ask(bound, later)}
    return Pair(asks[base], asks[period], cut)


def refusal(bound: Bound, by: str | None = None) -> Refusal:
    """Why a KPI's change cannot be laid to the members of a dimension; empty where it can."""
    if any(measure.aggregate not in decomposition.ADDITIVE for measure in bound.measures):
        return "not_additive"
    return "outcome" if by in outcomes(bound) else ""


def refused(words: Format, reason: Refusal) -> str:
    """The reason in the language of a report."""
    return words.t(REFUSALS[reason])


def require(bound: Bound, crm: Any, dimensions: Iterable[str]) -> None:
    """Raise NotAvailable or DefinitionError where a change cannot be laid to members of some
    dimensions, or to members at all.
    """
    bound.require(crm)
    name = bound.kpi.name
    if reason := refusal(bound):
        raise DefinitionError(
            f"{name}: its change cannot be laid to members, since {REFUSALS[reason]}; compare the "
            f"members' own values"
        )
    known = bound.kpi.dimensions(crm)
    for by in dimensions:
        if reason := refusal(bound, by):
            raise DefinitionError(f"{name} by {by!r}: not a driver, since {REFUSALS[reason]}")
        if by not in known:
            raise DefinitionError(f"{name} by {by!r}: {near_misses(by, known)}")


def explain(evaluation: Evaluation, asked: Pair, by: str) -> Drivers:
    """The change of a KPI, by the members of a dimension that it has and that is not refused."""
    totals = asked.totals()
    found = evaluation.values(totals)
    before, now = (_whole(evaluation, ask, found[ask], asked.cut) for ask in totals)
    bound = asked.now.bound
    bare = Drivers(now, before, by, shape_of(bound), bound.measures[0].fact.table)
    if bare.lacking:
        return bare
    return _decomposed(bare, bound, ends_of(evaluation, asked, by))


def ends_of(evaluation: Evaluation, asked: Pair, by: str) -> Ends:
    """The cells by member before and now, within the slice."""
    parts = asked.members(by)
    place = parts[0].by.index(by)
    before, now = (
        {m: _kept(cells, ask.by, place, asked.cut) for m, cells in found.items()}
        for ask, found in zip(parts, evaluation.cells(parts), strict=True)
    )
    return before, now


def shape_of(bound: Bound) -> Shape:
    """What kind of number a KPI is, by which its drivers are named."""
    if decomposition.adds_up(bound.node):
        return "sum"
    if bound.kpi.unit == "percent":
        return "rate"
    return "mean" if decomposition.is_ratio(bound.node) else "product"


def _decomposed(bare: Drivers, bound: Bound, ends: Ends) -> Drivers:
    whole = decomposition.decompose(bound.node, ends)
    told = [
        _driver(bound.node, ends, member, whole.effects[member], whole.shares.get(member))
        for member in decomposition.members(bound.node, ends)
    ]
    told.sort(key=lambda d: (-abs(d.change), d.member is None, d.member or ""))
    factors = tuple((node, float(effect)) for node, effect in whole.factors)
    return replace(bare, change=float(whole.change), members=tuple(told), factors=factors)


def _driver(
    node: Node, ends: Ends, member: Member, effects: Effects, share: Fraction | None
) -> Driver:
    before, now = (decomposition.value_of(node, cells, member) for cells in ends)
    return Driver(
        member=member[0],
        value=None if now is None else float(now),
        previous=None if before is None else float(before),
        volume=float(effects.volume),
        mix=float(effects.mix),
        rate=float(effects.rate),
        share=float(share or 0),
    )


def _whole(
    evaluation: Evaluation, ask: Ask, values: Iterable[KpiValue], cut: Cut | None
) -> KpiValue:
    """The value of all records, or of the slice."""
    if cut is None:
        return next(iter(values))
    kept = (v for v in values if v.status == "not_available" or v.members.get(cut[0]) == cut[1])
    return next(kept, None) or evaluation.nothing(replace(ask, by=()))


def _kept(cells: Cells, by: tuple[str, ...], place: int, cut: Cut | None) -> Cells:
    """The cells of a slice, by the one dimension that is asked for."""
    if cut is None:
        return cells
    inside = by.index(cut[0])
    return {(key[place],): cell for key, cell in cells.items() if key[inside] == cut[1]}
