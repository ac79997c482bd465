"""Headings, texts, preformatted text and pictures: what markdown and plain outputs become."""

import base64
from typing import Any

from kpi_toolkit.blocks.block import Block

Run = dict[str, Any]  # t: the text; b, i, code: true where so; href: http(s) or mailto
Part = dict[str, Any]  # a paragraph has runs, a list items (each a list of parts), a quote parts


def heading(text: str, level: int = 1, number: int | None = None) -> Block:
    """A section's heading (level 1, numbered by the reader of the notebook) or one below it."""
    return Block("heading", {"text": text, "level": level, "number": number})


def paragraph(*runs: str | tuple[str, bool]) -> Part:
    """A paragraph of plain or (text, bold) runs."""
    return {"type": "paragraph", "runs": [_run(run) for run in runs]}


def bullets(*items: str, ordered: bool = False) -> Part:
    """A list of one-paragraph items."""
    return {"type": "list", "ordered": ordered, "items": [[paragraph(item)] for item in items]}


def text(*parts: str | Part, title: str = "", opens: bool = False) -> Block:
    """Paragraphs and lists; a plain string is a paragraph. One that `opens` the report has a title
    like that of the findings.
    """
    content = {"title": title, "parts": [_part(part) for part in parts]}
    return Block("text", {**content, "level": 1} if opens else content)


def absent(sentence: str, what: str, why: str) -> Block:
    """The sentence in the place of what cannot be shown. On a page those of all sections are told
    together at the end (render/absences.py): what is missing, and why.
    """
    found = text(sentence)
    return Block("text", {**found.content, "absent": {"what": what, "why": why}})


def preformatted(lines: str) -> Block:
    """Text in a fixed-width face, its line breaks kept."""
    return Block("preformatted", {"text": lines})


def picture(data: bytes | str, *, alt: str, title: str = "") -> Block:
    """A PNG (bytes) or an SVG (text) with alt text."""
    if not alt.strip():
        raise ValueError("picture: alt text is missing")
    is_png = isinstance(data, bytes)
    raw = data if isinstance(data, bytes) else data.encode()
    content = {
        "format": "png" if is_png else "svg",
        "data": base64.b64encode(raw).decode(),
        "alt": alt,
        "title": title,
    }
    return Block("picture", content)


def _part(part: str | Part) -> Part:
    return paragraph(part) if isinstance(part, str) else part


def _run(run: str | tuple[str, bool]) -> Run:
    return {"t": run, "b": False} if isinstance(run, str) else {"t": run[0], "b": run[1]}
