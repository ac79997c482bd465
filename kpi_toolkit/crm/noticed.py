"""What is noticed while a table is staged: the texts before value maps, the keys that a join did
not find, and the hours that came twice. They stand in columns beside the table's own, are looked at
once, and dropped.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from kpi_toolkit.crm import remarks
from kpi_toolkit.crm.casting import TYPED
from kpi_toolkit.crm.plans import ColumnPlan, TablePlan
from kpi_toolkit.crm.quoting import literal, literals, name
from kpi_toolkit.crm.remarks import MOST_VALUES, Kind, Remark
from kpi_toolkit.crm.texts import lost_key, unmapped
from kpi_toolkit.crm.typed import TypedColumn

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_LONGEST = 200


def beside(plan: TablePlan, columns: Sequence[ColumnPlan]) -> dict[str, str]:
    """The columns to stage beside the table's own, with their SQL."""
    mapped = {_given(column): unmapped(column) for column in columns if column.values is not None}
    return mapped | {_lost(join.name): lost_key(join) for join in plan.joins}


def note(
    connection: "DuckDBPyConnection",
    plan: TablePlan,
    columns: Sequence[ColumnPlan],
    typed: Sequence[TypedColumn],
) -> None:
    """Remark on a table as it is staged, before rows move out, and drop what stood beside it."""
    table = plan.table.name
    for column in columns:
        if column.values is not None:
            remarks.add(connection, _of_map(connection, table, column, column.values))
            _drop(connection, table, _given(column))
    for join in plan.joins:
        lost = _counted(connection, table, _lost(join.name), ())
        remarks.add(connection, _listed(table, f"joins.{join.name}", "unmatched", join.name, lost))
        _drop(connection, table, _lost(join.name))
    for one in typed:
        if one.doubled:
            remarks.add(connection, _doubled(connection, table, one))
            _drop(connection, table, one.doubled_name)


def _given(column: ColumnPlan) -> str:
    return f"_given {column.name}"


def _lost(join: str) -> str:
    return f"_lost {join}"


def _drop(connection: "DuckDBPyConnection", table: str, column: str) -> None:
    connection.execute(f"ALTER TABLE {name(table)} DROP COLUMN {name(column)}")


def _of_map(
    connection: "DuckDBPyConnection", table: str, column: ColumnPlan, values: Mapping[str, str]
) -> Iterator[Remark]:
    keys = [key for key in values if key not in ("*", "")]
    counted = _counted(connection, table, _given(column), keys)
    met = {value for value, *_ in counted}
    for key in keys:
        if key not in met:
            yield Remark(table, "", column.name, "key_unused", key, "", 0, None)
    other = values.get("*")
    if other != "=":
        rest = [found for found in counted if found[0] not in keys]
        kind: Kind = "to_null" if other is None else "rest"
        yield from _listed(table, column.name, kind, other or "", rest)


_Counted = tuple[str, int, int, int]  # a value, its kept rows, its first line, all rows of its sort


def _counted(
    connection: "DuckDBPyConnection", table: str, column: str, keys: Sequence[str]
) -> list[_Counted]:
    """The keys that some row has, and the most frequent of the other values."""
    known = f"value IN ({literals(keys)})" if keys else "false"
    # A text is cut once for all rows that have it.
    whole = (
        f"SELECT {name(column)} AS text, count(*) FILTER (WHERE len(_faults) = 0) AS rows, "
        f"min(_line) AS line FROM {name(table)} WHERE {name(column)} IS NOT NULL GROUP BY 1"
    )
    counted = (
        f"SELECT left(ltrim(text, {literal(TYPED)}), {_LONGEST}) AS value, "
        f"CAST(sum(rows) AS BIGINT) AS rows, min(line) AS line FROM ({whole}) GROUP BY 1"
    )
    return connection.execute(
        "SELECT value, rows, line, CAST(sum(rows) OVER (PARTITION BY known) AS BIGINT) "
        f"FROM (SELECT *, {known} AS known FROM ({counted})) "
        f"ORDER BY known DESC, rows DESC, value LIMIT {len(keys) + MOST_VALUES}"
    ).fetchall()


def _listed(
    table: str, column: str, kind: Kind, other: str, found: Sequence[_Counted]
) -> Iterator[Remark]:
    """A remark for each value, and one for all that are not among the most frequent."""
    shown = [one for one in found if one[1]][:MOST_VALUES]
    for value, rows, line, _ in shown:
        yield Remark(table, "", column, kind, value, other, rows, line)
    rest = found[0][3] - sum(one[1] for one in shown) if shown else 0
    if rest:
        yield Remark(table, "", column, kind, None, other, rest, None)


def _doubled(connection: "DuckDBPyConnection", table: str, column: TypedColumn) -> Iterator[Remark]:
    at = name(column.name)
    ((rows, line, value),) = connection.execute(
        f"SELECT count(*), min(_line), CAST(arg_min({at}, _line) AS VARCHAR) "
        f"FROM {name(table)} WHERE {name(column.doubled_name)} AND len(_faults) = 0"
    ).fetchall()
    if rows:
        yield Remark(table, "", column.name, "doubled_hour", value, "", rows, line)
