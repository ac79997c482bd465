"""The KPI dictionary of a report."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from kpi_toolkit.blocks.block import Block


@dataclass(frozen=True)
class Definition:
    """One KPI in a reader's words: what it is, its formula, what counts, and what nothing gives."""

    term: str
    text: str
    formula: str
    counts: str
    empty: str


def definitions(*, title: str, labels: Sequence[str], items: Sequence[Definition]) -> Block:
    """The definitions of all KPIs shown; `labels` names formula, counts and empty."""
    content = {
        "title": title,
        "labels": list(labels),
        "items": [asdict(item) for item in items],
    }
    return Block("definitions", content)
