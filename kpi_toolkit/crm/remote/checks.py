"""The rows of a table in place that a copy would have set aside. There they would be counted, so
one of them is enough to refuse the table: no number is better than a wrong one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from kpi_toolkit.crm.quoting import literal, literals
from kpi_toolkit.crm.remote.canonical import Canonical
from kpi_toolkit.crm.remote.session import Session
from kpi_toolkit.crm.table_read import TableRead
from kpi_toolkit.errors import DataError

_WHAT_TO_DO = 'mend them there, leave them out by a query, or use mode = "copy", which names them'


@dataclass(frozen=True)
class Check:
    """A condition on a row that a copy would not have kept, and what to say of such rows."""

    condition: str
    sentence: str


def read(session: Session, table: Canonical, currency: str) -> TableRead:
    """The rows of a table, all of them good. Raises DataError for one that is not."""
    found = list(_checks(session, table, currency))
    shown = "".join(f", {join.lost} AS _lost_{n}" for n, join in enumerate(table.joins))
    counts = [f"count(*) FILTER (WHERE {check.condition})" for check in found]
    counts += [f"count(*) FILTER (WHERE _lost_{n})" for n, _ in enumerate(table.joins)]
    sql = (
        f"SELECT {', '.join(['count(*)', *counts])} "
        f"FROM (SELECT {table.shown}{shown} FROM {table.rows}) AS t"
    )
    (rows, *numbers), *_ = session.rows(sql, table.label)
    for check, number in zip(found, numbers, strict=False):
        if number:
            raise DataError(f"{table.label}: {number} rows {check.sentence}; {_WHAT_TO_DO}")
    if not rows and not table.plan.may_be_empty:
        raise DataError(f"{table.label}: it has no row (may_be_empty = true allows that)")
    _refuse_doubles(session, table)
    names = [join.name for join in table.joins]
    unmatched = dict(zip(names, numbers[len(found) :], strict=True))
    counted = _count(session, table) if table.where else rows
    left_out = counted - rows
    return TableRead(
        table.plan.table.name, table.label, counted, rows, 0, unmatched, left_out=left_out
    )


def _count(session: Session, table: Canonical) -> int:
    """The rows of a table with those that its condition leaves out."""
    return int(session.rows(f"SELECT count(*) FROM {table.relations}", table.label)[0][0])


def _checks(session: Session, table: Canonical, currency: str) -> Iterator[Check]:
    key = (table.plan.key,) if table.plan.key else ()
    for column in table.columns:
        own, name = session.column(column.name), column.name
        if name in key or table.plan.table.is_required(name):
            yield Check(f"{own} IS NULL", f"have no {name}")
        if column.allowed:
            allowed = ", ".join(column.allowed)
            sentence = f"have a {name} that is not one of {allowed}"
            yield Check(f"{own} NOT IN ({literals(column.allowed)})", sentence)
        if column.form.kind in ("date", "instant"):
            yield Check(f"NOT isfinite({own})", f"have a {name} that is no time")
        if column.form.kind == "money":
            yield Check(f"{own} = 'NaN'", f"have a {name} that is no number")
        if column.form.kind == "number":
            none = "'NaN', 'Infinity', '-Infinity'"
            yield Check(f"{own} IN ({none})", f"have a {name} that is no number")
        if name == "currency" and table.plan.table.money:
            sentence = f"are in another currency than {currency}, and only a copy converts"
            yield Check(f"{own} <> {literal(currency)}", sentence)


def _refuse_doubles(session: Session, table: Canonical) -> None:
    """Rows that a join would multiply."""
    names = [column.name for column in table.columns]
    key = (table.plan.key,) if table.plan.key in names else table.plan.table.id_of(names)
    if key:
        _refuse_double(session, table.label, table.select, tuple(map(session.column, key)), key)
    for join in table.joins:
        _refuse_double(session, join.label, join.select, join.keys, ("key",))


def _refuse_double(
    session: Session, label: str, select: str, by: tuple[str, ...], shown: tuple[str, ...]
) -> None:
    keys = ", ".join(by)
    sql = (
        f"SELECT {keys}, count(*) FROM ({select}) AS t WHERE {by[0]} IS NOT NULL "
        f"GROUP BY {keys} HAVING count(*) > 1 ORDER BY {keys} LIMIT 1"
    )
    for *values, number in session.rows(sql, label):
        raise DataError(
            f"{label}: {' and '.join(shown)} {' '.join(map(repr, values))} stands {number} times; "
            f"{_WHAT_TO_DO}"
        )
