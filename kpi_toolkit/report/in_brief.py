"""What charts and tables below say, for the first page."""

from __future__ import annotations

from kpi_toolkit import blocks
from kpi_toolkit.blocks import Block
from kpi_toolkit.errors import DefinitionError
from kpi_toolkit.report.session import Session, nothing

MOST = 5


def in_brief(session: Session, shown: tuple[Block, ...]) -> Block:
    """The messages of some blocks as a list; those that the data do not allow are left out."""
    if not 1 <= len(shown) <= MOST:
        raise DefinitionError(f"report.in_brief of {len(shown)} blocks: expected 1 to {MOST}")
    told = [message for block in shown if (message := block.content.get("message"))]
    if not told:
        return nothing(session)
    return blocks.text(blocks.bullets(*told), title=session.words.t("In brief"), opens=True)
