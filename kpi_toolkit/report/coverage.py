"""Over which days the records run, and whether the report's period lies among them."""

from __future__ import annotations

from collections.abc import Iterable

from kpi_toolkit import blocks
from kpi_toolkit.blocks import Block
from kpi_toolkit.insight.audit import coverage as insight
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.report.session import Session, sentence


def coverage(session: Session, bounds: Iterable[Bound]) -> Block:
    """The days between which the records of some KPIs lie; where they do not fill the period, one
    that they do.
    """
    words, bounds = session.words, list(bounds)
    if not bounds:
        lacking = "The data allow no KPI yet: the page about the data says what is missing."
        return sentence(words.t(lacking))
    found = insight.coverage(session.crm, bounds, session.as_of)
    lie, beyond = insight.sentences(words, found, session.period, session.as_of)
    if not beyond:
        return sentence(lie)
    return blocks.text(blocks.paragraph((f"{lie} ", False), (beyond, True)))
