"""A document laid out for paper: widths in mm, words that may break, pictures as files."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kpi_toolkit.blocks.svg import decoded, parse
from kpi_toolkit.render import tables
from kpi_toolkit.render.columns import (
    breakable,
    broken,
    fit,
    shortened,
)
from kpi_toolkit.render.document import Document
from kpi_toolkit.render.fonts import covered, width_of
from kpi_toolkit.render.text import replaced

PAGE, GUTTER = 174.0, 6.0  # mm: the text's width on A4, and the gap between two halves
_MM = {"mm": 1.0, "pt": 25.4 / 72, "px": 25.4 / 96, "in": 25.4}
_RAW = frozenset(("wide", "narrow", "data", "href", "kind", "key", "type", "format", "language"))
Content = dict[str, Any]


@dataclass
class Paper:
    """What Typst reads: one JSON document, and the pictures it names."""

    document: Content
    pictures: dict[str, bytes] = field(default_factory=dict)


def laid_out(document: Document) -> Paper:
    """The document for Typst, with a visible mark for each letter that no font has."""
    content, _ = replaced(document.to_json(), covered)
    paper = Paper(content)
    content["running"] = {
        "title": shortened(content["title"], 6.8, 70),
        "period": shortened(content["period"], 6.8, 35),
        "company": shortened(content["company"], 6.8, 50),
    }
    content["footer"] = shortened(content["footer"], 6.8, 150)
    content["band"] = _band(content)
    content["blocks"] = _kept_together([_block(paper, b, PAGE) for b in content["blocks"]])
    paper.document = _breakable(content)
    return paper


_SHOWN = frozenset(
    ("chart", "row", "stack", "picture", "table", "quality", "definitions", "scorecard")
)
_INTRODUCTION = 600  # letters: a longer text stands by itself


def _kept_together(blocks: list[Content]) -> list[Content]:
    """A short text stays on the page of what it introduces, be it by way of another short text; and
    a section's first with its second.
    """
    before = [{"kind": ""}, *blocks][:-1]
    after = ""
    follows = False
    for block, above in reversed(list(zip(blocks, before, strict=True))):
        if block["kind"] == "text":
            short = len(str(block["content"]["parts"])) < _INTRODUCTION
            follows = short and (follows or (above["kind"] == "heading" and after == "text"))
            block["content"] = {**block["content"], "sticky": follows}
        else:
            follows = block["kind"] in _SHOWN
        after = block["kind"]
    return blocks


def _breakable(content: Any) -> Any:
    if isinstance(content, str):
        return breakable(content)
    if isinstance(content, Mapping):
        return {k: v if k in _RAW else _breakable(v) for k, v in content.items()}
    return [_breakable(value) for value in content] if isinstance(content, list) else content


def _band(document: Content) -> Content:
    """The title smaller when it is long, the question beside it when there is room."""
    name = f"{document['title']} {document['period']}"
    size = 27.0 if width_of(name, 27, bold=True) <= 2 * PAGE else 16.0
    room = PAGE - width_of(name, size, bold=True) - 8
    columns = [
        max(width_of(item["label"], 6.8), width_of(item["value"], 8.4), 14.0)
        for item in document["meta"]
    ]
    return {
        "size": size,
        "beside": width_of(document["question"], 11) <= room,
        "widths": _meta_widths(columns),
    }


def _meta_widths(wanted: list[float]) -> list[float]:
    """As many facts beside one another as fit in a line, five at least."""
    count = len(wanted)
    while count > 5 and sum(wanted[:count]) + 5 * (count - 1) > PAGE:
        count -= 1
    return fit(wanted[:count], PAGE - 5 * (count - 1))


def _block(paper: Paper, block: Content, width: float) -> Content:
    kind, content = block["kind"], block["content"]
    if kind in ("row", "stack"):
        parts = content["blocks"]
        each = (width - GUTTER * (len(parts) - 1)) / max(1, len(parts)) if kind == "row" else width
        return {"kind": kind, "content": {"blocks": [_block(paper, b, each) for b in parts]}}
    if kind == "picture":
        return {"kind": kind, "content": _picture(paper, content, width)}
    lay = _LAYOUTS.get(kind)
    return {"kind": kind, "content": lay(content, width) if lay else content}


def _findings(content: Content, width: float) -> Content:
    widest = max((width_of(item["delta"], 9, bold=True) for item in content["items"]), default=0)
    head = width_of(content["heads"][1], 6.8) if len(content["heads"]) > 1 else 0
    delta = min(40.0, max(17.0, widest + 6, head + 4))
    items = [
        {**item, "delta": broken(item["delta"], 9, delta - 5), "weight": float(item["weight"])}
        for item in content["items"]
    ]
    rooms = (width - delta - 41, delta - 4, 17.0, 12.0)
    heads = [broken(head, 6.8, room) for head, room in zip(content["heads"], rooms, strict=True)]
    return {**content, "items": items, "delta": delta, "heads": heads}


_CELL_GAP = 3.0  # mm between the texts of neighbouring columns
_DRAWN = {"spark": 24.0, "target": 14.6}  # mm of a column's drawing, before its texts
_SMALLEST_SPARK = 13.0
_REACH = 8.0  # mm that the text of a target has beside its bar
_SMALLEST = {
    **{"value": 10.0, "previous": 12.0, "year": 12.0, "signal": 15.0, "n": 4.0},
    "target": _DRAWN["target"] + _REACH,
}
_SIZES = {"name": 9.2, "value": 10.0}
_LOOSE = 24.0  # mm that a scorecard without trends has beyond what its texts need


def _scorecard(content: Content, width: float) -> Content:
    rows = [row for group in content["groups"] for row in group["rows"]]
    columns = content["columns"]
    wanted = {c["key"]: _wanted(c, rows, c["head"]) for c in columns}
    # A head may take several lines; "8 above" in two pieces could not be read.
    least = {c["key"]: _wanted(c, rows, max(c["head"].split(" "), key=len)) for c in columns}
    if "spark" not in wanted:  # a name far from its figures would lose its row
        width = min(width, sum(wanted.values()) + _LOOSE)
    widths = _score_widths(wanted, least, width)
    shown = [widths[column["key"]] for column in columns]
    groups = [
        {**group, "rows": [_score_row(row, widths) for row in group["rows"]]}
        for group in content["groups"]
    ]
    heads = [
        {**column, "head": broken(column["head"], 6.8, room - _CELL_GAP)}
        for column, room in zip(columns, shown, strict=True)
    ]
    spark = widths.get("spark", 0.0) - 1.5
    reach, bullet = _reach(widths.get("target", 0.0))
    whole = content["level"] > 1 and len(rows) <= tables.WHOLE_LINES
    drawn = {"spark": spark, "reach": reach, "bullet": bullet, "whole": whole}
    return {**content, **drawn, "columns": heads, "groups": groups, "widths": shown}


def _reach(width: float) -> tuple[float, bool]:
    """Room for the text of a target, and whether that leaves any for its bar."""
    beside = width - _DRAWN["target"] - _CELL_GAP
    return (beside, True) if beside >= _REACH else (max(0.0, width - _CELL_GAP), False)


def _score_widths(
    wanted: dict[str, float], least: dict[str, float], width: float
) -> dict[str, float]:
    """The name takes what the others leave, at least a quarter of the page.

    Where they leave less, sparklines shrink first, then the widest of the columns of text.
    """
    widths = {key: room for key, room in wanted.items() if key != "name"}
    name = max(min(wanted["name"], width * 0.26), width - sum(widths.values()))
    lack = name + sum(widths.values()) - width
    if lack > 0 and "spark" in widths:
        narrow = max(_SMALLEST_SPARK, widths["spark"] - lack)
        lack -= widths["spark"] - narrow
        widths["spark"] = narrow
    texts = [key for key in widths if key not in _DRAWN or widths[key] > 40]
    if lack > 0:
        room = sum(widths[key] for key in texts) - lack
        floors = [min(least[key], widths[key]) for key in texts]
        widths.update(zip(texts, fit([widths[key] for key in texts], room, floors), strict=True))
    return {"name": name, **widths}


def _wanted(column: Mapping[str, str], rows: Sequence[Content], head: str) -> float:
    key = column["key"]
    bold = key in ("value", "signal", "previous", "year")
    size = _SIZES.get(key, 7.6)
    widest = max((width_of(_score_text(row, key), size, bold) for row in rows), default=0.0)
    if key == "name":
        widest = max((_name_width(row) for row in rows), default=0.0)
    extra = {"signal": 3.0, "previous": 1.7, "year": 1.7}.get(key, 0) + _DRAWN.get(key, 0)
    return max(widest + extra, width_of(head, 6.8), _SMALLEST.get(key, 0)) + _CELL_GAP


def _name_width(row: Content) -> float:
    beside = "".join(
        f" {part}" for part in (row["unit"], row["mark"] and f"· {row['mark']}") if part
    )
    return width_of(row["name"], _SIZES["name"]) + width_of(beside, 6.8) + 0.8


def _score_text(row: Content, key: str) -> str:
    if key == "spark":
        return ""
    cell = row[key]
    return (cell["text"] if isinstance(cell, Mapping) else cell) or ""


def _score_row(row: Content, widths: Mapping[str, float]) -> Content:
    laid = dict(row)
    for key, width in widths.items():
        room = width - _CELL_GAP - (3 if key == "signal" else 0)
        room = _reach(width)[0] if key == "target" else room
        size = _SIZES.get(key, 7.6)
        if isinstance(row[key], str):
            laid[key] = broken(row[key], size, room)
        elif key != "spark" and row[key]:
            laid[key] = {**row[key], "text": broken(row[key]["text"], size, room)}
    if row["target"]:
        laid["target"] = {**laid["target"], "ratio": float(row["target"]["ratio"])}
    for part in ("unit", "mark"):
        laid[part] = broken(row[part], 6.8, widths["name"] - _CELL_GAP)
    return laid


def _chart(content: Content, width: float) -> Content:
    drawn = parse(content["wide"]).get("width", "")
    kept = {key: value for key, value in content.items() if key not in ("narrow", "heads", "rows")}
    return {**kept, "width": min(width, _millimetres(drawn) or width)}


def _picture(paper: Paper, content: Content, width: float) -> Content:
    data = decoded(content["data"])
    name = f"picture{len(paper.pictures) + 1}.{content['format']}"
    if content["format"] == "svg":
        drawn = _millimetres(parse(data.decode()).get("width", ""))
    else:
        drawn = int.from_bytes(data[16:20], "big") * _MM["px"]  # the width in a PNG's first chunk
    paper.pictures[name] = data
    kept = {key: content[key] for key in ("alt", "title", "level")}
    return {**kept, "file": name, "width": min(width, drawn or width)}


def _millimetres(length: str) -> float | None:
    found = re.match(r"([\d.]+)(mm|pt|px|in)?\Z", length)
    return float(found[1]) * _MM[found[2] or "px"] if found else None


def _definitions(content: Content, width: float) -> Content:
    label = min(24.0, max(width_of(label, 7.6) for label in content["labels"]) + 0.5)
    labels = [broken(text, 7.6, label) for text in content["labels"]]
    return {**content, "labels": labels, "label": label}


_LAYOUTS: dict[str, Callable[[Content, float], Content]] = {
    "findings": _findings,
    "scorecard": _scorecard,
    "chart": _chart,
    "table": tables.table,
    "restated": tables.restated,
    "quality": tables.quality,
    "definitions": _definitions,
}
