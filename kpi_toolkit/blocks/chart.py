"""A chart under its message: one drawing for paper and one for the phone."""

from collections.abc import Mapping, Sequence
from typing import Any

from kpi_toolkit.blocks.block import Block


def chart(  # noqa: PLR0913 - message, subject, alt text and two drawings are all read
    *,
    name: str,
    message: str,
    subject: str,
    alt: str,
    wide: str,
    narrow: str = "",
    note: str = "",
    data: tuple[Sequence[str], Sequence[Sequence[str]]] | None = None,
    values: Sequence[Mapping[str, Any]] = (),
) -> Block:
    """SVG drawings at their final size, with alt text made from the values they show.

    `narrow` stands in for `wide` on a phone; `data` is the chart's table as (heads, rows).
    """
    if not alt.strip():
        raise ValueError(f"chart {name!r}: alt text is missing")
    heads, rows = data or ((), ())
    content = {
        "name": name,
        "message": message,
        "subject": subject,
        "alt": alt,
        "wide": wide,
        "narrow": narrow,
        "note": note,
        "heads": list(heads),
        "rows": [list(cells) for cells in rows],
    }
    return Block("chart", content, tuple(values))
