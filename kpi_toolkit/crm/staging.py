"""Raw tables, [staging.NAME]: read and judged as any other, seen by SELECTs only, and not kept."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from kpi_toolkit.crm.expressions import Ref
from kpi_toolkit.crm.plans import ColumnPlan, TablePlan
from kpi_toolkit.crm.quoting import name
from kpi_toolkit.errors import DataError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def columns(plan: TablePlan, names: list[str]) -> tuple[ColumnPlan, ...]:
    """All columns of a file, as text, under their own names. Raises DataError for one that has
    none, that is ours, or that stands there twice, whatever its capitals.
    """
    lower = [heading.lower() for heading in names]
    for n, heading in enumerate(names, start=1):
        twice = f"the name {heading!r}, as another one has but for capitals"
        wrong = (
            "no name"
            if not heading
            else f"the name {heading!r}, and _ begins those of ours"
            if heading.startswith("_")
            else twice
            if lower.count(heading.lower()) > 1
            else ""
        )
        if wrong:
            raise DataError(
                f"{plan.files[0].name}: its column {n} has {wrong}: name the columns that you need "
                f"in [{plan.stanza}.columns]"
            )
    text = replace(plan.form, kind="text")
    return tuple(ColumnPlan(heading, text, (Ref("", heading),)) for heading in names)


def show(connection: "DuckDBPyConnection", plans: Iterable[TablePlan]) -> None:
    """Let SELECTs see raw tables under the names that they were given."""
    for plan in plans:
        view, table = name(plan.staging), name(plan.table.name)
        connection.execute(f"CREATE VIEW {view} AS FROM {table}")


def drop(connection: "DuckDBPyConnection", plans: Iterable[TablePlan]) -> None:
    """Forget raw tables, which no snapshot keeps."""
    for plan in plans:
        connection.execute(f"DROP VIEW {name(plan.staging)}")
        connection.execute(f"DROP TABLE {name(plan.table.name)}")
