"""Several KPIs, each by the dimension that tells most."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_toolkit import blocks
from kpi_toolkit.blocks import Block
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.report import members
from kpi_toolkit.report.overview import best_dimensions
from kpi_toolkit.report.ranking import ranking
from kpi_toolkit.report.session import Session, sentence
from kpi_toolkit.report.variance import variance


def breakdowns(session: Session, bounds: Sequence[Bound], n: int) -> Block:
    """Each KPI beside an earlier period, or how its members stand where there is none."""
    known = [bound for bound in bounds if not session.refusal(bound)]
    found = best_dimensions(session, known)
    if not found:
        words = session.words
        return sentence(
            words.t(
                "Nothing to break down by: no dimension has two members {when}.",
                when=words.during(session.period),
            )
        )
    return blocks.stack(*(_one(session, bound, by, n) for bound, by in found.items()))


def _one(session: Session, bound: Bound, by: str, n: int) -> Block:
    if members.base(session, bound):
        return variance(session, bound, by, n)
    return ranking(session, bound, by, n)
