"""Blocks: what a report is made of. They take formatted texts and know no KPI."""

from kpi_toolkit.blocks.block import MIME, Block, row, stack
from kpi_toolkit.blocks.chart import chart
from kpi_toolkit.blocks.definitions import Definition, definitions
from kpi_toolkit.blocks.findings import Finding, findings
from kpi_toolkit.blocks.header import header
from kpi_toolkit.blocks.prose import (
    absent,
    bullets,
    heading,
    paragraph,
    picture,
    preformatted,
    text,
)
from kpi_toolkit.blocks.scorecard import ScoreRow, scorecard
from kpi_toolkit.blocks.tables import aligned, quality, restated, table

__all__ = [
    "MIME",
    "Block",
    "Definition",
    "Finding",
    "ScoreRow",
    "absent",
    "aligned",
    "bullets",
    "chart",
    "definitions",
    "findings",
    "header",
    "heading",
    "paragraph",
    "picture",
    "preformatted",
    "quality",
    "restated",
    "row",
    "scorecard",
    "stack",
    "table",
    "text",
]
