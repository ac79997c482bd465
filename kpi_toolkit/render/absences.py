"""What the data do not allow is told once, and leaves no gap: no introduction to nothing.

In JupyterLab its sentence stands where the chart would, so that an analyst sees which cell it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from kpi_toolkit.blocks import Block, text
from kpi_toolkit.format import Format

Cell = tuple[Block, bool]  # a block, and whether the notebook's author wrote it as prose


def told_once(cells: Iterable[Cell], words: Format) -> list[Block]:
    """The blocks without those of kind `absent`, the prose that introduces only such ones and the
    sections that held nothing else; what was missing stands in one paragraph before the
    definitions, or at the end.
    """
    found = list(cells)
    missing = [gap for block, _ in found for gap in _gaps(block)]
    if not missing:
        return [block for block, _ in found]
    kept = list(_without_headings(list(_without_prose(found))))
    at = next((i for i, block in enumerate(kept) if block.kind == "definitions"), len(kept))
    return [*kept[:at], text(_sentence(missing, words)), *kept[at:]]


def _gaps(block: Block) -> Iterator[tuple[str, str]]:
    """(what, why) of what a block, or a part of it, stands for."""
    for content in _contents(block.kind, block.content):
        if found := content.get("absent"):
            yield found["what"], found["why"]


def _contents(kind: str, content: Any) -> Iterator[Any]:
    if kind not in ("row", "stack"):
        yield content
        return
    for part in content["blocks"]:
        yield from _contents(part["kind"], part["content"])


def _is_absent(block: Block) -> bool:
    return all("absent" in content for content in _contents(block.kind, block.content))


def _without_prose(cells: Sequence[Cell]) -> Iterator[Block | None]:
    """Blocks, and None in the place of what goes."""
    for at, (block, prose) in enumerate(cells):
        alone = prose and block.kind == "text" and _introduces_nothing(cells[at + 1 :])
        if alone or _is_absent(block):
            yield None
        else:
            yield _present(block)


def _introduces_nothing(following: Sequence[Cell]) -> bool:
    """Whether absent blocks, and no others, come before the next prose."""
    absent = 0
    for block, prose in following:
        if prose:
            break
        if not _is_absent(block):
            return False
        absent += 1
    return absent > 0


def _present(block: Block) -> Block:
    """A stack without its absent parts."""
    if block.kind != "stack":
        return block
    parts = [
        part
        for part in block.content["blocks"]
        if not all("absent" in content for content in _contents(part["kind"], part["content"]))
    ]
    return replace(block, content={"blocks": parts})


def _without_headings(blocks: Sequence[Block | None]) -> Iterator[Block]:
    for at, block in enumerate(blocks):
        if block is not None and not _is_empty_section(block, blocks[at + 1 :]):
            yield block


def _is_empty_section(block: Block, following: Sequence[Block | None]) -> bool:
    """Whether all that stood under a heading is gone; the report's title is no section."""
    if block.kind != "heading" or block.content["level"] == 1:
        return False
    gone = 0
    for one in following:
        if one is None:
            gone += 1
        elif one.kind != "heading":
            return False
        elif one.content["level"] <= block.content["level"]:
            break
    return gone > 0


def _sentence(missing: Sequence[tuple[str, str]], words: Format) -> str:
    """What is missing, those of one reason together."""
    reasons: dict[str, dict[str, None]] = {}
    for what, why in missing:
        reasons.setdefault(why, {})[what] = None
    said = [
        words.t("{kpi} ({reason})", kpi=", ".join(kpis), reason=why)
        for why, kpis in reasons.items()
    ]
    return words.t("Not available: {kpis}.", kpis=words.clauses(said))
