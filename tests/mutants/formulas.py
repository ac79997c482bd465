"""Every KPI with one slip in it: in a condition, an edge, a time column, a denominator, a fact."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from kpi_toolkit.crm.tables import TABLES
from kpi_toolkit.errors import DefinitionError
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.fact import Fact, Measure
from kpi_toolkit.measures.formula import Node, Operation
from tests.mutants.texts import slips

# The columns that tables have where mutants are judged.
Columns = dict[str, frozenset[str]]
_OPEN = {
    "at_start": "{0} < :start and ({1} is null or {1} >= :start)",
    "at_end": "{0} < :end and ({1} is null or {1} >= :end)",
    "during": "{0} < :end and ({1} is null or {1} >= :start)",
}


@dataclass(frozen=True)
class Mutant:
    """A KPI with options, what is wrong in it, and the wrong formula."""

    bound: Bound
    slip: str
    node: Node

    @property
    def name(self) -> str:
        """The KPI and its slip."""
        return f"{self.bound.kpi.name}: {self.slip}"


def mutants(bound: Bound, known: Columns) -> Iterator[Mutant]:
    """Each slip once; a formula that cannot be written is none."""
    found: dict[str, None] = {}
    for slip, make in (*_of_measures(bound, known), *_of_facts(bound), *_of_ratios(bound)):
        if slip in found:
            continue
        found[slip] = None
        try:
            yield Mutant(bound, slip, make())
        except DefinitionError:
            continue


Made = tuple[str, Callable[[], Node]]


def _of_measures(bound: Bound, known: Columns) -> Iterator[Made]:
    for place, measure in enumerate(bound.measures):
        for slip, wrong in (
            *_of_conditions(measure),
            *_of_bounds(measure),
            *_of_edges(measure),
            *_of_times(measure, known),
            *_of_aggregates(measure),
        ):
            yield (
                f"{place}. {slip}",
                lambda m=measure, w=wrong: _exchanged(bound.node, {m: w()}),
            )


def _of_conditions(measure: Measure) -> Iterator[tuple[str, Callable[[], Measure]]]:
    for i, text in enumerate(measure.where):
        for slip, wrong in slips(text, holds=True):
            where = (*measure.where[:i], wrong, *measure.where[i + 1 :])
            yield slip, lambda where=where: replace(measure, where=where)
    for field in ("of", "event"):
        text = getattr(measure, field)
        for slip, wrong in slips(text) if text else ():
            yield f"{field}: {slip}", lambda f=field, w=wrong: replace(measure, **{f: w})


def _of_bounds(measure: Measure) -> Iterator[tuple[str, Callable[[], Measure]]]:
    """A stock of another moment."""
    if not measure.fact.open:
        return
    texts = {name: text.format(*measure.fact.open) for name, text in _OPEN.items()}
    for i, text in enumerate(measure.where):
        for name, other in texts.items():
            if text in texts.values() and other != text:
                where = (*measure.where[:i], other, *measure.where[i + 1 :])
                yield name, lambda where=where: replace(measure, where=where)


def _of_edges(measure: Measure) -> Iterator[tuple[str, Callable[[], Measure]]]:
    """A period that leaves its first instant out, or takes the first one of the next."""
    if measure.bounded or not measure.time:
        return
    declared = TABLES[measure.fact.table].columns.get(measure.time)
    day = "local_day({})" if declared and declared.type == "date" else "{}"
    start, end = day.format(":start"), day.format(":end")
    for low, high in ((">", "<"), (">=", "<=")):
        edge = f"{measure.time} {low} {start} and {measure.time} {high} {end}"
        yield edge, lambda e=edge: replace(measure, where=(*measure.where, e), time=None)


def _of_times(measure: Measure, known: Columns) -> Iterator[tuple[str, Callable[[], Measure]]]:
    if measure.bounded or not measure.time:
        return
    table = TABLES[measure.fact.table].columns.values()
    for column in table:
        there = column.name in known.get(measure.fact.table, ())
        if column.type == "instant" and there and column.name != measure.time:
            yield f"by {column.name}", lambda c=column.name: replace(measure, time=c)


def _of_aggregates(measure: Measure) -> Iterator[tuple[str, Callable[[], Measure]]]:
    if measure.aggregate == "median":
        yield "p90", lambda: replace(measure, aggregate="p90")
    if measure.aggregate == "distinct":
        yield "count", lambda: replace(measure, aggregate="count")
    if measure.aggregate == "count" and measure.of:
        yield "all rows", lambda: replace(measure, of=None)


def _of_facts(bound: Bound) -> Iterator[Made]:
    """A slip in a fact, wherever the KPI uses it."""
    for fact in dict.fromkeys(measure.fact for measure in bound.measures):
        for slip, wrong in _changed(fact, _read(fact, bound)):
            own = [m for m in bound.measures if m.fact is fact]
            yield (
                f"fact: {slip}",
                lambda own=own, w=wrong: _exchanged(
                    bound.node, {m: replace(m, fact=w()) for m in own}
                ),
            )


def _read(fact: Fact, bound: Bound) -> list[str]:
    """The derived columns and the counts that a KPI reads of a fact."""
    measures = [m for m in bound.measures if m.fact is fact]
    texts = [t for m in measures for t in (*m.texts, *filter(None, [m.time]))]
    return list(fact.derived(texts))


def _changed(fact: Fact, read: list[str]) -> Iterator[tuple[str, Callable[[], Fact]]]:
    for column in (c for c in read if c in fact.columns):
        for slip, wrong in slips(fact.columns[column]):
            changed = {**fact.columns, column: wrong}
            yield f"{column}: {slip}", lambda c=changed: replace(fact, columns=c)
    for key in (key for key in read if key in fact.counted):
        for slip, wrong in slips(fact.counted[key].where):
            other = replace(fact.counted[key], where=wrong)
            changed = {**fact.counted, key: other}
            yield f"{key}: {slip}", lambda c=changed: replace(fact, counted=c)
    for slip, wrong in slips(fact.where, holds=True) if fact.where else ():
        yield f"where: {slip}", lambda w=wrong: replace(fact, where=w)


def _of_ratios(bound: Bound) -> Iterator[Made]:
    top, bottom = bound.parts
    if bottom is not None:
        yield "upside down", lambda: Operation("/", bottom, top)
        yield "without its denominator", lambda: top


def _exchanged(node: Node, measures: dict[Measure, Measure]) -> Node:
    if isinstance(node, Measure):
        return measures.get(node, node)
    if isinstance(node, Operation):
        left, right = (_exchanged(side, measures) for side in (node.left, node.right))
        return Operation(node.sign, left, right)
    return node
