"""One scalar expression over source columns, parsed and checked:
`sql = "coalesce(close_value, products.sales_price)"`.

Source columns are text, as the file has them; `number(column)` reads one in the column's declared
number format. Only the nodes and functions below pass, so that an expression cannot read a file,
another table or the machine.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi_toolkit.errors import ConfigError, first_line, near_misses

if TYPE_CHECKING:
    from sqlglot.expressions import Expr as Node

_NODES = frozenset(
    [
        "Column",
        "Identifier",
        "Literal",
        "Boolean",
        "Null",
        "Paren",
        "Neg",
        "Add",
        "Sub",
        "Mul",
        "Div",
        "Mod",
        "DPipe",
        "And",
        "Or",
        "Not",
        "EQ",
        "NEQ",
        "GT",
        "GTE",
        "LT",
        "LTE",
        "Is",
        "In",
        "Between",
        "Like",
        "ILike",
        "Case",
        "If",
    ]
)
_FUNCTIONS = {
    "Coalesce": "coalesce",
    "Nullif": "nullif",
    "Upper": "upper",
    "Lower": "lower",
    "Trim": "trim",
    "Left": "left",
    "Right": "right",
    "Substring": "substring",
    "Replace": "replace",
    "Length": "length",
    "Concat": "concat",
    "SplitPart": "split_part",
    "StartsWith": "starts_with",
    "EndsWith": "ends_with",
    "Abs": "abs",
    "Round": "round",
    "Greatest": "greatest",
    "Least": "least",
}
_NUMBER = "number"


@dataclass(frozen=True, order=True)
class Ref:
    """A source column: of the table's own file, or of a joined one."""

    join: str
    column: str

    def __str__(self) -> str:
        return f"{self.join}.{self.column}" if self.join else self.column


@dataclass(frozen=True)
class Expression:
    """A checked expression; in `sql`, a source column stands under the name that `alias` gives."""

    sql: str
    columns: tuple[Ref, ...]
    numbers: tuple[Ref, ...]


def alias(ref: Ref, reader: str = "", number: bool = False) -> str:
    """The name under which the column `reader` knows a source column, or its value as a number.

    Names in the engine do not differ by capitals, those of a header may: it is spelled in digits.
    """
    return f"{_NUMBER if number else 'text'} {reader} {str(ref).encode().hex()}"


def reference(text: str, joins: Collection[str]) -> Ref:
    """`join.column` where a join has that name, else a column of the table's own file."""
    owner, dot, column = text.partition(".")
    return Ref(owner, column) if dot and owner in joins else Ref("", text)


def parse(text: str, joins: Collection[str], reader: str) -> Expression:
    """The expression of the column `reader`. Raises ConfigError for anything but an allowed one."""
    tree = _tree(text)
    columns: dict[Ref, None] = {}
    numbers: dict[Ref, None] = {}

    def aliased(node: "Node") -> "Node":
        if _is_number(node):
            ref = _ref(node.expressions[0], joins)
            numbers[ref] = None
            return _quoted(alias(ref, reader, number=True))
        if type(node).__name__ == "Column":
            ref = _ref(node, joins)
            columns[ref] = None
            return _quoted(alias(ref, reader))
        _check(node)
        return node

    sql = tree.transform(aliased).sql(dialect="duckdb", comments=False)
    return Expression(sql, tuple(columns | numbers), tuple(numbers))


def _tree(text: str) -> "Node":
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        semicolon = any(token.token_type.name == "SEMICOLON" for token in sqlglot.tokenize(text))
        found = [] if semicolon else sqlglot.parse(text, dialect="duckdb")
    except SqlglotError as error:
        raise ConfigError(f"it cannot be read: {first_line(error)}") from None
    if len(found) != 1 or found[0] is None:
        raise ConfigError("expected one expression, without a semicolon")
    return found[0]


def _is_number(node: "Node") -> bool:
    if _function_name(node) != _NUMBER:
        return False
    arguments = node.expressions
    if len(arguments) != 1 or type(arguments[0]).__name__ != "Column":
        raise ConfigError("number() takes one source column")
    return True


def _function_name(node: "Node") -> str:
    return str(node.this).lower() if type(node).__name__ == "Anonymous" else ""


def _ref(node: "Node", joins: Collection[str]) -> Ref:
    parts = [part.name for part in node.parts]  # type: ignore[attr-defined]
    if type(node.this).__name__ == "Star":
        raise ConfigError("* is not a source column")
    if len(parts) == 1:
        return Ref("", parts[0])
    if len(parts) == 2 and parts[0] in joins:
        return Ref(parts[0], parts[1])
    raise ConfigError(f"{'.'.join(parts)}: {near_misses(parts[0], joins)}")


def _quoted(text: str) -> "Node":
    from sqlglot import exp

    return exp.column(exp.to_identifier(text, quoted=True))


def _check(node: "Node") -> None:
    from sqlglot import exp

    kind = type(node).__name__
    if kind in _NODES or kind in _FUNCTIONS:
        if any(node.args.get(extra) for extra in ("query", "unnest", "order", "distinct")):
            raise ConfigError(f"{kind.lower()} over a query is not allowed")
        return
    if isinstance(node, exp.Func):
        named = _function_name(node) or node.sql_name().lower()
        raise ConfigError(
            f"function {named!r}: {near_misses(named, [*_FUNCTIONS.values(), _NUMBER])}"
        )
    raise ConfigError(
        f"{kind.lower()} is not allowed: expected one scalar expression over source columns"
    )
