"""Sections numbered, heading levels without a gap, and findings that know where they are shown."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kpi_toolkit.blocks import Block

Laid = Mapping[str, Any]
Place = tuple[int, str]  # a section's number, and the anchor of what is shown in it
# Kinds that open the report by themselves: their title is a first-level heading without a number.
_OPENING = frozenset(("findings", "scorecard"))
_SUMMARIES = frozenset(("findings", "scorecard", "restated", "definitions", "quality"))


def outlined(blocks: Iterable[Block]) -> tuple[Laid, ...]:
    """The blocks as dicts of kind and content, with numbers, levels and places put in."""
    numbered = list(_numbered(blocks))
    places = _places(numbered)
    sections = {b.content["number"] for b in numbered if _is_section(b)}
    wanted = _wanted(numbered, places)
    laid: list[Laid] = []
    opened = inside = False
    for number, block in enumerate(numbered):
        inside = inside or _is_section(block)
        opened = inside or opened or block.kind in _OPENING
        # A scorecard of the first page opens it; one in a section is a part like any other.
        level = 2 if (inside if block.kind == "scorecard" else opened) else 1
        content = _content(block, level, places, sections)
        laid.append(_anchored({"kind": block.kind, "content": content}, str(number), wanted))
    return tuple(laid)


def _is_section(block: Block) -> bool:
    return block.kind == "heading" and block.content["level"] == 1


def _numbered(blocks: Iterable[Block]) -> Iterator[Block]:
    """A markdown ## (and a further #) is a section; anything deeper is a heading within it."""
    number = 0
    for block in blocks:
        if block.kind != "heading":
            yield block
        elif block.content["level"] <= 2 or not number:
            number += 1
            yield Block("heading", {**block.content, "level": 1, "number": number}, block.values)
        else:
            yield Block("heading", {**block.content, "level": 2, "number": None}, block.values)


def _places(blocks: Iterable[Block]) -> dict[str, Place]:
    """Where a KPI is first shown for itself."""
    places: dict[str, Place] = {}
    section = 0
    for number, block in enumerate(blocks):
        if _is_section(block):
            section = block.content["number"]
        if section and block.kind not in _SUMMARIES:
            for name in _names(block):
                places.setdefault(name, (section, _anchor(block, str(number), name)))
    return places


def _anchor(block: Block, number: str, kpi: str) -> str:
    """The place of a block, or of the part of it that is named after a KPI, else of its first."""
    leaves = list(_leaves({"content": block.content}, number))
    named = (a for a, c in leaves if f"-{kpi}-" in f"-{c.get('name', '')}-")
    return next(named, leaves[0][0] if leaves else number)


def _leaves(laid: Laid, anchor: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The parts of a block that hold no others, each by its anchor."""
    content = laid["content"]
    if "blocks" not in content:
        yield anchor, content
    for place, part in enumerate(content.get("blocks", ())):
        yield from _leaves(part, f"{anchor}-{place}")


def _wanted(blocks: Iterable[Block], places: Mapping[str, Place]) -> set[str]:
    """The anchors to which a finding leads."""
    items = [i for b in blocks if b.kind == "findings" for i in b.content["items"]]
    return {places[i["where"]][1] for i in items if i["where"] in places}


def _anchored(laid: Laid, anchor: str, wanted: set[str]) -> Laid:
    """What a finding leads to has an anchor."""
    content = laid["content"]
    if "blocks" in content:
        parts = [_anchored(b, f"{anchor}-{i}", wanted) for i, b in enumerate(content["blocks"])]
        return {**laid, "content": {**content, "blocks": parts}}
    return {**laid, "content": {**content, "anchor": anchor}} if anchor in wanted else laid


def _names(block: Block) -> Iterator[str]:
    yield from (str(row["kpi"]) for row in block.values if row.get("kpi"))
    yield from (
        str(part["content"]["name"])
        for part in ({"content": block.content}, *block.content.get("blocks", ()))
        if part["content"].get("name")
    )


def _content(
    block: Block, level: int, places: Mapping[str, Place], sections: set[int]
) -> dict[str, Any]:
    content = dict(block.content)
    if block.kind == "findings":
        items = [_placed(item, places, sections) for item in content["items"]]
        *heads, detail = content["heads"]
        shown = detail if any(item["where"] is not None for item in items) else ""
        return {**content, "items": items, "heads": [*heads, shown]}
    if block.kind in ("row", "stack"):
        return {"blocks": [_leveled(part, level) for part in content["blocks"]]}
    return content if block.kind == "heading" else {"level": level, **content}


def _leveled(part: Mapping[str, Any], level: int) -> dict[str, Any]:
    content = part["content"]
    if part["kind"] in ("row", "stack"):
        return {**part, "content": {"blocks": [_leveled(b, level) for b in content["blocks"]]}}
    return {**part, "content": {**content, "level": level}}


def _placed(
    item: Mapping[str, Any], places: Mapping[str, Place], sections: set[int]
) -> dict[str, Any]:
    where = item["where"]
    number, anchor = places.get(where, (None, "")) if isinstance(where, str) else (where, "")
    return {**item, "where": number if number in sections else None, "anchor": anchor}
