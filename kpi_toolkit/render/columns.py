"""Widths of columns from what stands in them, so that nothing on paper overlaps or leaves the page."""

from collections.abc import Sequence

from kpi_toolkit.render.fonts import width_of

BREAK = "\u200b"  # a place where a line may break
_LONG = 24  # letters: a longer word may be broken anywhere, whatever its column


def fit(wanted: Sequence[float], available: float) -> list[float]:
    """Widths that fill `available`: spare room is shared in proportion, a lack is taken from the widest."""
    total = sum(wanted)
    if total <= available:
        return [width * available / total for width in wanted] if total else list(wanted)
    cap = _cap(wanted, available)
    return [min(width, cap) for width in wanted]


def column_widths(
    rows: Sequence[Sequence[str]], size: float, gap: float, available: float
) -> list[float]:
    """Widths in mm of a table's columns for texts of `size` points with `gap` mm between them."""
    columns = list(zip(*rows, strict=True))
    wanted = [max(width_of(cell, size, bold=True) for cell in cells) + gap for cells in columns]
    return fit([max(width, 6.0) for width in wanted], available)


def broken(text: str, size: float, width: float) -> str:
    """The text with places to break in each word that is wider than its column."""
    if width_of(text, size, bold=True) <= width:
        return text
    return " ".join(_word(word, size, width) for word in text.split(" "))


def breakable(text: str) -> str:
    """The text with places to break in its longest words."""
    if len(text) <= _LONG:
        return text
    return " ".join(BREAK.join(word) if len(word) > _LONG else word for word in text.split(" "))


def shortened(text: str, size: float, width: float) -> str:
    """The text, cut with an ellipsis to what fits in one line of `width` mm."""
    if width_of(text, size, bold=True) <= width:
        return text
    while text and width_of(text + "…", size, bold=True) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def _word(word: str, size: float, width: float) -> str:
    return BREAK.join(word) if width_of(word, size, bold=True) > width else word


def _cap(wanted: Sequence[float], available: float) -> float:
    """The width to which the widest columns are cut so that all fit."""
    left, rest = available, sorted(wanted)
    for index, width in enumerate(rest):
        share = left / (len(rest) - index)
        if width > share:
            return share
        left -= width
    return available
