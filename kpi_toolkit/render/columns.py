"""Widths of columns from what stands in them: nothing on paper overlaps or leaves the page."""

import math
from collections.abc import Sequence

from kpi_toolkit.render.fonts import width_of

BREAK = "\u200b"  # a place where a line may break
_LONG = 24  # letters: a longer word may be broken anywhere, whatever its column
_HALVINGS = 30  # leave a millionth of a millimetre


def fit(
    wanted: Sequence[float], available: float, least: Sequence[float] | None = None
) -> list[float]:
    """Widths that fill `available`: spare room in proportion; a lack is taken from the widest,
    which share what is left by the roots of what they want, so that their rows are as low as can
    be. None falls below the `least` that its words need while there is room for these.
    """
    total = sum(wanted)
    if total <= available:
        return [width * available / total for width in wanted] if total else list(wanted)
    low = list(least or [0.0] * len(wanted))
    if sum(low) > available:
        low = fit(low, available)
    none, all_of_it = 0.0, math.sqrt(max(wanted))
    for _ in range(_HALVINGS):
        share = (none + all_of_it) / 2
        if sum(_shares(wanted, low, share)) > available:
            all_of_it = share
        else:
            none = share
    return _shares(wanted, low, none)


def column_widths(
    rows: Sequence[Sequence[str]], size: float, gap: float, available: float
) -> list[float]:
    """Widths in mm of a table's columns for texts of `size` points with `gap` mm between them."""
    words = [[_longest_word(cell) for cell in row] for row in rows]
    return fit(natural_widths(rows, size, gap), available, least=natural_widths(words, size, gap))


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
    return " ".join(BREAK.join(word) if _is_long(word) else word for word in text.split(" "))


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


def _is_long(word: str) -> bool:
    """Whether a word is too long for a line; after a hyphen it may break anyhow."""
    return BREAK not in word and any(len(part) > _LONG for part in word.split("-"))


def _longest_word(text: str) -> str:
    """Its longest word, of those that are not so long that they may be broken."""
    return max((word for word in text.split(" ") if len(word) <= _LONG), key=len, default="")


def _shares(wanted: Sequence[float], least: Sequence[float], share: float) -> list[float]:
    pairs = zip(wanted, least, strict=True)
    return [min(width, max(low, share * math.sqrt(width))) for width, low in pairs]
