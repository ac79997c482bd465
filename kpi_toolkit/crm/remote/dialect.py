"""DuckDB's SQL, which measures are written in, as PostgreSQL's, with the same results.

Only what is known to mean the same in both passes. sqlglot writes the rest of it: divisions in
floating point, medians as percentiles, NULLs last.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import sqlglot
from sqlglot import exp

from kpi_toolkit.errors import DataError, first_line

_CLAUSES = """
Select From Where Group GroupingSets Having Order Ordered Limit Offset Distinct Union Subquery With
CTE Join Values Table TableAlias Alias Star Column Identifier Literal Boolean Null Paren Tuple
Parameter Placeholder Var Filter Window WindowSpec DataType DataTypeParam Interval
"""
_OPERATORS = """
And Or Not EQ NEQ NullSafeEQ NullSafeNEQ GT GTE LT LTE Is In Between Like Case If Cast Add Sub Mul
Div Mod Neg DPipe
"""
# Not upper, lower and ilike: what a capital is depends on the server's locale, as the order does,
# so that texts stand there by their bytes. Not round: PostgreSQL rounds no floating-point number.
_FUNCTIONS = """
Count Sum Min Max Median PercentileCont ArrayAgg Bracket Slice Grouping RowNumber Lead Lag
FirstValue LastValue Coalesce Nullif Least Greatest Abs Ln Exp Sqrt Floor Extract Left Right Length
Replace SplitPart StartsWith
"""
_ANONYMOUS = frozenset(("epoch_us", "timezone"))
_PARTS = frozenset(("year", "quarter", "month", "day", "hour", "minute", "dow", "isodow"))
_KNOWN = frozenset(f"{_CLAUSES} {_OPERATORS} {_FUNCTIONS}".split())


def unknown(tree: exp.Expr) -> Iterator[str]:
    """The names of what PostgreSQL lacks, or gives another result for."""
    for node in tree.walk():
        if isinstance(node, exp.Anonymous):
            if node.name.lower() not in _ANONYMOUS:
                yield f"{node.name.lower()}()"
        elif type(node).__name__ not in _KNOWN:
            called = node.sql_name() if isinstance(node, exp.Func) else node.key
            yield f"{called.lower()}()" if isinstance(node, exp.Func) else called
        elif isinstance(node, exp.Extract) and node.name.lower() not in _PARTS:
            yield f"extract({node.name.lower()})"
        elif isinstance(node, exp.Like) and not _is_plain(node.expression):
            yield "like with a backslash"


@lru_cache(maxsize=1024)
def parsed(sql: str) -> exp.Expr:
    """One SELECT in DuckDB's dialect. Raises DataError."""
    try:
        found = sqlglot.parse(sql, dialect="duckdb")
    except sqlglot.errors.SqlglotError as error:
        raise DataError(f"a query in place cannot be read: {first_line(error)}") from None
    if len(found) != 1 or not isinstance(found[0], exp.Query):
        raise DataError("a query in place: expected one SELECT")
    return found[0]


def tables(sql: str) -> frozenset[str]:
    """The tables that a SELECT reads."""
    tree = parsed(sql)
    named = {cte.alias for cte in tree.find_all(exp.CTE)}
    return frozenset(table.name for table in tree.find_all(exp.Table)) - named


def postgresql(
    sql: str,
    parameters: Sequence[object] = (),
    columns: Mapping[str, Iterable[str]] = MappingProxyType({}),
) -> str:
    """The same SELECT in PostgreSQL's dialect, with its parameters as literals; `columns` of the
    tables, for a table.* EXCLUDE (...), which PostgreSQL lacks.
    """
    tree = parsed(sql).copy()
    refused = list(dict.fromkeys(unknown(tree)))
    if refused:
        raise DataError(
            f"a query in place: {', '.join(refused)}: a copy has it, PostgreSQL has not"
        )
    for select in tree.find_all(exp.Select):
        shown = [each for found in select.expressions for each in _listed(found, columns)]
        select.set("expressions", shown)
        _name_groups(select)
    return expression(tree.transform(_with(parameters)))


def expression(tree: exp.Expr) -> str:
    """PostgreSQL's text of a tree."""
    return str(tree.transform(_translated).sql("postgres", identify=True))


def _is_plain(pattern: exp.Expr) -> bool:
    """PostgreSQL escapes with a backslash, DuckDB with nothing."""
    return isinstance(pattern, exp.Literal) and "\\" not in pattern.name


def _with(parameters: Sequence[object]) -> Any:
    rest = iter(parameters)

    def filled(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Placeholder | exp.Parameter):
            return node
        try:
            place = str(node.this or "")
            return exp.convert(parameters[int(place) - 1] if place.isdigit() else next(rest))
        except (StopIteration, IndexError):
            raise DataError("a query in place: it has more parameters than values") from None

    return filled


def _listed(shown: exp.Expr, columns: Mapping[str, Iterable[str]]) -> list[exp.Expr]:
    """The columns of table.* EXCLUDE (...); anything else as it is."""
    star = shown.this if isinstance(shown, exp.Column) else None
    if not isinstance(star, exp.Star) or not star.args.get("except_"):
        return [shown]
    hidden = {column.name for column in star.args["except_"]}
    table = shown.args["table"].name
    return [exp.column(c, table=table, quoted=True) for c in columns[table] if c not in hidden]


def _name_groups(select: exp.Select) -> None:
    """GROUP BY ALL is by the places of what is no aggregate."""
    group = select.args.get("group")
    if group is not None and group.args.get("all"):
        places = [
            exp.Literal.number(place)
            for place, shown in enumerate(select.expressions, start=1)
            if not shown.find(exp.AggFunc)
        ]
        select.set("group", exp.Group(expressions=places))


def _translated(node: exp.Expr) -> exp.Expr:
    """One node; what stands in a new one is translated here, since no transform looks into it."""
    if isinstance(node, exp.Anonymous) and node.name.lower() == "epoch_us":
        instant = node.expressions[0].transform(_translated)
        seconds = exp.Extract(this=exp.var("EPOCH"), expression=instant)
        return exp.cast(exp.Mul(this=seconds, expression=exp.Literal.number(1_000_000)), "BIGINT")
    if isinstance(node, exp.Cast) and node.to.is_type("DECIMAL") and not node.this.is_type("TEXT"):
        # Straight from a floating-point number, PostgreSQL takes only fifteen digits of it.
        return exp.cast(exp.cast(node.this.transform(_translated), "TEXT"), node.to)
    return node
