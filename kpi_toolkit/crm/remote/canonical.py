"""A table of kpi.toml as one SELECT of PostgreSQL over its source: the same names, types and values
that a copy would have.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from kpi_toolkit.crm.expressions import Ref
from kpi_toolkit.crm.plans import ColumnPlan, JoinPlan, TablePlan
from kpi_toolkit.crm.reading import as_they_stand
from kpi_toolkit.crm.remote.scope import Scope, scope
from kpi_toolkit.crm.remote.values import Values
from kpi_toolkit.crm.tables import SQL_TYPES
from kpi_toolkit.errors import DataError


@dataclass(frozen=True)
class Joined:
    """A joined relation: its SELECT, in which the texts of its key are named `keys`; the alias
    under which the table reads it, on what, and when a row of the table finds none there.
    """

    name: str
    label: str
    select: str
    keys: tuple[str, ...]
    alias: str
    on: str
    lost: str


@dataclass(frozen=True)
class Canonical:
    """A table: the columns of its SELECT, what it reads, under which condition, its joins."""

    plan: TablePlan
    label: str
    columns: tuple[ColumnPlan, ...]
    shown: str
    relations: str
    where: str
    joins: tuple[Joined, ...]

    @property
    def rows(self) -> str:
        """What follows FROM."""
        return self.relations + (f" WHERE {self.where}" if self.where else "")

    @property
    def select(self) -> str:
        """The rows."""
        return f"SELECT {self.shown} FROM {self.rows}"

    @property
    def types(self) -> dict[str, str]:
        """The columns, with the types that a copy would have."""
        return {column.name: SQL_TYPES[column.form.kind] for column in self.columns}


def canonical(plan: TablePlan) -> Canonical:
    """The table of a plan whose files are relations. Raises DataError for what only a copy has."""
    table = plan.table.name
    for key, given in (("sql", plan.select), ("keep", plan.per)):
        if given:
            raise DataError(
                f'tables.{table}.{key}: only a copy has it; use query, or mode = "copy"'
            )
    found = scope(plan)
    columns = plan.columns or as_they_stand(plan, list(found.columns[""]))
    values = Values(table, found)
    shown = [f"{values.value(c)} AS {found.session.column(c.name)}" for c in columns]
    joins = tuple(_joins(plan, found, values))
    relations = f"({found.relations[''].select}\n) AS f" + "".join(
        f" LEFT JOIN ({join.select}) AS {join.alias} ON {join.on}" for join in joins
    )
    where = values.condition(plan.where) if plan.where else ""
    return Canonical(plan, found.label, tuple(columns), ", ".join(shown), relations, where, joins)


def _joins(plan: TablePlan, found: Scope, values: Values) -> Iterator[Joined]:
    for join in plan.joins:
        keys = tuple(f"_key_{n}" for n, _ in enumerate(join.on))
        alias = found.alias(join.name)
        ours = [values.text(column) for column, _ in join.on]
        on = " AND ".join(f"{x} = {alias}.{key}" for key, x in zip(keys, ours, strict=True))
        # A row without a key has nothing to find.
        lost = " AND ".join([f"{alias}.{keys[0]} IS NULL", *(f"{x} IS NOT NULL" for x in ours)])
        select = _of_join(plan, join, found, values, keys)
        label = found.relations[join.name].name
        yield Joined(join.name, label, select, keys, alias, on, lost)


def _of_join(
    plan: TablePlan, join: JoinPlan, found: Scope, values: Values, keys: tuple[str, ...]
) -> str:
    """The SELECT of a joined relation's keys and needed columns."""
    shown = []
    for key, (_, theirs) in zip(keys, join.on, strict=True):
        ref = Ref(join.name, theirs)
        shown.append(f"{values.text_of(ref, f'q.{found.quoted(ref)}')} AS {key}")
    needed = (Ref(join.name, column) for column in plan.sources(join.name))
    shown += [f"q.{found.quoted(ref)}" for ref in dict.fromkeys(needed)]
    return f"SELECT {', '.join(shown)} FROM ({found.relations[join.name].select}\n) AS q"
