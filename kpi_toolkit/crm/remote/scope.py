"""What a table's SELECT may name: the columns of its relation, `f`, and of the joined ones."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from kpi_toolkit.crm.expressions import Ref
from kpi_toolkit.crm.plans import TablePlan
from kpi_toolkit.crm.remote.fitting import unclean
from kpi_toolkit.crm.remote.relation import TEXTS, Relation
from kpi_toolkit.crm.remote.session import Described, Session
from kpi_toolkit.errors import DataError, near_misses


@dataclass(frozen=True)
class Scope:
    """The relations by the name of their join, "" for the table's own, and what they hold."""

    session: Session
    relations: dict[str, Relation]
    columns: dict[str, dict[str, Described]]

    @property
    def label(self) -> str:
        """The name of the table's own relation."""
        return self.relations[""].name

    def of(self, ref: Ref) -> Described:
        """A source column. Raises DataError with near misses."""
        known = self.columns[ref.join]
        if ref.column not in known:
            label = self.relations[ref.join].name
            raise DataError(
                f"{label}: column {ref.column!r} is missing: {near_misses(ref.column, known)}"
            )
        return known[ref.column]

    def place(self, ref: Ref) -> str:
        """SQL of a source column."""
        return f"{self.alias(ref.join)}.{self.quoted(ref)}"

    def quoted(self, ref: Ref) -> str:
        """Its bare name."""
        return self.session.column(self.of(ref).name)

    def alias(self, join: str) -> str:
        """The name under which a relation is read."""
        return self.session.column(f"join {join}") if join else "f"

    def type_of(self, sql: str, column: str) -> Described:
        """What the database says that an expression gives."""
        relations = " CROSS JOIN ".join(
            f"({relation.select}\n) AS {self.alias(join)}"
            for join, relation in self.relations.items()
        )
        return self.session.described(f"SELECT {sql} AS value FROM {relations}", column)[0]


def scope(plan: TablePlan) -> Scope:
    """The scope of a plan whose files are relations."""
    files = {"": plan.files, **{join.name: join.files for join in plan.joins}}
    relations = {join: found for join, (found,) in files.items() if isinstance(found, Relation)}
    session = relations[""].session
    assert session
    named = plan.table.columns
    columns = {join: _described(session, r, r.wanted or named) for join, r in relations.items()}
    return Scope(session, relations, columns)


def _described(
    session: Session, relation: Relation, wanted: Collection[str]
) -> dict[str, Described]:
    """The columns that are there once; of the wanted texts, whether they are clean: the session
    sees one state, so they stay it.
    """
    columns = session.described(relation.select, relation.name)
    names = [column.name for column in columns]
    found = {c.name: c for c in columns if names.count(c.name) == 1}
    texts = [c for c in found.values() if c.name in wanted and c.type in TEXTS]
    if not texts:
        return found
    counts = ", ".join(
        f"count(*) FILTER (WHERE {unclean(session.column(column.name))})" for column in texts
    )
    (numbers,) = session.rows(f"SELECT {counts} FROM ({relation.select}\n) AS q", relation.name)
    clean = {c.name: replace(c, clean=not n) for c, n in zip(texts, numbers, strict=True)}
    return found | clean
