"""Blocks of half the page's width, two beside each other."""

from __future__ import annotations

from dataclasses import replace

from kpi_toolkit import blocks
from kpi_toolkit.blocks import Block
from kpi_toolkit.errors import DefinitionError

# What has a drawing of half the page's width, or reads well in it.
HALVES = ("chart", "text", "quality", "stack")


def beside(left: Block, right: Block) -> Block:
    """Two blocks side by side, one under the other on a phone. Raises DefinitionError for one that
    needs the whole width.
    """
    for block in (left, right):
        if block.kind not in HALVES:
            raise DefinitionError(
                f"report.beside(...) of a {block.kind}: expected charts; it needs the page's width"
            )
    # A sentence that stands for a chart without data needs no neighbour.
    if "text" in (left.kind, right.kind):
        return blocks.stack(left, right)
    return blocks.row(_half(left), _half(right))


def _half(block: Block) -> Block:
    """A chart as it is drawn for a phone, which is as wide as half a page."""
    narrow = block.content.get("narrow")
    return replace(block, content={**block.content, "wide": narrow}) if narrow else block
