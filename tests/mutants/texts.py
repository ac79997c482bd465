"""The slips that a hand makes in one SQL expression, each by itself."""

from collections.abc import Iterator

import sqlglot
from sqlglot import exp

_PREDICATES = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In, exp.Like)
_EDGES: dict[type, type] = {exp.GT: exp.GTE, exp.GTE: exp.GT, exp.LT: exp.LTE, exp.LTE: exp.LT}

Slip = tuple[str, str]


def slips(text: str, *, holds: bool = False) -> Iterator[Slip]:
    """What is slipped in, and the expression that it leaves: each condition is inverted, and left
    out, each bound is taken on its other side, each second choice is lost. An expression that
    `holds` or not is a condition itself, though it be one column.
    """
    tree = sqlglot.parse_one(text, dialect="duckdb")
    for place, node in enumerate(tree.walk()):
        said = node.sql("duckdb")
        if _is_condition(node) or (node is tree and isinstance(node, exp.Column) and holds):
            yield f"not: {said}", _with(tree, place, exp.Not(this=exp.paren(node.copy())))
            if isinstance(node.parent, exp.And) or node is tree:
                yield f"without: {said}", _with(tree, place, exp.true())
        if type(node) in _EDGES:
            other = _EDGES[type(node)](this=node.this.copy(), expression=node.expression.copy())
            yield f"edge: {other.sql('duckdb')}", _with(tree, place, other)
        if isinstance(node, exp.Coalesce):
            yield f"first only: {said}", _with(tree, place, node.this.copy())


def _is_condition(node: exp.Expr) -> bool:
    """A comparison, or a column that is one by itself."""
    if isinstance(node, _PREDICATES):
        return True
    return isinstance(node, exp.Column) and isinstance(node.parent, exp.And | exp.Or | exp.Not)


def _with(tree: exp.Expr, place: int, new: exp.Expr) -> str:
    """The text of a tree with its node of one place, in the order of walk(), exchanged."""
    copy = tree.copy()
    node = next(node for i, node in enumerate(copy.walk()) if i == place)
    if node is copy:
        return new.sql("duckdb")
    node.replace(new)
    return copy.sql("duckdb")
