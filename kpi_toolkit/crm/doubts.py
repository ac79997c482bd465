"""Rows that cast and yet are doubtful: found in the finished tables, whatever they were read from.

One query a table counts every doubt; only what is found is looked at again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi_toolkit.crm.quoting import literal, name
from kpi_toolkit.crm.remarks import Kind, Remark
from kpi_toolkit.crm.tables import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Types = Mapping[str, Mapping[str, str]]

# What comes second, and what it follows.
_ORDER = {
    "accounts": (("churned_at", "became_customer_at"), ("onboarded_at", "onboarding_started_at")),
    "contacts": (("updated_at", "created_at"),),
    "list_members": (("unsubscribed_at", "subscribed_at"),),
    "leads": (("qualified_at", "created_at"), ("became_customer_at", "created_at")),
    "deals": (("closed_at", "created_at"),),
    "activities": (("done_at", "created_at"),),
    "users": (("active_to", "active_from"),),
    "subscriptions": (("ended_at", "started_at"),),
    "tickets": (("resolved_at", "created_at"), ("first_response_at", "created_at")),
    "market": (("ends_on", "starts_on"),),
}
# Columns that refer to another table under a name that is not its id's.
_REFERENCES = {"owner": ("users", "user_id"), "agent": ("users", "user_id")}
_DECIDED = "status IN ('won', 'lost')"
# One row a group: equal rows are groups that the columns do not tell apart.
_AGGREGATES = frozenset(("user_days", "spend", "mailings", "web_days", "web_visits", "market"))
_FAR = ("1990-01-01", "2100-01-01")


@dataclass(frozen=True)
class _Doubt:
    """A condition on the rows of a table."""

    column: str
    kind: Kind
    where: str
    other: str = ""


def found(connection: "DuckDBPyConnection", types: Types, time_zone: str) -> list[Remark]:
    """The doubtful rows of some tables; `types` are the SQL types of their columns."""
    told: list[Remark] = []
    for table, columns in types.items():
        told += _doubted(connection, table, list(_doubts(table, columns, time_zone)))
        told += _orphans(connection, table, types)
        if table not in _AGGREGATES and not TABLES[table].id_of(columns):
            told += _doubles(connection, table, columns)
    return told


def _doubts(table: str, columns: Mapping[str, str], time_zone: str) -> Iterator[_Doubt]:
    declared = TABLES[table].columns
    for second, first in _ORDER.get(table, ()):
        if second in columns and first in columns:
            yield _Doubt(second, "disorder", _before(second, first, time_zone), other=first)
    if table == "deals" and "status" in columns:
        yield _Doubt("status", "unstated", "status IS NULL")
    if table == "deals" and {"status", "closed_at"} <= set(columns):
        yield _Doubt("closed_at", "undated", f"{_DECIDED} AND closed_at IS NULL")
        yield _Doubt("closed_at", "closed_early", "status = 'open' AND closed_at IS NOT NULL")
    for column in (declared[c] for c in columns if c in declared):
        if column.type in ("money", "whole"):
            yield _Doubt(column.name, "negative", f"{name(column.name)} < 0")
        if column.type in ("date", "instant"):
            at, (early, late) = name(column.name), _FAR
            yield _Doubt(
                column.name, "far_date", f"({at} < DATE '{early}' OR {at} >= DATE '{late}')"
            )


def _before(second: str, first: str, time_zone: str) -> str:
    """Whether `second` lies before `first`; a day without a time is not before its own hours."""
    zone = literal(time_zone)
    there, here = (f"timezone({zone}, timezone('UTC', {name(c)}))" for c in (second, first))
    earlier = f"CAST({there} AS DATE) < CAST({here} AS DATE)"
    timed = f"CAST({there} AS TIME) <> TIME '00:00'"
    return f"CASE WHEN {name(second)} < {name(first)} THEN {earlier} OR {timed} ELSE false END"


def _doubted(
    connection: "DuckDBPyConnection", table: str, doubts: list[_Doubt]
) -> Iterator[Remark]:
    if not doubts:
        return
    counts = ", ".join(f"count(*) FILTER ({doubt.where})" for doubt in doubts)
    (rows,) = connection.execute(f"SELECT {counts} FROM {name(table)}").fetchall()
    for doubt, count in zip(doubts, rows, strict=True):
        if count:
            value, line = _first(connection, table, doubt.column, doubt.where)
            yield Remark(table, "", doubt.column, doubt.kind, value, doubt.other, count, line)


def _first(
    connection: "DuckDBPyConnection", table: str, column: str, where: str
) -> tuple[str | None, int]:
    sql = f"SELECT CAST({name(column)} AS VARCHAR), _line FROM {name(table)} WHERE {where}"
    return connection.execute(f"{sql} ORDER BY _line LIMIT 1").fetchall()[0]


def _orphans(connection: "DuckDBPyConnection", table: str, types: Types) -> Iterator[Remark]:
    for column in types[table]:
        target = _target(table, column)
        if target is None or target[1] not in types.get(target[0], ()):
            continue
        ours, theirs = name(column), f"{name(target[0])}.{name(target[1])}"
        where = (
            f"{ours} IS NOT NULL AND {ours} NOT IN "
            f"(SELECT {theirs} FROM {name(target[0])} WHERE {theirs} IS NOT NULL)"
        )
        doubt = _Doubt(column, "orphan", where, other=".".join(target))
        yield from _doubted(connection, table, [doubt])


def _target(table: str, column: str) -> tuple[str, str] | None:
    """The table and the column that a column of ours refers to."""
    if column in _REFERENCES:
        return _REFERENCES[column]
    if column == "merged_into":
        return table, TABLES[table].key[0]
    if column not in TABLES[table].columns:
        return None
    owners = [t.name for t in TABLES.values() if t.name != table and _is_id(t.name, column)]
    return (owners[0], column) if owners else None


def _is_id(table: str, column: str) -> bool:
    """Whether a column alone tells the rows of a table apart, one that may be absent aside."""
    declared = TABLES[table]
    return [c for c in declared.key if declared.is_required(c)] == [column]


def _doubles(
    connection: "DuckDBPyConnection", table: str, columns: Mapping[str, str]
) -> Iterator[Remark]:
    by = ", ".join(map(name, columns))
    sql = (
        f"SELECT sum(n - 1), min(line) FROM (SELECT count(*) AS n, min(_line) AS line "
        f"FROM {name(table)} GROUP BY {by} HAVING n > 1)"
    )
    ((rows, line),) = connection.execute(sql).fetchall()
    if rows:
        yield Remark(table, "", "", "double_row", None, "", int(rows), line)
