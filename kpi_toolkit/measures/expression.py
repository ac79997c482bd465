"""SQL row expressions: parsed once when a KPI is defined, rendered with the bounds of a period when
it is computed.

The dialect is DuckDB's, with four functions of ours: days(a, b), hours(a, b), business_hours(a, b)
and local_day(instant), and four parameters: :start and :end of the period, :since (twelve months
before :end) and :as_of (the moment of knowledge).
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import cast

import sqlglot
from sqlglot import exp

from kpi_toolkit.crm import business_days
from kpi_toolkit.errors import DefinitionError, first_line, near_misses

PARAMETERS = ("start", "end", "since", "as_of")
DAY = 86_400_000_000
HOUR = 3_600_000_000
_LENGTHS = {"days": DAY, "hours": HOUR, "business_hours": HOUR}
_ARGUMENTS = {"days": 2, "hours": 2, "business_hours": 2, "local_day": 1}
# The whole microseconds that an instant stands for; the difference of two is the time between them.
_CLOCKS = {"business_hours": business_days.FUNCTION}
# Clocks are changed by whole quarters of an hour.
_QUARTER = HOUR // 4
# Stands around a parameter's name in rendered SQL; no expression may hold it.
_MARK = "\0"


@lru_cache(maxsize=4096)
def parse(text: str) -> exp.Expr:
    """The tree of one scalar expression. Raises DefinitionError when it is not one."""
    if _MARK in text:
        raise DefinitionError(f"expression {text!r}: it holds a NUL character")
    try:
        trees = sqlglot.parse(text, dialect="duckdb")
    except sqlglot.errors.SqlglotError as error:
        raise DefinitionError(
            f"expression {text!r}: it cannot be read as SQL ({first_line(error)})"
        ) from None
    tree = cast(exp.Expr, trees[0])
    if (
        len(trees) != 1
        or tree is None
        or tree.find(exp.Query, exp.DDL, exp.DML, exp.Command, exp.Star)
    ):
        raise DefinitionError(
            f"expression {text!r}: expected one expression over the columns of a row, without a "
            f"subquery"
        )
    for name in _parameters(tree):
        if name not in PARAMETERS:
            raise DefinitionError(
                f"expression {text!r}: parameter :{name} is not known; "
                f"{near_misses(name, PARAMETERS)}"
            )
    for call in tree.find_all(exp.Func):
        wanted = _ARGUMENTS.get(_name(call), len(call.expressions))
        if len(call.expressions) != wanted:
            raise DefinitionError(f"expression {text!r}: {_name(call)} takes {wanted} arguments")
    return tree


@lru_cache(maxsize=4096)
def columns(text: str) -> tuple[tuple[str, str], ...]:
    """The (qualifier, column) pairs that an expression reads; the qualifier is '' for a column of
    the fact itself.
    """
    return tuple(dict.fromkeys((c.table, c.name) for c in parse(text).find_all(exp.Column)))


@lru_cache(maxsize=4096)
def parameters(text: str) -> frozenset[str]:
    """The names of the :parameters in an expression."""
    return _parameters(parse(text))


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[tuple[str, str, str], ...]:
    """The (qualifier, column, word) of each comparison of a column with a word: channel = 'email',
    status in ('won', 'lost').
    """
    found: dict[tuple[str, str, str], None] = {}
    for node in parse(text).find_all(exp.EQ, exp.In):
        column = node.this
        others = node.expressions if isinstance(node, exp.In) else [node.expression]
        compared = [other.this for other in others if other.is_string]
        if isinstance(column, exp.Column):
            found |= dict.fromkeys((column.table, column.name, word) for word in compared)
    return tuple(found)


@lru_cache(maxsize=4096)
def conjuncts(text: str) -> tuple[str, ...]:
    """The conditions that all hold where this one does: the parts between its outermost ANDs."""
    tree = parse(text).unnest()
    parts = tree.flatten() if isinstance(tree, exp.And) else [tree]
    return tuple(part.sql("duckdb") for part in parts)


@lru_cache(maxsize=4096)
def compared(text: str) -> Mapping[str, frozenset[str]] | None:
    """The columns of a condition with the parameters that it compares each with, as `c < :end` or
    `c >= :start`; None where it asks anything else of a column than that and whether it is null.
    """
    found: dict[str, frozenset[str]] = {}
    for column in parse(text).find_all(exp.Column):
        asked = column.parent
        known = found.setdefault(column.name, frozenset())
        if isinstance(asked, exp.LT | exp.GTE) and isinstance(asked.right, exp.Placeholder):
            found[column.name] = known | {asked.right.name}
        elif column.table or not isinstance(asked, exp.Is):
            return None
    return found


def looks_around(text: str) -> bool:
    """Whether an expression reads other rows than its own: it holds a window function."""
    return parse(text).find(exp.Window) is not None


def sorts_rows(text: str) -> bool:
    """Whether it has other rows sorted or parted for that, which is dear: one value of all rows,
    `min(day) over ()`, is one more pass.
    """
    windows = parse(text).find_all(exp.Window)
    return any(window.args.get("order") or window.args.get("partition_by") for window in windows)


def normal(text: str) -> str:
    """The text in one spelling, so that a definition's hash does not depend on spaces or case of
    keywords.
    """
    return parse(text).sql("duckdb", identify=True)


def with_number(text: str, column: str, number: int) -> str:
    """An expression with a number in place of a column, in brackets."""
    value = exp.Literal.number(number)
    found = parse(text).transform(
        lambda part: value if isinstance(part, exp.Column) and part.name == column else part
    )
    return f"({found.sql('duckdb')})"


def length_of(text: str) -> int | None:
    """Microseconds in the unit of an expression that is one duration: days(a, b), hours(a, b) or
    business_hours(a, b); None for any other.
    """
    tree = parse(text)
    return _LENGTHS.get(_name(tree)) if isinstance(tree, exp.Func) else None


@lru_cache(maxsize=4096)
def duration(text: str, time_zone: str = "UTC") -> str:
    """A duration's text as whole microseconds, so that sums and medians are exact."""
    tree = parse(text)
    return _filled(_between(_name(tree), time_zone), tree).sql("duckdb")


def render(
    text: str,
    bounds: Mapping[str, str],
    *,
    time_zone: str = "UTC",
    column: Callable[[exp.Column], exp.Expr] | None = None,
) -> str:
    """DuckDB SQL of an expression: quoted names, our functions expanded, :parameters replaced by
    SQL texts of `bounds`.
    """
    template = (
        _template(text, time_zone) if column is None else _written(tree(text, time_zone, column))
    )
    parts = template.split(_MARK)
    return "".join(bounds[part] if i % 2 else part for i, part in enumerate(parts))


@lru_cache(maxsize=4096)
def _template(text: str, time_zone: str) -> str:
    """What an expression is in every period: thirteen periods differ in their bounds only."""
    return _written(tree(text, time_zone))


def tree(
    text: str, time_zone: str, column: Callable[[exp.Column], exp.Expr] | None = None
) -> exp.Expr:
    """The tree of an expression with our functions expanded, each parameter's name between marks,
    and each column as `column` has it.
    """

    def replaced(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Placeholder):
            return exp.var(f"{_MARK}{node.name}{_MARK}")
        if isinstance(node, exp.Column) and column:
            return column(node)
        if isinstance(node, exp.Func) and _name(node) in _ARGUMENTS:
            return _expanded(node, time_zone)
        return node

    found = parse(text).copy()
    # Leaves first, so that the arguments of our functions are rendered before the functions are.
    for node in sorted(found.walk(), key=lambda n: -n.depth):
        new = replaced(node)
        if new is not node:
            if node is found:
                found = new
            else:
                node.replace(new)
    return found


def _written(found: exp.Expr) -> str:
    return str(found.sql("duckdb", identify=True))


def name(identifier: str) -> str:
    """A quoted identifier: the only way a name reaches SQL."""
    if "\0" in identifier:
        raise DefinitionError(f"name {identifier!r}: it holds a NUL character")
    return '"' + identifier.replace('"', '""') + '"'


def text_of(dimension: str) -> str:
    """The member of a dimension that a row belongs to, as text: true and false are members too."""
    return f"CAST({name(dimension)} AS VARCHAR)"


def literal(text: str) -> str:
    """A quoted string: the only way a text reaches SQL."""
    return "'" + text.replace("'", "''") + "'"


def _parameters(tree: exp.Expr) -> frozenset[str]:
    return frozenset(p.name for p in tree.find_all(exp.Placeholder))


def _name(node: exp.Expr) -> str:
    return node.name.lower() if isinstance(node, exp.Anonymous) else node.key


def _expanded(node: exp.Expr, time_zone: str) -> exp.Expr:
    called = _name(node)
    if called == "local_day":
        return _filled(f"CAST({_local('a', time_zone)} AS DATE)", node)
    return _filled(f"({_between(called, time_zone)} / {_LENGTHS[called]}.0)", node)


def _filled(template: str, call: exp.Expr) -> exp.Expr:
    """A template over a and b with a call's arguments in their place."""
    arguments = dict(zip("ab", call.expressions, strict=False))
    return sqlglot.parse_one(template, dialect="duckdb").transform(
        lambda part: arguments[part.name] if isinstance(part, exp.Column) else part
    )


def _between(called: str, time_zone: str) -> str:
    """The microseconds from a to b. Days from one local day to another, which stand there by their
    first instants, are whole: over a change of the clock they would be an hour less or more.
    """
    clock = _CLOCKS.get(called, "epoch_us")
    elapsed = f"({clock}(b) - {clock}(a))"
    if called != "days" or time_zone == "UTC":
        return elapsed
    # Zones of time are dear: only what may lie over a change of the clock is looked up in them.
    return (
        f"(CASE WHEN {elapsed} % {DAY} = 0 OR {elapsed} % {_QUARTER} <> 0 THEN {elapsed} "
        f"WHEN {_begins_day('a', time_zone)} AND {_begins_day('b', time_zone)} "
        f"THEN {DAY} * CAST({elapsed} / {DAY}.0 AS BIGINT) ELSE {elapsed} END)"
    )


def _begins_day(instant: str, time_zone: str) -> str:
    """Whether it is midnight or, on a day that begins by a change of the clock, the first instant;
    in this order, since the second takes twice as long.
    """
    local = _local(instant, time_zone)
    day = f"timezone({literal(time_zone)}, CAST(CAST({local} AS DATE) AS TIMESTAMP))"
    return f"(epoch_us({local}) % {DAY} = 0 OR {instant} = timezone('UTC', {day}))"


def _local(instant: str, time_zone: str) -> str:
    return f"timezone({literal(time_zone)}, timezone('UTC', {instant}))"
