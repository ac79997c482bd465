"""Of how many records the data tell what a KPI needs: a margin is that of the lines whose cost is
known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from kpi_toolkit.format import Format
from kpi_toolkit.measures.fact import Measure

if TYPE_CHECKING:
    from kpi_toolkit.measures.aggregates import Cell
    from kpi_toolkit.measures.definition import Bound


@dataclass(frozen=True)
class Known:
    """What has to be known of a record: a condition of the KPI's denominator, and what readers are
    told of the records that meet it, with {share}, in English.
    """

    where: str
    text: str


@dataclass(frozen=True)
class Covered:
    """The share of the records of which that is known."""

    share: float
    text: str

    def said(self, words: Format) -> str:
        """ "cost known of 82.0% of the lines"."""
        return words.t(self.text, share=words.percent(self.share))


@lru_cache(maxsize=1024)
def every(bound: Bound) -> Measure | None:
    """The records of a KPI, whatever is known of them; None of a KPI that says nothing of that."""
    known, (_, bottom) = bound.kpi.known, bound.parts
    if known is None or not isinstance(bottom, Measure):
        return None
    where = tuple(text for text in bottom.where if text != known.where)
    return replace(bottom, aggregate="count", where=where)


def covered(bound: Bound, cell: Callable[[Measure], Cell]) -> Covered | None:
    """The part of them that counts; None where all do, or none is there."""
    known, whole, (_, bottom) = bound.kpi.known, every(bound), bound.parts
    if known is None or whole is None or not isinstance(bottom, Measure):
        return None
    n, of = cell(bottom).n, cell(whole).n
    return Covered(n / of, known.text) if n < of else None
