"""One declared table: its files -> typed rows and a quarantine, in one pass, out of core, no row
lost.

Opened (`incoming`), joined (`joining`), judged (`texts`, `typed`), settled (`settling`). Rows of
the files = rows kept + rows quarantined + rows left out by declaration + rows that a later one of
the same record supersedes.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from kpi_toolkit.crm import conditions, joining, noticed, settling, staging, typed
from kpi_toolkit.crm.expressions import Ref
from kpi_toolkit.crm.incoming import Incoming
from kpi_toolkit.crm.plans import ColumnPlan, JoinPlan, TablePlan
from kpi_toolkit.crm.quoting import name
from kpi_toolkit.crm.sources import label
from kpi_toolkit.crm.table_read import TableRead
from kpi_toolkit.crm.texts import flag, texts, typed_column
from kpi_toolkit.errors import DataError, first_line, near_misses

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def read(connection: "DuckDBPyConnection", plan: TablePlan) -> list[TableRead]:
    """Fill the plan's table, with `_line`, and the quarantine; what became of it, and of each
    joined file. Raises DataError for a file as a whole.
    """
    # After an error inside a stream, a connection cannot be used again; its cursor is another one.
    with connection.cursor() as cursor:
        return _Reader(cursor, plan).read()


class _Reader:
    def __init__(self, connection: "DuckDBPyConnection", plan: TablePlan) -> None:
        self.connection, self.plan = connection, plan
        self.table, self.label = plan.table.name, label(plan.files)

    def read(self) -> list[TableRead]:
        incoming = Incoming(self.plan.files)
        known = () if self.plan.columns else self._known()
        taken = staging.columns if self.plan.staging else as_they_stand
        columns = self.plan.columns or taken(self.plan, incoming.names)
        plan = replace(self.plan, columns=columns)
        _check_record(plan, columns)
        joined = [self._look_up(plan, join) for join in plan.joins]
        with _told(incoming, self.label):
            incoming.register(self.connection, "_incoming", plan.sources(), known)
            self._stage(plan)
        return [settling.settle(self.connection, plan, self.label, incoming), *joined]

    def _known(self) -> tuple[str, ...] | None:
        """The columns that would be taken of any of the files; None for all."""
        return None if self.plan.staging else tuple(self.plan.table.columns)

    def _look_up(self, plan: TablePlan, join: JoinPlan) -> TableRead:
        incoming = Incoming(join.files)
        with _told(incoming, label(join.files)):
            return joining.look_up(self.connection, plan, join, incoming)

    def _stage(self, plan: TablePlan) -> None:
        """The table with `_faults`, the list of what is wrong with a row, and the joins' flags."""
        beside = noticed.beside(plan, plan.columns)
        carried = [*(flag(join) for join in plan.joins), *beside]
        if plan.condition and plan.condition.numbers:
            beside[conditions.UNDECIDED] = conditions.undecided(plan.condition)
            carried.append(conditions.UNDECIDED)
        typed_columns = [typed_column(column, self._is_id(column.name)) for column in plan.columns]
        select = typed.judged(texts(plan, plan.columns, beside), typed_columns, carried)
        if plan.where and conditions.UNDECIDED in beside:
            select = conditions.judged(select, plan.where.form.wanted)
        self.connection.execute(f"CREATE TABLE {name(self.table)} AS {select}")
        noticed.note(self.connection, plan, plan.columns, typed_columns)

    def _is_id(self, column: str) -> bool:
        return column == self.plan.key or self.plan.table.is_required(column)


@contextmanager
def _told(incoming: Incoming, file: str) -> Iterator[None]:
    """An error of ours inside a stream comes out of the engine as one of its own."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        if isinstance(incoming.error, DataError):
            raise incoming.error from None
        # Only an expression of the user's can bring together what does not go together.
        mixed = isinstance(error, duckdb.BinderException)
        hint = " (in sql, columns are text: number(column) reads one as a number)" if mixed else ""
        raise DataError(f"{file}: {first_line(error)}{hint}") from error


def as_they_stand(plan: TablePlan, names: list[str]) -> tuple[ColumnPlan, ...]:
    """Columns of the file that bear a canonical name."""
    found = tuple(
        ColumnPlan(c.name, replace(plan.form, kind=c.type), (Ref("", c.name),), allowed=c.allowed)
        for c in plan.table.columns.values()
        if c.name in names
    )
    if not found:
        heads = ", ".join(names[:6]) + (" ..." if len(names) > 6 else "")
        raw = ", or read the file as [staging.NAME] and select from that" if plan.select else ""
        raise DataError(
            f"{plan.files[0].name}: none of its columns ({heads}) bears a name of "
            f"{plan.table.name}: say which is which in [{plan.stanza}.columns]{raw}"
        )
    return found


def _check_record(plan: TablePlan, columns: Iterable[ColumnPlan]) -> None:
    """The columns that tell records apart are there. Raises DataError."""
    names = [column.name for column in columns]
    wanted = {"key": plan.key, "keep.per": plan.per, "keep.last_by": plan.last_by}
    for what, column in wanted.items():
        if column and column not in names:
            raise DataError(
                f"{plan.files[0].name}: {what} = {column!r}, a column that {plan.table.name} does "
                f"not have: {near_misses(column, names)}"
            )
