"""Facts and measures: what a KPI is arithmetic over.

A fact is a canonical table with its time column, the dimensions it can be broken down by, and
columns derived by SQL; a measure is one aggregate of a row expression over it. Both are values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from kpi_toolkit.crm.tables import TABLES
from kpi_toolkit.errors import DefinitionError, near_misses
from kpi_toolkit.measures import expression
from kpi_toolkit.measures.counted import Counted
from kpi_toolkit.measures.formula import Exact, Node, Operation
from kpi_toolkit.models.record_model import MADE_AT, RecordModel

# The ends of the interval of an order statistic, or of an estimate.
End = Literal["median_low", "median_high", "p90_low", "p90_high", "estimate_low", "estimate_high"]
Aggregate = Literal["count", "sum", "squares", "median", "p90", "distinct", "estimate"] | End
_BOUNDS = {"start", "end", "since"}


@dataclass(frozen=True)
class Measure(Node):
    """One aggregate: rows of `fact` that meet `where`, `of` counted, summed or ordered, dated by
    `time`.
    """

    fact: Fact
    aggregate: Aggregate
    of: str | None = None
    where: tuple[str, ...] = ()
    time: str | None = None
    event: str | None = None

    def __post_init__(self) -> None:
        for text in self.texts:
            self.fact.check(text)
            for table, column in expression.columns(text):
                if table:
                    raise DefinitionError(
                        f"expression {text!r}: a measure reads the columns of its fact; "
                        f"give {table}.{column} a name in the fact's `columns`"
                    )
        if self.time and not self.bounded:
            self.fact.check(self.time)

    @property
    def texts(self) -> tuple[str, ...]:
        """Every expression it holds."""
        return tuple(text for text in (*self.where, self.of, self.event) if text)

    @property
    def parameters(self) -> frozenset[str]:
        """The bounds that its expressions name."""
        return frozenset().union(*(expression.parameters(text) for text in self.texts))

    @cached_property
    def bounded(self) -> bool:
        """Whether it is evaluated at the bounds of a period, and not put into periods by a time
        column.
        """
        undated = frozenset() if self.time else self.fact.parameters(self.texts)
        return bool((self.parameters | undated) & _BOUNDS)

    @property
    def follows(self) -> bool:
        """Whether it follows records up to the moment of knowledge."""
        return "as_of" in self.parameters

    @cached_property
    def looks_around(self) -> bool:
        """Whether a column that it reads is derived from other rows than its own."""
        return any(map(expression.looks_around, self.fact.derived(self._read).values()))

    @cached_property
    def reads_kept(self) -> bool:
        """Whether all columns that it reads are among those that its fact keeps."""
        read = {column for text in self._read for _, column in expression.columns(text)}
        return read <= {*self.fact.kept}

    @property
    def _read(self) -> tuple[str, ...]:
        return (*self.texts, *filter(None, [self.time]))

    def measures(self) -> Iterator[Measure]:
        """Itself."""
        yield self

    def value(self, get: Callable[[Measure], Exact]) -> Exact:
        """Its cell."""
        return get(self)

    def structure(self) -> object:
        """Normalised texts, the fact's included."""
        texts = [expression.normal(text) for text in self.where]
        of, event = (text and expression.normal(text) for text in (self.of, self.event))
        time = None if self.bounded else self.time
        read = self.fact.structure((*self.texts, *([time] if time else [])))
        return [read, self.aggregate, of, sorted(texts), time, event]


class _Rows:
    """The measures that can be taken of a fact, or of the part of it that is open."""

    def _measure(
        self,
        aggregate: Aggregate,
        of: str | None,
        where: str | None,
        time: str | None = None,
        event: str | None = None,
    ) -> Measure:
        raise NotImplementedError

    def count(
        self, where: str | None = None, *, of: str | None = None, time: str | None = None
    ) -> Measure:
        """Rows that meet `where`; with `of`, those where it has a value."""
        return self._measure("count", of, where, time)

    def sum(self, of: str, where: str | None = None, *, time: str | None = None) -> Measure:
        """The sum of `of`, 0 over nothing."""
        return self._measure("sum", of, where, time)

    def mean(self, of: str, where: str | None = None, *, time: str | None = None) -> Operation:
        """The sum of `of` over the rows where it has a value; no data over nothing."""
        return self.sum(of, where, time=time) / self.count(where, of=of, time=time)

    def median(self, of: str, where: str | None = None, *, time: str | None = None) -> Measure:
        """The middle value of `of`; no data over nothing."""
        return self._measure("median", of, where, time)

    def p90(self, of: str, where: str | None = None, *, time: str | None = None) -> Measure:
        """The value that nine rows of ten do not exceed."""
        return self._measure("p90", of, where, time)

    def distinct(self, of: str, where: str | None = None, *, time: str | None = None) -> Measure:
        """The number of different values of `of`."""
        return self._measure("distinct", of, where, time)

    def median_survival(self, duration: str, event: str, where: str | None = None) -> Measure:
        """The Kaplan-Meier median of `duration`, ended by `event`, else censored."""
        return self._measure("estimate", duration, where, event=event)


@dataclass(frozen=True, eq=False)
class Fact(_Rows):
    """A canonical table as KPIs see it: one row a record.

    `open` names the columns between which a record is open. `columns` are derived by SQL over the
    table's own columns, and over those of `joins` (many rows to one), which a KPI that does not use
    them does not make; a join that is not `required` may be absent, and its columns are then null.
    They, and `where`, may name :start, :end and :as_of: such rows are made anew for each period.
    Of a `model`, the rows are the records that it scored at a period's end, as they were then.
    `counted` are numbers of rows of other facts, by name; its tables may be absent, too. `kept` are
    the columns that `shared` writes beside a snapshot, with the dimensions.
    """

    table: str
    time: str | None = None
    dimensions: tuple[str, ...] = ()
    open: tuple[str, str] | None = None
    where: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    joins: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    model: RecordModel | None = None
    counted: Mapping[str, Counted] = field(default_factory=dict)
    kept: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for table in (self.table, *self.joins):
            if table not in TABLES:
                raise DefinitionError(f"fact of table {table!r}: {near_misses(table, TABLES)}")
        for text in (*self.columns.values(), *self.joins.values(), *filter(None, [self.where])):
            self.check(text)
        for column in (*self.dimensions, *(self.open or ()), *self.kept):
            self.check(expression.name(column))

    @property
    def at_start(self) -> Open:
        """The records open when the period starts."""
        return self._open("{0} < :start and ({1} is null or {1} >= :start)")

    @property
    def at_end(self) -> Open:
        """The records open when the period ends."""
        return self._open("{0} < :end and ({1} is null or {1} >= :end)")

    @property
    def during(self) -> Open:
        """The records open at some moment of the period."""
        return self._open("{0} < :end and ({1} is null or {1} >= :start)")

    def check(self, text: str) -> None:
        """Raise DefinitionError when an expression reads a column that the fact does not have."""
        for qualifier, column in expression.columns(text):
            table = qualifier or self.table
            if table in self.counted and column == "n":
                continue
            if table not in (self.table, *self.joins):
                raise DefinitionError(
                    f"expression {text!r}: {table!r} is not joined to {self.table}; "
                    f"{near_misses(table, self.joins)}"
                )
            known = [*TABLES[table].columns, *(() if qualifier else (*self.columns, *self.scored))]
            if column not in known:
                raise DefinitionError(
                    f"expression {text!r}: {table} has no column {column!r}; "
                    f"{near_misses(column, known)}"
                )

    @property
    def scored(self) -> tuple[str, ...]:
        """The columns that its model makes."""
        return (*self.model.columns, MADE_AT) if self.model else ()

    def structure(self, texts: Iterable[str]) -> object:
        """The table, its filter, and the derived columns and joins that some expressions use."""
        used = {key: expression.normal(text) for key, text in self.derived(texts).items()}
        rows = [self.table, self.model.name, self.model.version] if self.model else self.table
        return [rows, self.where and expression.normal(self.where), sorted(used.items())]

    def parameters(self, texts: Iterable[str]) -> frozenset[str]:
        """The bounds on which its rows depend, and the columns that some expressions use."""
        made = (*self.derived(texts).values(), *filter(None, [self.where]))
        return frozenset().union(*map(expression.parameters, made))

    def derived(self, texts: Iterable[str]) -> dict[str, str]:
        """The derived columns and joins that some expressions use, followed to the base columns."""
        used: dict[str, str] = {}
        todo = [*texts, *filter(None, [self.where])]
        while todo:
            for qualifier, column in expression.columns(todo.pop()):
                key = qualifier or column
                if qualifier in self.counted:
                    other = self.counted[qualifier]
                    used |= {
                        f"{key}.{k}": text for k, text in other.fact.derived(other.texts).items()
                    }
                    used |= {key: other.where, f"{key}.on": expression.name(other.on)}
                    continue
                found = self.joins.get(key) if qualifier else self.columns.get(key)
                if found is not None and key not in used:
                    used[key] = found
                    todo.append(found)
        return used

    def _open(self, condition: str) -> Open:
        if not self.open:
            raise DefinitionError(
                f"fact of {self.table!r}: it does not say between which columns a record is open"
            )
        return Open(self, condition.format(*self.open))

    def _measure(
        self,
        aggregate: Aggregate,
        of: str | None,
        where: str | None,
        time: str | None = None,
        event: str | None = None,
    ) -> Measure:
        scored = f"{MADE_AT} = :end" if self.model else None
        conditions = tuple(condition for condition in (scored, where) if condition)
        return Measure(self, aggregate, of, conditions, time or self.time, event)


@dataclass(frozen=True)
class Open(_Rows):
    """The part of a fact that is open at a bound of the period, or during it."""

    fact: Fact
    condition: str

    def _measure(
        self,
        aggregate: Aggregate,
        of: str | None,
        where: str | None,
        time: str | None = None,
        event: str | None = None,
    ) -> Measure:
        return Measure(
            self.fact, aggregate, of, (self.condition, *((where,) if where else ())), None, event
        )
