"""Tables laid out for paper: the widths of their columns, and what stays on one page."""

import math
from collections.abc import Sequence
from typing import Any

from kpi_toolkit.render.columns import broken, column_widths, natural_widths
from kpi_toolkit.render.fonts import width_of

WHOLE_LINES = 14  # a table of no more stays on one page, and so does a row of no more than
_TALLEST_ROW = 25
Content = dict[str, Any]


def table(content: Content, width: float) -> Content:
    """Few narrow columns do not fill the page: the eye would lose the row between them."""
    total = [content["total"]] if content["total"] else []
    rows = [content["heads"], *content["rows"], *total]
    natural = sum(natural_widths(rows, size=8.0, gap=3.2))
    return _sized(content, min(width, max(84.0, 1.8 * natural)), size=8.0, gap=3.2)


def restated(content: Content, width: float) -> Content:
    """Beside a rule, on a tint."""
    return _sized(content, width - 10, size=8.2, gap=4.6)


def quality(content: Content, width: float) -> Content:
    """Reasons and how many rows they set aside."""
    return _sized(content, width, size=8.4, gap=6.0)


def _sized(content: Content, width: float, *, size: float, gap: float) -> Content:
    """A table with its columns' widths, and with breaks in the words that these cannot hold."""
    total = [content["total"]] if content.get("total") else []
    widths = column_widths([content["heads"], *content["rows"], *total], size, gap, width)

    def cells(row: Sequence[str]) -> list[str]:
        return [broken(cell, size, w - gap) for cell, w in zip(row, widths, strict=True)]

    laid = {**content, "widths": widths, "heads": cells(content["heads"])}
    laid["rows"] = [cells(row) for row in content["rows"]]
    rooms = [max(w - gap, 1.0) for w in widths]
    lines = [
        max(math.ceil(width_of(cell, size) / room) for cell, room in zip(row, rooms, strict=True))
        for row in content["rows"]
    ]
    laid["whole"] = sum(lines) <= WHOLE_LINES
    laid["breaks"] = [count > _TALLEST_ROW for count in lines]
    if total:
        laid["total"] = cells(content["total"])
    return laid
