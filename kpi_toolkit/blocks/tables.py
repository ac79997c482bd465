"""Tables of texts: a list of records, what was restated, the quality of the data."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from kpi_toolkit.blocks.block import Block

Rows = Sequence[Sequence[str]]
Align = Literal["left", "right"]


def table(  # noqa: PLR0913 - what a table shows, and how each column stands
    *,
    message: str,
    heads: Sequence[str],
    rows: Rows,
    align: Sequence[Align],
    title: str = "",
    subject: str = "",
    strong: Sequence[int] = (),
    total: Sequence[str] = (),
    phone: Sequence[int] | None = None,
    values: Sequence[Mapping[str, Any]] = (),
) -> Block:
    """Records as rows; `strong` are the columns with weight, `phone` those that a phone shows
    first: of more than four the first two and the last, when not given.
    """
    content = {
        "title": title,
        "message": message,
        "subject": subject,
        "heads": list(heads),
        "rows": _rows(rows, len(heads)),
        "align": list(align),
        "strong": list(strong),
        "total": _rows([total], len(heads))[0] if total else [],
        "phone": list(_first(len(heads)) if phone is None else phone),
    }
    return Block("table", content, tuple(values))


def aligned(texts: int, numbers: int) -> list[Align]:
    """So many columns of texts, then so many of numbers."""
    found: list[Align] = ["left"] * texts
    found += ["right"] * numbers
    return found


def restated(
    *,
    title: str,
    text: str,
    heads: Sequence[str],
    rows: Rows,
    after: str = "",
    values: Sequence[Mapping[str, Any]] = (),
) -> Block:
    """What moved since the last report: (kpi, published, restated, change, cause) a row."""
    content = {
        "title": title,
        "text": text,
        "heads": list(heads),
        "rows": _rows(rows, 5),
        "after": after,
    }
    return Block("restated", content, tuple(values))


def quality(
    *,
    title: str,
    lead: str,
    heads: Sequence[str],
    rows: Rows,
    total: Sequence[str] = (),
    after: str = "",
) -> Block:
    """Rows set aside, by reason, and their total."""
    content = {
        "title": title,
        "lead": lead,
        "heads": list(heads),
        "rows": _rows(rows, len(heads)),
        "total": list(total),
        "after": after,
    }
    return Block("quality", content)


def _first(count: int) -> Sequence[int]:
    return range(count) if count <= 4 else (0, 1, count - 1)


def _rows(rows: Rows, width: int) -> list[list[str]]:
    for cells in rows:
        if len(cells) != width:
            raise ValueError(f"a row has {len(cells)} cells: expected {width}")
    return [list(cells) for cells in rows]
