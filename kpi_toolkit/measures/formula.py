"""Arithmetic over measures, exact until the last division."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from kpi_toolkit.errors import DefinitionError

if TYPE_CHECKING:
    from kpi_toolkit.measures.fact import Measure

Exact = int | Fraction | None


class Node:
    """Arithmetic over measures; what a KPI function returns."""

    def __add__(self, other: Node | int) -> Operation:
        return Operation("+", self, node(other))

    def __sub__(self, other: Node | int) -> Operation:
        return Operation("-", self, node(other))

    def __rsub__(self, other: int) -> Operation:
        return Operation("-", node(other), self)

    def __mul__(self, other: Node | int) -> Operation:
        return Operation("*", self, node(other))

    __rmul__ = __mul__

    def __truediv__(self, other: Node | int) -> Operation:
        return Operation("/", self, node(other))

    def measures(self) -> Iterator[Measure]:
        """The measures that it reads."""
        raise NotImplementedError

    def value(self, get: Callable[[Measure], Exact]) -> Exact:
        """The exact number; None where there is no data."""
        raise NotImplementedError

    def structure(self) -> object:
        """Plain lists that two equal definitions share."""
        raise NotImplementedError


@dataclass(frozen=True)
class Constant(Node):
    """A whole number in a formula."""

    number: int

    def measures(self) -> Iterator[Measure]:
        """None."""
        return iter(())

    def value(self, get: Callable[[Measure], Exact]) -> Exact:
        """The number."""
        return self.number

    def structure(self) -> object:
        """The number."""
        return self.number


@dataclass(frozen=True)
class Operation(Node):
    """One of + - * / over two nodes; a division by nothing is no data."""

    sign: Literal["+", "-", "*", "/"]
    left: Node
    right: Node

    def measures(self) -> Iterator[Measure]:
        """Those of both sides."""
        yield from self.left.measures()
        yield from self.right.measures()

    def value(self, get: Callable[[Measure], Exact]) -> Exact:
        """Exact, so that the one division is the last step."""
        left, right = self.left.value(get), self.right.value(get)
        if left is None or right is None or (self.sign == "/" and not right):
            return None
        return _OPERATORS[self.sign](Fraction(left), Fraction(right))

    def structure(self) -> object:
        """[sign, left, right]."""
        return [self.sign, self.left.structure(), self.right.structure()]


_OPERATORS: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def node(value: Node | int) -> Node:
    """A node as it is, a whole number as a constant."""
    if isinstance(value, Node):
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        raise DefinitionError(
            f"{value!r} in a KPI's formula: expected measures, KPIs and whole numbers"
        )
    return Constant(value)
