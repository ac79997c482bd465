"""A joined file as a table of texts with one row for each key; its bad lines are named and left
out, as those of any table.
"""

from typing import TYPE_CHECKING

from kpi_toolkit.crm import quarantine
from kpi_toolkit.crm.casting import known, unmarked
from kpi_toolkit.crm.expressions import Ref, alias
from kpi_toolkit.crm.incoming import Incoming
from kpi_toolkit.crm.plans import JoinPlan, TablePlan
from kpi_toolkit.crm.quoting import name
from kpi_toolkit.crm.settling import check_share
from kpi_toolkit.crm.sources import label
from kpi_toolkit.crm.table_read import TableRead, place
from kpi_toolkit.errors import DataError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def look_up(
    connection: "DuckDBPyConnection",
    plan: TablePlan,
    join: JoinPlan,
    incoming: Incoming,
) -> TableRead:
    """Make the table that the join looks its rows up in. Raises DataError for a key of two rows."""
    theirs = [key for _, key in join.on]
    incoming.register(connection, "_joined", [*theirs, *plan.sources(join.name)])
    keys = {alias(Ref("", key)): unmarked(known(name(alias(Ref("", key))))) for key in theirs}
    picked = ", ".join(f"{sql} AS {name(key)}" for key, sql in keys.items())
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {name(_table(join))} AS "
        f"SELECT * REPLACE ({picked}) FROM _joined"
    )
    _refuse_doubles(connection, join, list(keys), theirs)
    return _accounted(connection, plan, join, incoming)


def _table(join: JoinPlan) -> str:
    return f"_join {join.name}"


def _refuse_doubles(
    connection: "DuckDBPyConnection", join: JoinPlan, keys: list[str], theirs: list[str]
) -> None:
    by = ", ".join(map(name, keys))
    known = " AND ".join(f"{name(key)} IS NOT NULL" for key in keys)
    first = place("min(_line)", tuple(file.name for file in join.files))
    double = connection.execute(
        f"SELECT {by}, count(*), {first} FROM {name(_table(join))} WHERE {known} "
        f"GROUP BY {by} HAVING count(*) > 1 ORDER BY min(_line) LIMIT 1"
    ).fetchall()
    if double:
        raise DataError(
            f"{label(join.files)}: {' '.join(map(repr, double[0][:-2]))} stands {double[0][-2]} "
            f"times (first on {double[0][-1]}); a joined file has one row for each "
            f"{' and '.join(theirs)}"
        )


def _accounted(
    connection: "DuckDBPyConnection", plan: TablePlan, join: JoinPlan, incoming: Incoming
) -> TableRead:
    table, file = f"{plan.table.name}.joins.{join.name}", label(join.files)
    quarantine.add_lines(connection, table, file, incoming.faults)
    names = tuple(file.name for file in join.files) if len(join.files) > 1 else ()
    found = TableRead(table, file, incoming.found, incoming.rows, len(incoming.faults), files=names)
    if not found.rows and not plan.may_be_empty:
        raise DataError(
            f"{file}: it has a header and no row (may_be_empty = true of the table allows that)"
        )
    check_share(connection, found, plan.greatest_bad_share)
    return found
