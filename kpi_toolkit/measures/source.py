"""The SELECT under a query: the columns of a fact that some expressions use, and what of them a CRM
lacks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any

from sqlglot import exp

from kpi_toolkit.crm import freshness
from kpi_toolkit.crm.tables import TABLES
from kpi_toolkit.measures import expression
from kpi_toolkit.measures.expression import name
from kpi_toolkit.measures.fact import Fact, Measure

Supplied = Mapping[str, frozenset[str]]
NO_BOUNDS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Needs:
    """Base columns as (table, column), and the joins that lead to them."""

    columns: frozenset[tuple[str, str]]
    joins: tuple[str, ...]


def needs(fact: Fact, texts: Iterable[str]) -> Needs:
    """What some expressions over a fact read, derived columns and join conditions followed to the
    base columns.
    """
    todo, seen = [*texts, *filter(None, [fact.where])], set()
    columns: set[tuple[str, str]] = set()
    joins: dict[str, None] = {}
    while todo:
        text = todo.pop()
        for qualifier, column in expression.columns(text):
            table = qualifier or fact.table
            derived = None if qualifier else fact.columns.get(column)
            if derived is not None:
                todo += [] if column in seen else [derived]
                seen.add(column)
                continue
            if fact.model and not qualifier and column in fact.scored:
                columns |= {(table, needed) for needed in fact.model.needs}
                continue
            if table in fact.counted:
                other = fact.counted[table]
                columns |= needs(other.fact, other.texts).columns
                todo.append(name(other.on))
                joins[table] = None
                continue
            columns.add((table, column))
            if table != fact.table and table not in joins:
                joins[table] = None
                todo.append(fact.joins[table])
    known = (*fact.joins, *fact.counted)
    return Needs(frozenset(columns), tuple(table for table in known if table in joins))


def lacking(measures: Iterable[Measure], supplied: Supplied) -> tuple[str, ...]:
    """The tables and columns that measures need and a CRM does not have: 'orders',
    'deals.closed_at'.
    """
    missing: dict[str, None] = {}
    for measure in measures:
        fact = measure.fact
        for table, column in sorted(needs(fact, texts_of(measure)).columns):
            if table != fact.table and table not in fact.required:
                continue
            if table not in supplied:
                missing[table] = None
            elif column not in supplied[table] and not TABLES[table].columns[column].optional:
                missing[f"{table}.{column}"] = None
    return tuple(missing)


def unavailable(measures: Iterable[Measure], crm: Any) -> tuple[str, ...]:
    """What measures need and a Crm does not have, or the database that keeps its records cannot
    compute: 'deals.closed_at', 'business_microseconds() (mode = "in place")'.
    """
    measures = list(measures)
    missing = lacking(measures, crm.columns)
    if missing:
        return missing
    here = (m for m in measures if m.fact.model is None)
    refused = (crm.refuses(_rendered(m), _tables(m, crm.columns)) for m in here)
    return tuple(dict.fromkeys(what for found in refused for what in found))


def _rendered(measure: Measure) -> Iterator[str]:
    """Every expression behind a measure, in the engine's own functions."""
    texts = texts_of(measure)
    bounds = dict.fromkeys(expression.PARAMETERS, "NULL")
    for text in (*texts, *measure.fact.derived(texts).values(), measure.fact.where):
        if text:
            yield expression.render(text, bounds)


def _tables(measure: Measure, supplied: Supplied) -> Iterator[str]:
    joins = needs(measure.fact, texts_of(measure)).joins
    named = (measure.fact.table, *(_table(measure.fact, table) for table in joins))
    yield from (table for table in named if table in supplied)


def texts_of(measure: Measure) -> list[str]:
    """Every expression of a measure, the column that dates it included."""
    return [*measure.texts, *([measure.time] if measure.time and not measure.bounded else [])]


def lacking_for(measures: Iterable[Measure], dimension: str, supplied: Supplied) -> tuple[str, ...]:
    """The columns of a dimension that all measures share and a CRM does not have; none where it is
    not theirs.
    """
    missing: dict[str, None] = {}
    for fact in dict.fromkeys(measure.fact for measure in measures):
        if dimension not in fact.dimensions:
            return ()
        if not _supplied(fact, dimension, supplied):
            missing |= dict.fromkeys(
                f"{table}.{column}" for table, column in _read(fact, dimension)
            )
    return tuple(missing)


def dimensions(
    measures: Iterable[Measure], supplied: Supplied, own: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """The dimensions that all measures share and that the CRM has, the user's own last."""
    shared: dict[str, None] | None = None
    for fact in dict.fromkeys(measure.fact for measure in measures):
        has = [d for d in fact.dimensions if _supplied(fact, d, supplied)] + list(
            own.get(fact.table, ())
        )
        shared = dict.fromkeys(has if shared is None else [d for d in shared if d in has])
    return tuple(shared or ())


def select(
    fact: Fact,
    texts: Iterable[str],
    supplied: Supplied,
    time_zone: str = "UTC",
    *,
    bounds: Mapping[str, str] = NO_BOUNDS,
    whole_rows: bool = False,
) -> str:
    """The SELECT that gives, under their own names, the columns that some expressions use; an
    absent one is a typed NULL. `bounds` are the texts of the parameters, where the rows name any.

    With `whole_rows`, all the columns of the table come first, save those that go by the name of a
    derived one.
    """
    texts = tuple(dict.fromkeys(texts))
    moving = tuple(bounds.items()) if fact.parameters(texts) else ()
    rows = _Rows(fact, frozenset(supplied.items()), time_zone, moving)
    return _select(rows, texts, whole_rows)


@lru_cache(maxsize=512)
def _select(rows: _Rows, texts: tuple[str, ...], whole_rows: bool) -> str:
    fact, supplied = rows.fact, rows.supplied
    wanted = dict.fromkeys(column for text in texts for _, column in expression.columns(text))
    if whole_rows:
        there = supplied[fact.table] | {*fact.scored}
        wanted = {c: None for c in wanted if c in fact.columns or c not in there}
    every = [_whole_rows(fact, wanted, supplied)] if whole_rows else []
    picked = (
        ", ".join([*every, *(f"{rows.sql(name(column))} AS {name(column)}" for column in wanted)])
        or "1 AS one"
    )
    joins = "".join(f" LEFT JOIN {rows.joined(t)}" for t in needs(fact, texts).joins if rows.has(t))
    where = f" WHERE {rows.sql(fact.where)}" if fact.where else ""
    scored = f"{name(fact.model.table)} AS " if fact.model else ""
    return f"SELECT {picked} FROM {scored}{name(fact.table)}{joins}{where}"


@dataclass(frozen=True)
class _Rows:
    """How expressions over a fact read the tables that a CRM has."""

    fact: Fact
    tables: frozenset[tuple[str, frozenset[str]]]
    time_zone: str
    moving: tuple[tuple[str, str], ...]

    @cached_property
    def supplied(self) -> Supplied:
        """The columns of the tables that the CRM has."""
        return dict(self.tables)

    @property
    def bounds(self) -> dict[str, str]:
        """The texts of the parameters, where the rows name any."""
        return dict(self.moving)

    def sql(self, text: str) -> str:
        """An expression over the tables, derived columns written out."""
        return expression.render(text, self.bounds, time_zone=self.time_zone, column=self._read)

    def has(self, joined: str) -> bool:
        """Whether the CRM has a joined table, or the one in which rows are counted."""
        return _table(self.fact, joined) in self.supplied

    def joined(self, table: str) -> str:
        """A joined table and the condition; the numbers of rows of another fact, a row a value."""
        if table not in self.fact.counted:
            return f"{name(table)} ON {self.sql(self.fact.joins[table])}"
        other = self.fact.counted[table]
        inner = select(other.fact, other.texts, self.supplied, self.time_zone, bounds=self.bounds)
        where = expression.render(other.where, self.bounds, time_zone=self.time_zone)
        on = name(other.on)
        return (
            f"(SELECT {on}, count(*) AS n FROM ({inner}) AS c WHERE {where} GROUP BY {on}) "
            f"AS {name(table)} ON {name(table)}.{on} = {name(self.fact.table)}.{on}"
        )

    def _read(self, column: exp.Column) -> exp.Expr:
        table = column.table or self.fact.table
        if not column.table and column.name in self.fact.columns:
            derived = expression.tree(self.fact.columns[column.name], self.time_zone, self._read)
            return exp.paren(derived, copy=False)
        if table in self.fact.counted:
            there = exp.column("n", table=table, quoted=True)
            return there if self.has(table) else exp.cast(exp.null(), "BIGINT")
        known = {*TABLES[table].columns} - {*self.fact.scored}
        own = table == self.fact.table and column.name not in known
        if own or column.name in self.supplied.get(table, ()):
            return exp.column(column.name, table=table, quoted=True)
        return exp.cast(exp.null(), TABLES[table].columns[column.name].sql_type, dialect="duckdb")


def moment(fact: Fact, column: str, time_zone: str) -> str:
    """The UTC instant that dates a row, as SQL: a date is the first instant of its local day."""
    if column in fact.columns:
        return name(column)
    return freshness.moment(fact.table, column, time_zone)


def _whole_rows(fact: Fact, wanted: Iterable[str], supplied: Supplied) -> str:
    hidden = [name(column) for column in wanted if column in supplied[fact.table]]
    return f"{name(fact.table)}.*" + (f" EXCLUDE ({', '.join(hidden)})" if hidden else "")


def _table(fact: Fact, joined: str) -> str:
    return fact.counted[joined].fact.table if joined in fact.counted else joined


def _supplied(fact: Fact, dimension: str, supplied: Supplied) -> bool:
    return any(column in supplied.get(table, ()) for table, column in _read(fact, dimension))


def _read(fact: Fact, dimension: str) -> list[tuple[str, str]]:
    if dimension not in fact.columns:
        return [(fact.table, dimension)]
    return sorted(needs(fact, [name(dimension)]).columns)
