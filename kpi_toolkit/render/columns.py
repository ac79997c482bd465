"""Widths of columns from what stands in them: nothing on paper overlaps or leaves the page."""

from collections.abc import Sequence

from kpi_toolkit.render.fonts import width_of

BREAK = "\u200b"  # a place where a line may break
_LONG = 24  # letters: a longer word may be broken anywhere, whatever its column


def fit(wanted: Sequence[float], available: float) -> list[float]:
    """Widths that fill `available`: spare room in proportion, a lack taken from the widest."""
    total = sum(wanted)
    if total <= available:
        return [width * available / total for width in wanted] if total else list(wanted)
    cap = _cap(wanted, available)
    return [min(width, cap) for width in wanted]


def column_widths(
    rows: Sequence[Sequence[str]], size: float, gap: float, available: float
) -> list[float]:
    """Widths in mm of a table's columns for texts of `size` points with `gap` mm between them."""
    return fit(natural_widths(rows, size, gap), available)


def natural_widths(rows: Sequence[Sequence[str]], size: float, gap: float) -> list[float]:
    """Widths in mm at which no cell of a column breaks."""
    columns = zip(*rows, strict=True)
    return [max(6.0, max(width_of(c, size, bold=True) for c in cells) + gap) for cells in columns]


def broken(text: str, size: float, width: float) -> str:
    """The text with places to break in each word that is wider than its column."""
    if width_of(text, size, bold=True) <= width:
        return text
    return " ".join(_word(word, size, width) for word in text.split(" "))


def breakable(text: str) -> str:
    """The text with places to break in its longest words."""
    if len(text) <= _LONG:
        return text
    words = text.split(" ")
    return " ".join(
        BREAK.join(word) if len(word) > _LONG and BREAK not in word else word for word in words
    )


def shortened(text: str, size: float, width: float) -> str:
    """The text, cut with an ellipsis to what fits in one line of `width` mm."""
    if width_of(text, size, bold=True) <= width:
        return text
    while text and width_of(text + "…", size, bold=True) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def _word(word: str, size: float, width: float) -> str:
    # A figure stays whole: broken, it could be neither searched nor copied.
    if not any(map(str.isalpha, word)) or width_of(word, size, bold=True) <= width:
        return word
    return BREAK.join(word)


def _cap(wanted: Sequence[float], available: float) -> float:
    """The width to which the widest columns are cut so that all fit."""
    left, rest = available, sorted(wanted)
    for index, width in enumerate(rest):
        share = left / (len(rest) - index)
        if width > share:
            return share
        left -= width
    return available
