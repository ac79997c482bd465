"""Rows of another fact, counted for each row of a fact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi_toolkit.measures import expression

if TYPE_CHECKING:
    from kpi_toolkit.measures.fact import Fact


@dataclass(frozen=True, eq=False)
class Counted:
    """The rows of another fact that meet `where`, counted for each value of `on`: a column that
    both facts have. Expressions see the number as a column `n` of its name, null where there is no
    row.
    """

    fact: Fact
    on: str
    where: str

    def __post_init__(self) -> None:
        for text in self.texts:
            self.fact.check(text)

    @property
    def texts(self) -> tuple[str, str]:
        """Every expression it holds."""
        return expression.name(self.on), self.where
