"""What reading follows: a table, its columns and its joins, as kpi.toml declares them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kpi_toolkit.crm.casting import Form
from kpi_toolkit.crm.expressions import Expression, Ref
from kpi_toolkit.crm.sources import File
from kpi_toolkit.crm.tables import Table


@dataclass(frozen=True)
class ColumnPlan:
    """One column of a table: where its text comes from, and what it has to be.

    `row_of` names the files of which it tells the row's place: none where a file stands alone.
    """

    name: str
    form: Form
    columns: tuple[Ref, ...] = ()
    expression: Expression | None = None
    constant: str | None = None
    row_of: tuple[str, ...] | None = None
    values: Mapping[str, str] | None = None
    allowed: tuple[str, ...] = ()
    dimension: bool = False

    @property
    def sources(self) -> tuple[Ref, ...]:
        """The source columns that it needs."""
        return self.expression.columns if self.expression else self.columns


@dataclass(frozen=True)
class JoinPlan:
    """A second file, or several, and our columns that its key columns equal."""

    name: str
    files: tuple[File, ...]
    on: tuple[tuple[ColumnPlan, str], ...]


@dataclass(frozen=True)
class TablePlan:
    """One table; without `columns`, source columns that bear a canonical name are taken as they
    stand, and of a raw table, which SELECTs know as `staging`, all of them.
    """

    table: Table
    form: Form
    files: tuple[File, ...] = ()
    select: Path | None = None
    columns: tuple[ColumnPlan, ...] = ()
    joins: tuple[JoinPlan, ...] = ()
    where: ColumnPlan | None = None
    key: str = ""
    last_by: str = ""
    per: str = ""
    may_be_empty: bool = False
    greatest_bad_share: float = 0.05
    staging: str = ""

    @property
    def stanza(self) -> str:
        """Its heading in kpi.toml."""
        return f"staging.{self.staging}" if self.staging else f"tables.{self.table.name}"

    @property
    def condition(self) -> Expression | None:
        """What `where` says."""
        return self.where.expression if self.where else None

    def sources(self, join: str = "") -> tuple[str, ...]:
        """The source columns that columns and the condition need: of the table's own file, or of a
        join.
        """
        readers = (*self.columns, self.where) if self.where else self.columns
        refs = [ref for column in readers for ref in column.sources if ref.join == join]
        if not join:
            refs += [ref for each in self.joins for ours, _ in each.on for ref in ours.sources]
        return tuple(dict.fromkeys(ref.column for ref in refs))
