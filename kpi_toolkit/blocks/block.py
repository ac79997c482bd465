"""What a report is made of: plain data that shows itself in JupyterLab, a console and a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kpi_toolkit.blocks.fragment import standalone
from kpi_toolkit.blocks.plain import plain

MIME = "application/vnd.kpi-toolkit.block.v1+json"
Content = Mapping[str, Any]


@dataclass(frozen=True)
class Block:
    """A part of a report: its kind, its texts and drawings (JSON-able), and the values it shows.

    `values` are rows for the archive; they travel with the block and appear nowhere.
    """

    kind: str
    content: Content
    values: tuple[Mapping[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The block as it is stored in a notebook's outputs."""
        return {
            "kind": self.kind,
            "content": dict(self.content),
            "values": [dict(row) for row in self.values],
        }

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {
            MIME: self.to_json(),
            "text/html": standalone(self.kind, self.content),
            "text/plain": plain(self.kind, self.content),
        }

    def __str__(self) -> str:
        return plain(self.kind, self.content)


def row(*blocks: Block) -> Block:
    """Blocks of half the page's width, side by side; on a phone one under the other."""
    return _container("row", blocks)


def stack(*blocks: Block) -> Block:
    """Blocks one under the other, as one cell of a row."""
    return _container("stack", blocks)


def _container(kind: str, blocks: Sequence[Block]) -> Block:
    parts = [{"kind": block.kind, "content": dict(block.content)} for block in blocks]
    values = tuple(value for block in blocks for value in block.values)
    return Block(kind, {"blocks": parts}, values)
